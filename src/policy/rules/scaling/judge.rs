use super::curve::{Measurements, differences};
use super::family::Family;
use super::{Growing, Scaling, beyond, bound, words};
use crate::diag::quoted;
use crate::model::{
    Better, Cell, Curve, Fit, Number, NumberKind, Severity, Side, Status, Table, TableRow, Unit,
};
use crate::policy::rules::Evidence;
use crate::policy::{Checked, Measured, finding};
use crate::stats::scaling::{
    Class, Exponent, ExponentChange, LawFit, LoadCurve, MARGIN, Shape, analyse, load,
    paired_change, unpaired_change,
};

/// Fewer interleaved blocks than this prove no change.
const FEWEST_BLOCKS: usize = 5;

/// One thing that is asked for and how it stands.
struct Answer {
    status: Status,
    /// What does not hold, in a sentence.
    message: String,
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
        if let Some((n, why)) = head.missing {
            table.notes.push(format!("{} at {}: {why}", quoted(&family.name), words::size(n)));
        }
        let mut row = self.row(&family.name);
        let mut answers = Vec::new();
        let better = measured.better(&self.metric);
        let (sizes, blocks) = head.sizes();
        let overhead =
            self.overhead.zip(head.unit()).and_then(|(overhead, unit)| overhead.in_unit(unit));
        let shape = analyse(&sizes, overhead);
        match &shape {
            Ok(shape) => {
                self.show(family, shape, (head.unit(), better), &mut row, table);
                let numbers: Vec<f64> = sizes.iter().map(|size| size.n).collect();
                answers.extend(self.bounds(&family.name, shape, &numbers));
                let earlier = before.as_ref().map(Measurements::sizes);
                if let Some((sizes, earlier)) = &earlier
                    && let Ok(shape_before) = analyse(sizes, None)
                {
                    let (b, h) = (&shape_before.exponent, &shape.exponent);
                    let pairs =
                        differences(measured.order(), (earlier, &b.per_run), (&blocks, &h.per_run));
                    let change = pairs
                        .and_then(|pairs| paired_change(&pairs))
                        .unwrap_or_else(|| unpaired_change(b, h));
                    row.cells.insert("base".into(), exponent(b));
                    let number = Number::of(NumberKind::Plain, change.estimate)
                        .between(Some(change.low), Some(change.high));
                    row.cells.insert("change".into(), Cell::Number(number));
                    answers.extend(self.change(&family.name, (b, h), &change, better));
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
            let followed = load(&head.loads(self.evidence == Evidence::Proven), measured.margin());
            if let Some(unit) = head.unit() {
                table.notes.extend(words::load(&family.name, &followed, unit));
                if let Some(limit) = self.degrades_after {
                    let last = head.readings.last().map_or(0.0, |(load, _)| *load);
                    if last < limit {
                        let why = format!(
                            "its loads end at {}, before {}",
                            words::size(last),
                            words::size(limit)
                        );
                        table.rows.push(self.cannot(&family.name, &why, checked));
                        return;
                    }
                    answers.push(self.held(&family.name, &followed, limit, unit));
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
        let answer = |class: Class, word: &str, missed: bool, proven: bool| Answer {
            status: match (missed, proven || estimate) {
                (false, _) => Status::Met,
                (true, true) => Status::Missed,
                (true, false) => Status::Unproven,
            },
            message: format!(
                "{} of {} grows with {} ({}); {word} {} is asked for, which is {} over these sizes",
                self.metric,
                quoted(family),
                words::power(e.estimate),
                words::interval(e.low, e.high),
                bound::name(class),
                words::power(class.exponent(sizes).unwrap_or_default()),
            ),
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

    /// Whether a load curve holds up to its load.
    fn held(&self, family: &str, followed: &LoadCurve, limit: f64, unit: Unit) -> Answer {
        let saturation = followed.saturation.filter(|found| found.next <= limit);
        let fall = followed.degradation.filter(|found| found.load <= limit);
        // Without noise (none is known, or the rule takes estimates) what is seen counts.
        let counts = |proven: Option<Option<bool>>| proven.is_some_and(|it| it != Some(false));
        let (saturates, falls) =
            (saturation.map(|found| found.proven), fall.map(|found| found.proven));
        let status = match saturates.or(falls) {
            None => Status::Met,
            Some(_) if counts(saturates) || counts(falls) => Status::Missed,
            Some(_) => Status::Unproven,
        };
        let what = words::gives_way(saturation, fall, unit);
        Answer {
            status,
            message: format!(
                "{} of {} {what}; it must hold up to {}",
                self.metric,
                quoted(family),
                words::size(limit)
            ),
        }
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
