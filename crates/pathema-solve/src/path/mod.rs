use pathema_path::{ControlPath, Smoothness};
use tch::{Device, Kind, Tensor};

use crate::SolveError;

/// A batch of control paths on a device, each with knots of its own.
///
/// Outside its own interval a path stands still, so paths of different length go together.
#[derive(Debug)]
pub struct BatchPath {
    /// Knots of each path, in its own time.
    knots: Vec<Vec<f64>>,
    /// [batch · (intervals + 1), 4, channels]: the last interval of each path is all zero and stands for
    /// every time outside the path.
    coefficients: Tensor,
    intervals: usize,
    channels: i64,
    smoothness: Smoothness,
}

impl BatchPath {
    /// Puts paths with equal numbers of channels side by side.
    ///
    /// # Errors
    /// [`SolveError::Path`] if there is no path or the numbers of channels differ.
    pub fn stack(
        paths: &[ControlPath],
        kind: Kind,
        device: Device,
    ) -> Result<BatchPath, SolveError> {
        let first = paths.first().ok_or_else(|| SolveError::Path {
            sample: 0,
            problem: "is missing: the batch is empty".into(),
        })?;
        let channels = first.channels();
        for (sample, path) in paths.iter().enumerate() {
            if path.channels() != channels {
                return Err(SolveError::Path {
                    sample,
                    problem: format!("has {} channels, the first has {channels}", path.channels()),
                });
            }
        }
        let knots: Vec<Vec<f64>> = paths.iter().map(|path| path.knots().to_vec()).collect();
        let intervals = knots
            .iter()
            .map(|knots| knots.len().saturating_sub(1))
            .max()
            .unwrap_or(0);
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
        let coefficients = Tensor::f_from_slice(&coefficients)?
            .f_view([-1, 4, channels as i64])?
            .f_to_kind(kind)?
            .f_to_device(device)?;
        Ok(BatchPath {
            knots,
            coefficients,
            intervals,
            channels: channels as i64,
            smoothness: paths
                .iter()
                .map(ControlPath::smoothness)
                .min()
                .unwrap_or(Smoothness::C0),
        })
    }

    /// Number of paths.
    pub fn batch(&self) -> i64 {
        self.knots.len() as i64
    }

    /// Channels of each path.
    pub fn channels(&self) -> i64 {
        self.channels
    }

    /// Knots of one path, increasing.
    pub fn knots(&self, sample: usize) -> &[f64] {
        &self.knots[sample]
    }

    /// The least smooth path's class.
    pub fn smoothness(&self) -> Smoothness {
        self.smoothness
    }

    /// From the earliest start to the latest end of the paths.
    pub fn interval(&self) -> (f64, f64) {
        let start = self.knots.iter().filter_map(|knots| knots.first());
        let end = self.knots.iter().filter_map(|knots| knots.last());
        (
            start.copied().fold(f64::INFINITY, f64::min),
            end.copied().fold(f64::NEG_INFINITY, f64::max),
        )
    }

    /// X at the start of each path, [batch, channels].
    pub fn start(&self) -> Result<Tensor, SolveError> {
        let rows = Tensor::f_arange_start_step(
            0,
            self.coefficients.size()[0],
            self.intervals as i64 + 1,
            (Kind::Int64, self.coefficients.device()),
        )?;
        Ok(self.coefficients.f_index_select(0, &rows)?.f_select(1, 0)?)
    }

    /// dX/dt of each path at one time, [batch, channels]; where two pieces meet, of the one in which
    /// `probe` lies.
    pub(crate) fn derivative(&self, time: f64, probe: f64) -> Result<Tensor, SolveError> {
        let places = (0..self.knots.len()).map(|sample| self.place(sample, time, probe));
        let (row, offset): (Vec<i64>, Vec<f64>) = places.unzip();
        self.derivatives(&row, &offset)
    }

    /// Row of the coefficients that serves `probe`, and how far `time` lies from that piece's knot.
    pub(crate) fn place(&self, sample: usize, time: f64, probe: f64) -> (i64, f64) {
        let knots = &self.knots[sample];
        let base = sample * (self.intervals + 1);
        let after = knots.partition_point(|&knot| knot <= probe);
        // The last knot itself belongs to the last piece, as its end.
        let at_end = after == knots.len() && knots.last() == Some(&probe) && after > 1;
        match after {
            _ if at_end => ((base + after - 2) as i64, time - knots[after - 2]),
            0 => ((base + self.intervals) as i64, 0.0),
            _ if after == knots.len() => ((base + self.intervals) as i64, 0.0),
            _ => ((base + after - 1) as i64, time - knots[after - 1]),
        }
    }

    /// b + 2cs + 3ds² for rows of the coefficients and offsets s within them, [rows, channels].
    pub(crate) fn derivatives(&self, rows: &[i64], offsets: &[f64]) -> Result<Tensor, SolveError> {
        let (pieces, s) = self.pieces(rows, offsets)?;
        let [b, c, d] = [1, 2, 3].map(|order| pieces.select(1, order));
        Ok((d * (&s * 3.0) + c * 2.0) * &s + b)
    }

    /// a + bs + cs² + ds³, likewise.
    pub(crate) fn values(&self, rows: &[i64], offsets: &[f64]) -> Result<Tensor, SolveError> {
        let (pieces, s) = self.pieces(rows, offsets)?;
        let [a, b, c, d] = [0, 1, 2, 3].map(|order| pieces.select(1, order));
        Ok(((d * &s + c) * &s + b) * &s + a)
    }

    fn pieces(&self, rows: &[i64], offsets: &[f64]) -> Result<(Tensor, Tensor), SolveError> {
        let device = self.coefficients.device();
        let rows = Tensor::f_from_slice(rows)?.f_to_device(device)?;
        let s = Tensor::f_from_slice(offsets)?
            .f_to_kind(self.coefficients.kind())?
            .f_to_device(device)?
            .f_unsqueeze(1)?;
        Ok((self.coefficients.f_index_select(0, &rows)?, s))
    }
}
