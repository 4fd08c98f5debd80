//! From a report to what people and programs read, and back from the report file.

use std::cell::LazyCell;

use benchgate::report::{Form, Options, bundle, render};
use criterion::Criterion;

use crate::decide::decided;
use crate::each_size;

/// Every form at every size, and the report file read back.
pub(crate) fn rendering(c: &mut Criterion) {
    let options = Options::default();
    for &(form, name) in Form::ALL {
        each_size(c, &format!("render/{name}"), |group, id, benchmarks| {
            let report = LazyCell::new(|| decided(benchmarks));
            group.bench_function(id, |b| {
                let report = &*report;
                b.iter_with_large_drop(|| render(report, form, &options).expect("a report"));
            });
        });
    }
    each_size(c, "render/read-back", |group, id, benchmarks| {
        let text =
            LazyCell::new(|| render(&decided(benchmarks), Form::Json, &options).expect("a report"));
        group.bench_function(id, |b| {
            let text = text.as_str();
            b.iter_with_large_drop(|| bundle::read(text, "report.json").expect("a report"));
        });
    });
}
