//! Signatures and log-signatures of paths over windows, up to depth 3.
//!
//! The signature of a path `X` over a window holds its iterated integrals: level 1
//! is the increment `∫ dX`, level 2 `∫∫ dX ⊗ dX` over times in order, and level 3
//! likewise (Lyons 1998; Chevyrev and Kormilitzin, "A primer on the signature
//! method in machine learning", 2016). Level k is a tensor with `channelsᵏ`
//! numbers, one for each word of k channels, row-major. Its logarithm in the tensor
//! algebra, the log-signature, says the same without redundancy: it drives the
//! log-ODE method (Morrill, Salvi, Kidger and Foster, "Neural rough differential
//! equations for long time series", ICML 2021).
//!
//! A path here is piecewise cubic, so its iterated integrals are polynomials, and
//! exact: nothing is sampled. They depend on the path's image alone, not on how
//! fast it is run through, and not on where it starts.

mod lyndon;
mod piece;
mod pull_back;
mod tensor;
mod windows;

pub use lyndon::lyndon_words;
pub use pull_back::PathGradient;
pub use windows::log_signatures;

use crate::{ControlPath, PathError};
use tensor::Tensor;

/// At which level signatures are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// The increment.
    One = 1,
    /// And the areas that pairs of channels enclose.
    Two = 2,
    /// And the integrals over three channels.
    Three = 3,
}

impl TryFrom<usize> for Depth {
    type Error = PathError;

    /// # Errors
    /// [`PathError::Depth`] unless it is 1, 2 or 3.
    fn try_from(depth: usize) -> Result<Self, PathError> {
        match depth {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err(PathError::Depth { depth }),
        }
    }
}

/// The iterated integrals of a path over a window.
///
/// ```
/// use pathema_path::{ControlPath, Depth, Observations, Scheme, Signature};
///
/// // First the first channel moves by 1, then the second.
/// let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0], 2)?;
/// let path = ControlPath::fit(Scheme::Linear, &seen)?;
/// let whole = Signature::of(&path, 0.0, 2.0, Depth::Two)?;
/// assert_eq!(whole.level(1), [1.0, 1.0]);
/// assert_eq!(whole.level(2), [0.5, 1.0, 0.0, 0.5]);
///
/// // Chen's identity.
/// let halves = [0.0, 1.0].map(|start| Signature::of(&path, start, start + 1.0, Depth::Two));
/// let [first, second] = halves;
/// assert_eq!(first?.concat(&second?)?, whole);
/// # Ok::<(), pathema_path::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Signature(Tensor);

impl Signature {
    /// The signature of `path` from time `from` to time `to`.
    ///
    /// Outside its interval the path is constant and adds nothing.
    ///
    /// # Errors
    /// [`PathError::Window`] unless both times are finite and in order;
    /// [`PathError::SignatureOverflow`] if an integral is not finite.
    pub fn of(path: &ControlPath, from: f64, to: f64, depth: Depth) -> Result<Self, PathError> {
        check_window(from, to)?;
        let mut whole = Tensor::zero(path.channels(), depth);
        for part in piece::parts_of(path, from, to) {
            whole = whole.product(&piece::signature(path, part, depth));
        }
        whole.check_finite(from, to).map(Self)
    }

    /// The signature over this window and the `next` one: their product in the
    /// tensor algebra (Chen's identity).
    ///
    /// # Errors
    /// [`PathError::SignaturesDiffer`] unless channels and depth are the same.
    pub fn concat(&self, next: &Self) -> Result<Self, PathError> {
        if !self.0.has_shape_of(&next.0) {
            return Err(PathError::SignaturesDiffer {
                first: (self.channels(), self.depth() as usize),
                next: (next.channels(), next.depth() as usize),
            });
        }
        Ok(Self(self.0.product(&next.0)))
    }

    /// Its logarithm in the tensor algebra.
    #[must_use]
    pub fn log(&self) -> LogSignature {
        LogSignature(self.0.log())
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.0.channels
    }

    /// The last level that is held.
    pub fn depth(&self) -> Depth {
        self.0.depth
    }

    /// Level `k`, row-major `[channelsᵏ]`, from 1 to the depth; empty for other `k`.
    pub fn level(&self, k: usize) -> &[f64] {
        self.0.level(k)
    }

    /// All levels one after the other, `[channels + channels² + channels³]` at depth 3.
    pub fn terms(&self) -> &[f64] {
        &self.0.terms
    }
}

/// The logarithm of a path's signature over a window.
///
/// Its levels are in expanded form: level k has a number for each word of k
/// channels, as has the signature's. They are a Lie element, so they are known
/// from fewer numbers: [`lyndon`](Self::lyndon) has them.
///
/// ```
/// use pathema_path::{ControlPath, Depth, LogSignature, Observations, Scheme};
///
/// let seen = Observations::new(vec![0.0, 1.0, 2.0], vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0], 2)?;
/// let path = ControlPath::fit(Scheme::Linear, &seen)?;
/// let log = LogSignature::of(&path, 0.0, 2.0, Depth::Two)?;
/// assert_eq!(log.level(1), [1.0, 1.0]);
/// // Level 2 is antisymmetric: the area between the path and its chord.
/// assert_eq!(log.level(2), [0.0, 0.5, -0.5, 0.0]);
/// assert_eq!(log.lyndon(), [1.0, 1.0, 0.5]);
/// assert_eq!(log.lyndon_words(), [vec![0], vec![1], vec![0, 1]]);
/// # Ok::<(), pathema_path::PathError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LogSignature(Tensor);

impl LogSignature {
    /// The log-signature of `path` from time `from` to time `to`.
    ///
    /// # Errors
    /// As [`Signature::of`].
    pub fn of(path: &ControlPath, from: f64, to: f64, depth: Depth) -> Result<Self, PathError> {
        let log = Signature::of(path, from, to, depth)?.log();
        log.0.check_finite(from, to).map(Self)
    }

    /// The signature of which this is the logarithm.
    #[must_use]
    pub fn exp(&self) -> Signature {
        Signature(self.0.exp())
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.0.channels
    }

    /// The last level that is held.
    pub fn depth(&self) -> Depth {
        self.0.depth
    }

    /// Level `k`, row-major `[channelsᵏ]`, from 1 to the depth; empty for other `k`.
    pub fn level(&self, k: usize) -> &[f64] {
        self.0.level(k)
    }

    /// All levels one after the other, `[channels + channels² + channels³]` at depth 3.
    pub fn terms(&self) -> &[f64] {
        &self.0.terms
    }

    /// Coordinates in the Lyndon basis, one for each of [`lyndon_words`](Self::lyndon_words).
    ///
    /// The basis has for each Lyndon word its standard bracketing: a word of one
    /// channel stands for itself, any other is `[u, v]` with `v` its longest proper
    /// suffix that is a Lyndon word. So `ij` is `[i, j]`, `iij` is `[i, [i, j]]`,
    /// `ijj` is `[[i, j], j]`, and for `i < j < k` `ijk` is `[i, [j, k]]` and `ikj` is
    /// `[[i, k], j]`. The same numbers, in the same order, as iisignature's
    /// `logsig` in its default basis.
    pub fn lyndon(&self) -> Vec<f64> {
        lyndon::coordinates(&self.0)
    }

    /// The words of the Lyndon basis in the order of [`lyndon`](Self::lyndon): by
    /// length, then as in a dictionary; channels counted from zero.
    pub fn lyndon_words(&self) -> Vec<Vec<usize>> {
        lyndon_words(self.channels(), self.depth())
    }
}

fn check_window(from: f64, to: f64) -> Result<(), PathError> {
    if from.is_finite() && to.is_finite() && from <= to {
        Ok(())
    } else {
        Err(PathError::Window { from, to })
    }
}
