/// Why a verdict is at most `suspect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cap {
    OneRun,
    Sequential,
    UnknownOrder,
    FewBlocks,
    FewLinks,
    Summaries,
    NotConfirmed,
    Environment,
}

impl Cap {
    /// Whether `one-run: decide` lifts it.
    pub(super) fn lifted_by_decide(self) -> bool {
        match self {
            Self::OneRun
            | Self::Sequential
            | Self::UnknownOrder
            | Self::FewBlocks
            | Self::Summaries => true,
            Self::FewLinks | Self::NotConfirmed | Self::Environment => false,
        }
    }

    /// Of two caps the one that is harder to lift, the first where both are alike.
    pub(super) fn and(first: Option<Self>, second: Self) -> Self {
        match first {
            Some(first) if !first.lifted_by_decide() || second.lifted_by_decide() => first,
            _ => second,
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::OneRun => "one run a side: the noise between runs is not in the data",
            Self::Sequential => {
                "all of base ran before all of head: a machine that changed in between looks like a change"
            }
            Self::UnknownOrder => "the order of the runs is not known",
            Self::FewBlocks => "fewer than five blocks",
            Self::FewLinks => "fewer than five links: code layout is not averaged out",
            Self::Summaries => "summaries of runs whose order is not known",
            Self::NotConfirmed => "not among the benchmarks that were measured again",
            Self::Environment => {
                "base and head were measured in different environments, which can look like a change"
            }
        }
    }
}
