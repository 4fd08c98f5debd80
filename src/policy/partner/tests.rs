use proptest::prelude::*;

use super::*;

fn ids(of: &[&str]) -> Vec<BenchmarkId> {
    of.iter().copied().map(BenchmarkId::from).collect()
}

fn scope(glob: &str) -> Scope {
    Scope::parse(glob).expect("a glob")
}

/// Each benchmark with its partner, or `none`, or `a | b` where two are alike.
fn found(benchmarks: &[BenchmarkId], of: &str, among: &str) -> Vec<(String, String)> {
    Pairing::of(benchmarks, &scope(of), &scope(among))
        .partnered
        .into_iter()
        .map(|Partnered { benchmark, partner }| {
            let partner = match partner {
                Ok(partner) => partner.to_string(),
                Err(Unpartnered::Nothing) => "none".into(),
                Err(Unpartnered::Several(one, other)) => format!("{one} | {other}"),
            };
            (benchmark.to_string(), partner)
        })
        .collect()
}

#[track_caller]
fn check(benchmarks: &[&str], of: &str, among: &str, expected: &[(&str, &str)]) {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    let expected: Vec<_> = expected.iter().map(owned).collect();
    assert_eq!(found(&ids(benchmarks), of, among), expected, "{of} over {among}");
}

#[test]
fn one_named_benchmark_serves_all_but_itself() {
    check(
        &["send/plain", "send/tls", "send/tls/100", "receive/plain"],
        "send/**",
        "send/plain",
        &[("send/tls", "send/plain"), ("send/tls/100", "send/plain")],
    );
    // Even at another parameter: whoever writes it out means it.
    check(
        &["spawn/tasks=1", "spawn/tasks=50", "spawn/tasks=99"],
        "spawn/tasks={50,99}",
        "spawn/tasks=1",
        &[("spawn/tasks=50", "spawn/tasks=1"), ("spawn/tasks=99", "spawn/tasks=1")],
    );
}

#[test]
fn a_partner_that_serves_nobody_is_alone_only_where_globs_pair_strictly() {
    let check = |benchmarks: &[&str], of: &str, among: &str, expected: &[&str]| {
        let ids = ids(benchmarks);
        let found = Pairing::of(&ids, &scope(of), &scope(among)).alone;
        let found: Vec<&str> = found.into_iter().map(BenchmarkId::as_str).collect();
        assert_eq!(found, expected, "{of} over {among}");
    };
    let suite = ["off/a", "off/b", "off/c", "on/b"];
    check(&suite, "on/**", "off/**", &["off/a", "off/c"]);
    check(&suite, "on/b", "off/**", &[]);
    check(&suite, "on/*", "off/**", &[]);
    check(&["off/a", "on/b"], "on/**", "off/**", &[]);
    check(&["a", "a_on", "b"], "*_on", "*", &[]);
}

#[test]
fn two_recordings_of_one_suite_pair_by_name() {
    check(
        &["off/a/10", "off/a/20", "on/a/10", "on/a/20", "on/b/10"],
        "on/**",
        "off/**",
        &[("on/a/10", "off/a/10"), ("on/a/20", "off/a/20"), ("on/b/10", "none")],
    );
    check(
        &["exec/none", "exec/strict", "start/strict"],
        "*/strict",
        "*/none",
        &[("exec/strict", "exec/none"), ("start/strict", "none")],
    );
}

#[test]
fn globs_that_differ_in_a_segment_pair_segment_by_segment() {
    check(
        &["a/plain/10", "a/traced/10", "a/traced/20", "b/plain/20", "b/traced/10"],
        "*/traced/*",
        "*/plain/*",
        &[("a/traced/10", "a/plain/10"), ("a/traced/20", "none"), ("b/traced/10", "none")],
    );
    let ids = ids(&["a/x/plain/n=1", "a/x/traced/n=1", "b/x/plain/n=1"]);
    let pairing = Pairing::of(&ids, &scope("*/x/traced/n=?"), &scope("*/x/plain/n=?"));
    assert_eq!(pairing.partnered.len(), 1);
    assert_eq!(pairing.alone, [&BenchmarkId::from("b/x/plain/n=1")]);
}

#[test]
fn parameters_come_first() {
    let names = ["base/send/n=1", "base/send/n=10", "m/a/n=1", "m/a/n=10", "m/a/n=100", "m/b"];
    check(
        &names,
        "m/**",
        "base/*/n=*",
        &[
            ("m/a/n=1", "base/send/n=1"),
            ("m/a/n=10", "base/send/n=10"),
            ("m/a/n=100", "none"),
            ("m/b", "none"),
        ],
    );
    check(
        &["plain/10", "plain/100", "tls/10", "tls/100"],
        "{tls,quic}/*",
        "plain/*",
        &[("tls/10", "plain/10"), ("tls/100", "plain/100")],
    );
    // A parameter that varies in neither glob is what the globs set against each other.
    check(
        &["a/x/tasks=1", "a/y/tasks=1", "a/x/tasks=50", "a/y/tasks=50"],
        "a/{x,y}/tasks=50",
        "a/*/tasks=1",
        &[("a/x/tasks=50", "a/x/tasks=1"), ("a/y/tasks=50", "a/y/tasks=1")],
    );
    // More equal parameters win over a baseline without them.
    check(&["base", "base/n=1", "v/m=2/n=1"], "v/**", "base{,/**}", &[("v/m=2/n=1", "base/n=1")]);
}

#[test]
fn then_the_segments_at_both_ends() {
    check(
        &["exec/none", "start/none", "exec/strict", "start/lax", "stop/lax"],
        "*/{strict,lax}",
        "*/none",
        &[("exec/strict", "exec/none"), ("start/lax", "start/none"), ("stop/lax", "none")],
    );
}

#[test]
fn nothing_is_its_own_partner() {
    check(&["a/x", "a/y"], "a/*", "a/*", &[("a/x", "none"), ("a/y", "none")]);
    // The narrower glob keeps what both match; what the globs write out is nothing in common.
    check(&["a/x", "a/y"], "a/x", "a/*", &[("a/x", "none")]);
    check(&["a/x/n=1", "a/y/n=1"], "a/x/*", "a/**", &[("a/x/n=1", "a/y/n=1")]);
    check(&["a/x"], "a/x", "b/*", &[("a/x", "none")]);
    check(&["b/x"], "a/x", "b/*", &[]);
}

/// The only candidate is no partner for being the only one.
#[test]
fn what_shares_nothing_is_no_partner() {
    check(&["reuse/small", "create/large"], "reuse/*", "create/*", &[("reuse/small", "none")]);
    check(
        &["send/traced/a", "send/plain/b", "send/traced/n=1", "send/plain/c/n=1"],
        "send/traced/*",
        "send/plain/**",
        &[("send/traced/a", "none"), ("send/traced/n=1", "send/plain/c/n=1")],
    );
    check(
        &["m/send", "base/send/n=1", "base/send/n=10"],
        "m/*",
        "base/**",
        &[("m/send", "base/send/n=1 | base/send/n=10")],
    );
}

#[test]
fn a_segment_without_a_name_is_a_segment() {
    check(&["x/", "off/", "off//n=1"], "{on,x}/**", "{off,other}/**", &[("x/", "off/ | off//n=1")]);
}

/// Parameters of other names on both sides: the groups are looked up, not walked through.
#[test]
fn thousands_without_an_equal_group_are_found_soon() {
    let of = (0..5_000).map(|i| format!("on/b{i}/n={i}/m=1"));
    let among = (0..5_000).map(|i| format!("off/b{i}/n={i}"));
    let benchmarks: Vec<BenchmarkId> = of.chain(among).map(BenchmarkId::new).collect();
    let found = Pairing::of(&benchmarks, &scope("on/*/*/*"), &scope("off/*/*")).partnered;
    assert_eq!(found.len(), 5_000);
    assert!(found.iter().all(|found| found.partner.is_ok()));
}

#[test]
fn reasons_are_sentences() {
    let among = scope("base/**");
    let [one, other] = ["base/a", "base/b"].map(BenchmarkId::from);
    assert_eq!(
        Unpartnered::Nothing.why(&among),
        "no measured benchmark of `base/**` belongs to it"
    );
    assert_eq!(
        Unpartnered::Several(&one, &other).why(&among),
        "`base/a` and `base/b` of `base/**` belong to it alike"
    );
}

/// Slashes, parameters and numbers in any arrangement.
fn any_ids() -> impl Strategy<Value = Vec<BenchmarkId>> {
    let id = prop::collection::vec(
        prop::sample::select(vec!["a", "b", "off", "on", "n=1", "n=2", "m=1", "10", "", "é"]),
        0..5,
    );
    let prefix = prop::sample::select(vec!["on", "off", "other"]);
    prop::collection::vec(
        (prefix, id).prop_map(|(p, id)| BenchmarkId::new([vec![p], id].concat().join("/"))),
        0..12,
    )
}

proptest! {
    #[test]
    fn order_changes_nothing_and_all_are_answered(mut benchmarks in any_ids(), globs in prop::sample::select(vec![("on/**", "off/**"), ("{on,other}/**", "off/**"), ("**", "off/*"), ("on/**", "**/10"), ("*/a/*", "*/b/*")])) {
        let (of, among) = globs;
        let before = found(&benchmarks, of, among);
        benchmarks.reverse();
        prop_assert_eq!(&before, &found(&benchmarks, of, among));
        let (of, among) = (scope(of), scope(among));
        for Partnered { benchmark, partner } in Pairing::of(&benchmarks, &of, &among).partnered {
            prop_assert!(of.contains(benchmark));
            if let Ok(partner) = partner {
                prop_assert!(among.contains(partner) && partner != benchmark);
            }
        }
    }
}
