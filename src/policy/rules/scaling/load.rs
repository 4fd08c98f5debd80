use super::curve::Measurements;
use super::judge::Answer;
use super::{Scaling, words};
use crate::diag::quoted;
use crate::model::{Status, Unit};
use crate::policy::rules::Evidence;
use crate::stats::scaling::{LoadCurve, LoadPoint, load};

impl Scaling {
    /// Follows a load curve, with notes of where it gives way, and holds it up to its load where the rule gives one.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub(super) fn follow(
        &self,
        family: &str,
        head: &Measurements<'_>,
        margin: f64,
        notes: &mut Vec<String>,
    ) -> Result<Option<Answer>, String> {
        let Some(unit) = head.unit() else { return Ok(None) };
        let points = head.loads(self.evidence == Evidence::Proven);
        let whole = words::load(family, &load(&points, margin), unit);
        let Some(limit) = self.degrades_after else {
            notes.extend(whole);
            return Ok(None);
        };
        // What happens beyond the load is no answer, however well it is proven.
        let within: Vec<LoadPoint> =
            points.iter().copied().filter(|point| point.load <= limit).collect();
        let followed = load(&within, margin);
        let mut said = words::load(family, &followed, unit);
        let beyond = whole.into_iter().filter(|note| !said.contains(note)).collect::<Vec<_>>();
        said.extend(beyond);
        notes.extend(said);
        let last = head.readings.last().map_or(0.0, |(load, _)| *load);
        if last < limit {
            let (last, limit) = (words::size(last), words::size(limit));
            return Err(format!("its loads end at {last}, before {limit}"));
        }
        let answer = self.held(family, &followed, limit, unit);
        let noiseless = |point: &LoadPoint| point.error.is_none();
        if answer.status == Status::Unproven && within.iter().all(noiseless) {
            notes.push(words::noiseless(family));
        }
        Ok(Some(answer))
    }

    /// Whether a load curve, followed up to its load, holds.
    fn held(&self, family: &str, followed: &LoadCurve, limit: f64, unit: Unit) -> Answer {
        let LoadCurve { saturation, degradation } = *followed;
        // Without any noise known nothing is proven; then only a rule that takes estimates accuses.
        let counts =
            |proven: Option<bool>| self.evidence == Evidence::Estimate || proven == Some(true);
        let accused = (
            saturation.filter(|found| counts(found.proven)),
            degradation.filter(|found| counts(found.proven)),
        );
        let (status, (saturation, degradation)) = match (accused, saturation, degradation) {
            (_, None, None) => (Status::Met, (None, None)),
            ((None, None), _, _) => (Status::Unproven, (saturation, degradation)),
            (accused, _, _) => (Status::Missed, accused),
        };
        Answer {
            status,
            message: format!(
                "{} of {} {}; it must hold up to {}",
                self.metric,
                quoted(family),
                words::gives_way(saturation, degradation, unit),
                words::size(limit)
            ),
        }
    }
}
