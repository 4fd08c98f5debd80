use super::compare::Comparison;
use super::curve::Measurements;
use super::family::Family;
use super::{Growing, Scaling, beyond, bound, words};
use crate::diag::quoted;
use crate::model::{
    Better, Cell, Curve, Fit, Number, NumberKind, Severity, Side, Status, Table, TableRow, Unit,
};
use crate::policy::rules::Evidence;
use crate::policy::{Checked, Measured, finding};
use crate::stats::scaling::{Class, Exponent, ExponentChange, LawFit, MARGIN, Shape, analyse};

/// Fewer interleaved blocks than this prove no change.
const FEWEST_BLOCKS: usize = 5;

/// One thing that is asked for and how it stands.
pub(super) struct Answer {
    pub(super) status: Status,
    /// What does not hold, in a sentence; empty where it holds.
    pub(super) message: String,
}

impl Scaling {
    /// Adds the row, the notes, the curve and the findings of a family.
    pub(super) fn judge(
        &self,
        measured: &Measured<'_>,
        family: &Family<'_>,
        base: Option<&Family<'_>>,
        table: &mut Table,
        checked: &mut Checked,
    ) {
        let head = Measurements::read(self, measured, Side::Head, family);
        let before = base.map(|base| Measurements::read(self, measured, Side::Base, base));
        let gaps = words::gaps(&head.missing);
        table.notes.extend(gaps.iter().map(|gap| format!("{}: {gap}", quoted(&family.name))));
        // A limit that is held only over the sizes that could be read is not held.
        if !gaps.is_empty() && self.asked().is_some() {
            table.rows.push(self.cannot(&family.name, &gaps.join("; "), checked));
            return;
        }
        let mut row = self.row(&family.name);
        let mut answers = Vec::new();
        let better = measured.better(&self.metric);
        let (sizes, _) = head.sizes();
        let overhead =
            self.overhead.zip(head.unit()).and_then(|(overhead, unit)| overhead.in_unit(unit));
        let shape = analyse(&sizes, overhead);
        match &shape {
            Ok(shape) => {
                self.show(family, shape, (head.unit(), better), &mut row, table);
                let numbers: Vec<f64> = sizes.iter().map(|size| size.n).collect();
                answers.extend(self.bounds(&family.name, shape, &numbers));
                if let Some((base, before)) = base.zip(before.as_ref()) {
                    match Comparison::of(measured.order(), before, &head) {
                        Ok(both) => {
                            row.cells.insert("base".into(), exponent(&both.base));
                            let number = Number::of(NumberKind::Plain, both.change.estimate)
                                .between(Some(both.change.low), Some(both.change.high));
                            row.cells.insert("change".into(), Cell::Number(number));
                            let shared = both.shared.map(|n| words::shared(&family.name, n));
                            table.notes.extend(shared);
                            let exponents = (&both.base, &both.head);
                            answers.extend(self.change(
                                &family.name,
                                exponents,
                                &both.change,
                                better,
                            ));
                        }
                        Err(why) => table.notes.push(words::incomparable(family, base, why)),
                    }
                }
            }
            Err(why)
                if self.at_most.is_some()
                    || self.at_least.is_some()
                    || self.degrades_after.is_none() =>
            {
                let why = words::lacking(*why, family);
                table.notes.push(format!("{}: {why}", quoted(&family.name)));
                table.rows.push(self.cannot(&family.name, &why, checked));
                return;
            }
            Err(_) => {}
        }
        if self.degrades_after.is_some() || better == Better::Higher {
            match self.follow(&family.name, &head, measured.margin(), &mut table.notes) {
                Ok(answer) => answers.extend(answer),
                Err(why) => {
                    table.rows.push(self.cannot(&family.name, &why, checked));
                    return;
                }
            }
        }
        self.conclude(&mut row, answers, checked);
        table.rows.push(row);
        table.curves.extend(curve(family, &head, before.as_ref(), shape.as_ref().ok()));
    }

    /// The worst of the answers, with a finding for each that does not hold.
    fn conclude(&self, row: &mut TableRow, answers: Vec<Answer>, checked: &mut Checked) {
        let severity = self.severity();
        for answer in answers {
            row.status = row.status.max(Some(answer.status));
            if answer.status == Status::Missed {
                row.severity = severity;
                if severity > Severity::None {
                    let about = (None, &self.metric, self.statistic);
                    checked.findings.push(finding(
                        "scaling",
                        self.id.as_ref(),
                        severity,
                        about,
                        answer.message,
                    ));
                }
            }
        }
    }

    /// What the numbers of a family say, in its row and in notes.
    fn show(
        &self,
        family: &Family<'_>,
        shape: &Shape,
        (unit, better): (Option<Unit>, Better),
        row: &mut TableRow,
        table: &mut Table,
    ) {
        row.cells.insert("exponent".into(), exponent(&shape.exponent));
        row.cells.insert("class".into(), Cell::Text(words::classes(shape)));
        // A load curve is no law: it has notes of its own.
        if self.degrades_after.is_some() {
            return;
        }
        if shape.misfit > words::MISFIT && !shape.fits.is_empty() {
            table.notes.push(words::misfit(&family.name, shape.misfit));
        }
        // Where the laws that fit, which have the constant part apart, grow no faster than declared, nothing is hidden.
        let within = |Growing(class)| shape.fits.iter().all(|fit| fit.class <= class);
        if let Some((overhead, unit)) = shape.overhead.zip(unit)
            && better == Better::Lower
            && !self.at_most.is_some_and(within)
        {
            table.notes.push(words::overhead(&family.name, overhead, unit));
        }
        if let Some(knee) = &shape.knee {
            table.notes.push(words::knee(&family.name, knee));
        }
    }

    /// The declared classes.
    fn bounds(&self, family: &str, shape: &Shape, sizes: &[f64]) -> Vec<Answer> {
        let e = &shape.exponent;
        let estimate = self.evidence == Evidence::Estimate;
        let answer = |class: Class, word: &str, missed: bool, proven: bool| {
            if !missed {
                return Answer { status: Status::Met, message: String::new() };
            }
            let status = if proven || estimate { Status::Missed } else { Status::Unproven };
            let message = format!(
                "{} of {} grows with {} ({}); {word} {} is asked for, which is {} over these sizes",
                self.metric,
                quoted(family),
                words::power(e.estimate),
                words::interval(e.low, e.high),
                bound::name(class),
                words::power(class.exponent(sizes).unwrap_or_default()),
            );
            Answer { status, message }
        };
        let most = self.at_most.and_then(|Growing(class)| {
            let limit = beyond(class, sizes, 1.0)?;
            Some(answer(class, "at most", e.estimate > limit, e.low > limit))
        });
        let least = self.at_least.and_then(|Growing(class)| {
            let limit = beyond(class, sizes, -1.0)?;
            Some(answer(class, "at least", e.estimate < limit, e.high < limit))
        });
        most.into_iter().chain(least).collect()
    }

    /// A shape that became worse; `None` where nothing says so.
    fn change(
        &self,
        family: &str,
        (base, head): (&Exponent, &Exponent),
        change: &ExponentChange,
        better: Better,
    ) -> Option<Answer> {
        let worse = |value: f64| better.worse(value) > MARGIN;
        if !worse(change.estimate) {
            return None;
        }
        let nearer = if better == Better::Lower { change.low } else { change.high };
        let proven = change.blocks >= FEWEST_BLOCKS && worse(nearer);
        let accused = proven || self.evidence == Evidence::Estimate;
        let word = if better == Better::Lower { "faster" } else { "slower" };
        Some(Answer {
            status: if accused { Status::Missed } else { Status::Unproven },
            message: format!(
                "{} of {} grows {word} than in base: with {} instead of {} (change {})",
                self.metric,
                quoted(family),
                words::power(head.estimate),
                words::power(base.estimate),
                words::interval(change.low, change.high),
            ),
        })
    }
}

fn exponent(exponent: &Exponent) -> Cell {
    let number = Number::of(NumberKind::Plain, exponent.estimate);
    Cell::Number(number.between(Some(exponent.low), Some(exponent.high)))
}

fn curve(
    family: &Family<'_>,
    head: &Measurements<'_>,
    base: Option<&Measurements<'_>>,
    shape: Option<&Shape>,
) -> Option<Curve> {
    let fit = |fit: &LawFit| Fit { class: bound::name(fit.class).into(), a: fit.a, b: fit.b };
    Some(Curve {
        name: family.name.clone(),
        parameter: family.parameter.clone(),
        unit: head.unit()?,
        head: head.points(),
        base: base
            .filter(|base| base.unit() == head.unit())
            .map(Measurements::points)
            .unwrap_or_default(),
        fits: shape
            .filter(|shape| shape.misfit <= words::MISFIT)
            .map(|shape| shape.fits.iter().map(fit).collect())
            .unwrap_or_default(),
    })
}
