use super::least_squares;

/// A law by which a cost grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Not at all.
    Constant,
    /// With the logarithm of the size.
    Logarithmic,
    /// In proportion to the size.
    Linear,
    /// With the size times its logarithm.
    Linearithmic,
    /// With the square of the size.
    Quadratic,
    /// With the cube of the size.
    Cubic,
}

impl Class {
    /// Every class, from the slowest growing to the fastest.
    pub const ALL: [Self; 6] = [
        Self::Constant,
        Self::Logarithmic,
        Self::Linear,
        Self::Linearithmic,
        Self::Quadratic,
        Self::Cubic,
    ];

    /// Its value at a size above zero; the logarithm is the natural one.
    #[must_use]
    pub fn at(self, n: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Logarithmic => n.ln(),
            Self::Linear => n,
            Self::Linearithmic => n * n.ln(),
            Self::Quadratic => n * n,
            Self::Cubic => n * n * n,
        }
    }

    /// Whether it holds a logarithm, which is zero at the size 1 and negative below.
    #[must_use]
    pub fn is_logarithmic(self) -> bool {
        matches!(self, Self::Logarithmic | Self::Linearithmic)
    }

    /// The exponent that counts for it over these sizes: 0, 1, 2 or 3, and for a logarithm the least-squares slope of
    /// ln g on ln n over the sizes above 1.
    ///
    /// `None` where a logarithm has fewer than two sizes above 1.
    #[must_use]
    pub fn exponent(self, sizes: &[f64]) -> Option<f64> {
        match self {
            Self::Constant => Some(0.0),
            Self::Linear => Some(1.0),
            Self::Quadratic => Some(2.0),
            Self::Cubic => Some(3.0),
            Self::Logarithmic | Self::Linearithmic => {
                let points: Vec<(f64, f64)> = sizes
                    .iter()
                    .filter(|&&n| n > 1.0)
                    .map(|&n| (n.ln(), self.at(n).ln()))
                    .collect();
                least_squares(&points).map(|line| line.slope)
            }
        }
    }
}
