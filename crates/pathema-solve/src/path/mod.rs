mod along;
mod fit;

use std::sync::Arc;

use pathema_path::{ControlPath, Smoothness};
use tch::{Device, Kind, Tensor};

pub(crate) use along::{derivatives, derivatives_anywhere, increment, piece};

use crate::error::Cause;
use crate::{SolveError, flow};

/// A batch of control paths on a device, each with knots of its own.
///
/// Outside its own interval a path stands still, so paths of different length go together.
#[derive(Debug)]
pub struct BatchPath {
    paths: Arc<Vec<ControlPath>>,
    /// [batch · (intervals + 1), 4, channels]: the last interval of each path is all zero and stands for
    /// every time outside the path.
    pub(crate) coefficients: Tensor,
    /// [batch · (intervals + 1)]: the knots again, where gradients are to reach them.
    pub(crate) knots: Option<Tensor>,
    intervals: usize,
    channels: i64,
    smoothness: Smoothness,
}

/// Where a time lies in a path's pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located {
    /// Row of the coefficients, and of the knot to its left.
    pub(crate) row: i64,
    /// How far the time lies from that knot; outside the path, from anything.
    pub(crate) offset: f64,
    /// Whether the time is the knot to the left, which it moves with.
    pub(crate) is_left: bool,
    /// Whether it is the one to the right.
    pub(crate) is_right: bool,
}

impl BatchPath {
    /// Puts paths with equal numbers of channels side by side.
    ///
    /// # Errors
    /// If there is no path or the numbers of channels differ.
    pub fn stack(
        paths: &[ControlPath],
        kind: Kind,
        device: Device,
    ) -> Result<BatchPath, SolveError> {
        Ok(Self::on(paths.to_vec(), kind, device)?)
    }

    pub(crate) fn on(
        paths: Vec<ControlPath>,
        kind: Kind,
        device: Device,
    ) -> Result<BatchPath, Cause> {
        let first = paths.first().ok_or_else(|| Cause::Path {
            sample: 0,
            problem: "is missing: the batch is empty".into(),
        })?;
        let channels = first.channels();
        for (sample, path) in paths.iter().enumerate() {
            if path.channels() != channels {
                return Err(Cause::Path {
                    sample,
                    problem: format!("has {} channels, the first has {channels}", path.channels()),
                });
            }
        }
        let intervals = paths.iter().map(ControlPath::intervals).max().unwrap_or(0);
        let row = 4 * channels;
        let mut coefficients = vec![0.0; paths.len() * (intervals + 1) * row];
        for (path, block) in paths
            .iter()
            .zip(coefficients.chunks_exact_mut((intervals + 1) * row))
        {
            let own = path.coefficients();
            if own.is_empty() {
                // A path of one knot has no piece, but a place to start from.
                path.value(path.interval().0, &mut block[..channels]);
            }
            block[..own.len()].copy_from_slice(own);
        }
        let coefficients = flow::tensor(&coefficients, kind, device);
        let smoothness = paths.iter().map(ControlPath::smoothness).min();
        Ok(BatchPath {
            coefficients: coefficients.f_view([-1, 4, channels as i64])?,
            knots: None,
            intervals,
            channels: channels as i64,
            smoothness: smoothness.unwrap_or(Smoothness::C0),
            paths: Arc::new(paths),
        })
    }

    /// Number of paths.
    pub fn batch(&self) -> i64 {
        self.paths.len() as i64
    }

    /// Channels of each path.
    pub fn channels(&self) -> i64 {
        self.channels
    }

    /// Knots of one path, increasing.
    pub fn knots(&self, sample: usize) -> &[f64] {
        self.paths[sample].knots()
    }

    /// The least smooth path's class.
    pub fn smoothness(&self) -> Smoothness {
        self.smoothness
    }

    /// From the earliest start to the latest end of the paths.
    pub fn interval(&self) -> (f64, f64) {
        let ends = self.paths.iter().map(ControlPath::interval);
        ends.fold(
            (f64::INFINITY, f64::NEG_INFINITY),
            |(start, end), (own_start, own_end)| (start.min(own_start), end.max(own_end)),
        )
    }

    /// X at the start of each path, [batch, channels].
    ///
    /// # Errors
    /// If libtorch refuses.
    pub fn start(&self) -> Result<Tensor, SolveError> {
        Ok(self.first_values()?)
    }

    fn first_values(&self) -> Result<Tensor, Cause> {
        let rows = Tensor::f_arange_start_step(
            0,
            self.coefficients.size()[0],
            self.rows_each() as i64,
            (Kind::Int64, self.coefficients.device()),
        )?;
        Ok(self.coefficients.f_index_select(0, &rows)?.f_select(1, 0)?)
    }

    /// The same paths, sharing all they hold.
    pub(crate) fn shared(&self) -> BatchPath {
        BatchPath {
            paths: Arc::clone(&self.paths),
            coefficients: self.coefficients.shallow_clone(),
            knots: self.knots.as_ref().map(Tensor::shallow_clone),
            ..*self
        }
    }

    /// As [`shared`](Self::shared), free of every graph.
    pub(crate) fn detached(&self) -> BatchPath {
        BatchPath {
            paths: Arc::clone(&self.paths),
            coefficients: self.coefficients.detach(),
            knots: self.knots.as_ref().map(Tensor::detach),
            ..*self
        }
    }

    pub(crate) fn paths(&self) -> Arc<Vec<ControlPath>> {
        Arc::clone(&self.paths)
    }

    pub(crate) fn path(&self, sample: usize) -> &ControlPath {
        &self.paths[sample]
    }

    /// Rows of the coefficients for each path.
    pub(crate) fn rows_each(&self) -> usize {
        self.intervals + 1
    }

    /// Where `time` lies in the piece of a path that serves `probe`.
    pub(crate) fn locate(&self, sample: usize, time: f64, probe: f64) -> Located {
        let knots = self.knots(sample);
        let base = sample * self.rows_each();
        let Some(piece) = piece(knots, probe) else {
            return self.at_rest(base, time);
        };
        Located {
            row: (base + piece) as i64,
            offset: time - knots[piece],
            is_left: time == knots[piece],
            is_right: time == knots[piece + 1],
        }
    }

    fn at_rest(&self, base: usize, time: f64) -> Located {
        Located {
            row: (base + self.intervals) as i64,
            offset: time,
            is_left: false,
            is_right: false,
        }
    }
}
