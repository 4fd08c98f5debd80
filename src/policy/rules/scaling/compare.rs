use super::curve::{Measurements, differences};
use crate::model::Order;
use crate::stats::scaling::{
    Exponent, ExponentChange, Lacking, exponent, paired_change, unpaired_change,
};

/// The exponents of both sides over the sizes that both measured.
///
/// Only these are comparable: a curve that bends has another exponent over other sizes, though no number changed.
pub(super) struct Comparison {
    pub(super) base: Exponent,
    pub(super) head: Exponent,
    pub(super) change: ExponentChange,
    /// How many sizes both have, where one side has more.
    pub(super) shared: Option<usize>,
}

impl Comparison {
    /// # Errors
    /// What the sizes that both have lack for an exponent.
    pub(super) fn of(
        order: Order,
        base: &Measurements<'_>,
        head: &Measurements<'_>,
    ) -> Result<Self, Lacking> {
        let (before, after) = (base.common(head), head.common(base));
        let all = base.readings.len().max(head.readings.len());
        let shared = Some(after.readings.len()).filter(|shared| *shared < all);
        let ((before, base_blocks), (after, head_blocks)) = (before.sizes(), after.sizes());
        let (base, head) = (exponent(&before)?, exponent(&after)?);
        let pairs =
            differences(order, (&base_blocks, &base.per_run), (&head_blocks, &head.per_run));
        let change = pairs
            .and_then(|pairs| paired_change(&pairs))
            .unwrap_or_else(|| unpaired_change(&base, &head));
        Ok(Self { base, head, change, shared })
    }
}
