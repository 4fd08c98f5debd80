use std::collections::BTreeMap;

use crate::stats::paired::Block;

/// A block with a run of each side.
pub(super) struct Complete {
    pub(super) block: u32,
    pub(super) difference: f64,
    pub(super) spread: Option<f64>,
    pub(super) link: Option<(u64, u64)>,
}

/// Blocks of equal links averaged, where every block is linked by a seed and some share one: then the links are the blocks.
pub(super) fn average_links(complete: &[Complete]) -> Option<Vec<Block>> {
    let mut links: BTreeMap<(u64, u64), Vec<&Complete>> = BTreeMap::new();
    for block in complete {
        links.entry(block.link?).or_default().push(block);
    }
    let average = |blocks: &Vec<&Complete>| {
        let n = blocks.len() as f64;
        let squares: Option<f64> = blocks.iter().map(|b| b.spread.map(|s| s * s)).sum();
        Block {
            difference: blocks.iter().map(|b| b.difference).sum::<f64>() / n,
            spread: squares.map(|s| (s / n).sqrt()),
        }
    };
    (!links.is_empty() && links.len() < complete.len())
        .then(|| links.values().map(average).collect())
}
