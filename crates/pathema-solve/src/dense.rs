use tch::Tensor;

use crate::error::Cause;
use crate::flow::{Clock, Drive, Span, column, index};
use crate::march::Taken;
use crate::save::Put;
use crate::tableau::{Dense, Tableau};

/// The solution inside a step: a polynomial in θ, which goes from 0 to 1 over it.
pub(crate) struct Interpolant {
    /// Of θ⁰, θ¹, …, [rows, …] each.
    coefficients: Vec<Tensor>,
    /// As of the step's [`Drive`].
    moving: Option<(Tensor, Tensor)>,
}

impl Interpolant {
    /// Of a step from `z`; `slope_end` is the slope at its end.
    pub(crate) fn new(
        tableau: &Tableau,
        z: &Tensor,
        taken: &Taken,
        drive: &Drive,
        slope_end: &Tensor,
    ) -> Interpolant {
        let length = &drive.length;
        let slope_start = length.times(&taken.slopes[0]);
        let coefficients = match tableau.dense {
            Dense::Hermite => {
                let slope_end = length.times(slope_end);
                let u = &taken.end - z;
                let second = &u * 3.0 - &slope_start * 2.0 - &slope_end;
                let third = &slope_start + slope_end - u * 2.0;
                vec![z.shallow_clone(), slope_start, second, third]
            }
            Dense::Middle(weights) => {
                let slope_end = length.times(slope_end);
                // Differences from the start cancel less than the states themselves would.
                let u = &taken.end - z;
                let middle = length.total(weights, &taken.slopes);
                let v = middle.unwrap_or_else(|| z.zeros_like());
                let second = &v * 16.0 - &u * 5.0 - &slope_start * 4.0 + &slope_end;
                let third = &u * 14.0 - &v * 32.0 + &slope_start * 5.0 - &slope_end * 3.0;
                let fourth = v * 16.0 - u * 8.0 - &slope_start * 2.0 + slope_end * 2.0;
                vec![z.shallow_clone(), slope_start, second, third, fourth]
            }
            Dense::Stages(weights) => {
                let powers = weights.first().map_or(0, |row| row.len());
                let of = |power: usize| {
                    let weights: Vec<f64> = weights.iter().map(|row| row[power]).collect();
                    let total = length.total(&weights, &taken.slopes);
                    total.unwrap_or_else(|| z.zeros_like())
                };
                std::iter::once(z.shallow_clone())
                    .chain((0..powers).map(of))
                    .collect()
            }
        };
        let both =
            |(shift, length): &(Tensor, Tensor)| (shift.shallow_clone(), length.shallow_clone());
        Interpolant {
            coefficients,
            moving: drive.moving.as_ref().map(both),
        }
    }

    /// All rows at one θ.
    pub(crate) fn at(&self, theta: f64) -> Result<Tensor, Cause> {
        if self.moving.is_some() {
            let rows: Vec<usize> = (0..self.coefficients[0].size()[0] as usize).collect();
            return self.rows_at(&rows, &vec![theta; rows.len()]);
        }
        let (last, rest) = self.split();
        Ok(rest.iter().rev().fold(last, |sum, c| sum * theta + c))
    }

    /// Each row at a θ of its own, `thetas` a column.
    pub(crate) fn at_each(&self, thetas: &Tensor) -> Tensor {
        let (last, rest) = self.split();
        rest.iter().rev().fold(last, |sum, c| sum * thetas + c)
    }

    /// Some rows, each at a θ of its own.
    pub(crate) fn rows_at(&self, rows: &[usize], thetas: &[f64]) -> Result<Tensor, Cause> {
        let own = &self.coefficients[0];
        let rows = index(rows.iter().copied(), own.device());
        let selected: Result<Vec<Tensor>, _> = self
            .coefficients
            .iter()
            .map(|coefficient| coefficient.f_index_select(0, &rows))
            .collect();
        // Ends of a step move with the knots that they are.
        let inside: Vec<f64> = thetas
            .iter()
            .map(|&theta| f64::from(u8::from(theta > 0.0 && theta < 1.0)))
            .collect();
        let mut thetas = column(thetas, own);
        if let Some((shift, length)) = &self.moving {
            // A time in between stays where it is while the step moves.
            let pick = |x: &Tensor| x.index_select(0, &rows).view(thetas.size().as_slice());
            let (shift, length) = (pick(shift), pick(length));
            let still = (&thetas * length.detach() - shift) / length;
            thetas = &thetas + column(&inside, own) * (still - &thetas);
        }
        let selected = Interpolant {
            coefficients: selected?,
            moving: None,
        };
        Ok(selected.at_each(&thetas))
    }

    /// The states inside a step that these puts save.
    pub(crate) fn saved(&self, puts: &[Put]) -> Result<Tensor, Cause> {
        let rows: Vec<usize> = puts.iter().map(|put| put.row).collect();
        let thetas: Vec<f64> = puts.iter().map(|put| put.theta).collect();
        self.rows_at(&rows, &thetas)
    }

    fn split(&self) -> (Tensor, &[Tensor]) {
        let last = self.coefficients.len() - 1;
        (
            self.coefficients[last].shallow_clone(),
            &self.coefficients[..last],
        )
    }
}

/// A solution that can be asked for its state at any time on its way.
pub struct Trajectory {
    steps: Vec<(Span, Interpolant)>,
    /// Of each sample, in order: the step and the row of it.
    tracks: Vec<Vec<(usize, usize)>>,
    /// Of samples that an event has ended: when and in which state, [1, …].
    ends: Vec<Option<(f64, Tensor)>>,
    start: Tensor,
    direction: f64,
}

impl std::fmt::Debug for Trajectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trajectory")
            .field("steps", &self.steps.len())
            .field("samples", &self.tracks.len())
            .finish_non_exhaustive()
    }
}

impl Trajectory {
    pub(crate) fn new(z0: &Tensor, direction: f64) -> Trajectory {
        Trajectory {
            steps: Vec::new(),
            tracks: vec![Vec::new(); z0.size()[0] as usize],
            ends: (0..z0.size()[0]).map(|_| None).collect(),
            start: z0.shallow_clone(),
            direction,
        }
    }

    /// Adds a step, of which these rows were kept.
    pub(crate) fn push(&mut self, span: &Span, interpolant: Interpolant, rows: &[usize]) {
        for &row in rows {
            self.tracks[span.sample(row)].push((self.steps.len(), row));
        }
        self.steps.push((span.clone(), interpolant));
    }

    /// Ends a sample's solution before its last step does.
    pub(crate) fn end(&mut self, sample: usize, time: f64, z: Tensor) {
        self.ends[sample] = Some((time, z));
    }

    /// The state of every sample at a time, [batch, …]; before the start and after the end of a sample's solution
    /// that at its start or end. Gradients flow as through saved states.
    ///
    /// # Errors
    /// If libtorch refuses.
    pub fn at(&self, time: f64) -> Result<Tensor, crate::SolveError> {
        Ok(self.rows(time)?)
    }

    fn rows(&self, time: f64) -> Result<Tensor, Cause> {
        let mut states = Vec::with_capacity(self.tracks.len());
        // One step for the whole batch is the common case.
        if let Some((step, theta)) = self.common(time) {
            return self.steps[step].1.at(theta);
        }
        for (sample, track) in self.tracks.iter().enumerate() {
            if let Some((end, z)) = &self.ends[sample]
                && (time - end) * self.direction >= 0.0
            {
                states.push(z.shallow_clone());
                continue;
            }
            let Some((step, row, theta)) = self.find(track, time) else {
                states.push(self.start.f_narrow(0, sample as i64, 1)?);
                continue;
            };
            states.push(self.steps[step].1.rows_at(&[row], &[theta])?);
        }
        Ok(Tensor::f_cat(&states, 0)?)
    }

    fn common(&self, time: f64) -> Option<(usize, f64)> {
        let shared = self
            .steps
            .iter()
            .all(|(span, _)| matches!(span.from, Clock::Shared(_)) && span.samples.is_none());
        let track = self.tracks.first().filter(|_| shared)?;
        let (step, _, theta) = self.find(track, time)?;
        Some((step, theta))
    }

    /// Step, row and θ of a time in a track; `None` if the track is empty.
    fn find(&self, track: &[(usize, usize)], time: f64) -> Option<(usize, usize, f64)> {
        let ahead = time * self.direction;
        let end = |&(step, row): &(usize, usize)| self.steps[step].0.to.at(row) * self.direction;
        let found = track.partition_point(|place| end(place) < ahead);
        let &(step, row) = track.get(found).or(track.last())?;
        let span = &self.steps[step].0;
        let (from, to) = (span.from.at(row), span.to.at(row));
        let theta = if from == to {
            0.0
        } else {
            (time - from) / (to - from)
        };
        Some((step, row, theta.clamp(0.0, 1.0)))
    }
}
