//! Steps whose length an error estimate controls.

use tch::Tensor;

use crate::dense::Quartic;
use crate::{SolveError, SolveStats, Tableau};

/// How accurate an adaptive solve has to be, and how much work it may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Error allowed relative to the state.
    pub relative: f64,
    /// Error allowed where the state is near zero.
    pub absolute: f64,
    /// Steps tried before the solve is given up.
    pub max_steps: usize,
}

impl Tolerance {
    /// Relative and absolute error allowed, and at most 100,000 steps.
    pub fn new(relative: f64, absolute: f64) -> Tolerance {
        Tolerance {
            relative,
            absolute,
            max_steps: 100_000,
        }
    }
}

/// Shrink by no more than this after a step.
const SHRINK: f64 = 0.2;
/// Grow by no more than this.
const GROW: f64 = 10.0;
const SAFETY: f64 = 0.9;

/// The right-hand side.
pub(crate) trait Flow {
    /// dz/dt at `time`, in a step the middle of which is `probe`.
    fn slope(&self, time: f64, probe: f64, z: &Tensor) -> Result<Tensor, SolveError>;
}

/// # Errors
/// [`SolveError::Shape`] unless a field's value has the state's shape.
pub(crate) fn of_the_states_shape(slope: Tensor, z: &Tensor) -> Result<Tensor, SolveError> {
    if slope.size() != z.size() {
        return Err(SolveError::Shape {
            what: "the vector field's value",
            found: slope.size(),
            expected: format!("{:?}, the state's", z.size()),
        });
    }
    Ok(slope)
}

/// Where a solve starts and ends and what happens on the way.
pub(crate) struct Route<'a> {
    pub(crate) start: f64,
    /// Where steps end at the latest; infinite to let the last one pass the last save time.
    pub(crate) end: f64,
    /// Times at which a step has to end and the slope is taken anew, increasing.
    pub(crate) stops: &'a [f64],
    /// Increasing.
    pub(crate) save_at: &'a [f64],
}

/// States at the save times.
pub(crate) fn solve(
    flow: &dyn Flow,
    z0: &Tensor,
    route: &Route<'_>,
    tableau: &Tableau,
    tolerance: &Tolerance,
) -> Result<(Vec<Tensor>, SolveStats), SolveError> {
    check(tolerance)?;
    let mut stats = SolveStats::new();
    let mut saved = Vec::with_capacity(route.save_at.len());
    let mut z = z0.shallow_clone();
    let mut time = route.start;
    // Before its start nothing moves.
    while route.save_at.get(saved.len()).is_some_and(|&at| at <= time) {
        saved.push(z.shallow_clone());
    }
    if saved.len() == route.save_at.len() {
        return Ok((saved, stats));
    }
    let begin = route.start;
    let mut stops = route.stops.iter().copied().filter(|&stop| stop > begin);
    let mut stop = stops.next().unwrap_or(route.end).min(route.end);
    let mut slope = flow.slope(time, nudge(time, stop), &z)?;
    stats.evaluations += 1;
    finite(&slope, time, "the vector field")?;
    let mut natural = first_step(flow, time, stop, &z, &slope, tableau, tolerance)?;
    stats.evaluations += 1;

    while saved.len() < route.save_at.len() {
        if stats.accepted + stats.rejected >= tolerance.max_steps {
            return Err(SolveError::MaxSteps {
                limit: tolerance.max_steps,
                time,
                end: route.save_at[route.save_at.len() - 1],
            });
        }
        let clipped = time + natural >= stop;
        let step = if clipped { stop - time } else { natural };
        let tried = attempt(flow, time, step, &z, &slope, tableau)?;
        stats.evaluations += tableau.stages() - 1;
        let error = tch::no_grad(|| error_norm(&tried.error, &z, &tried.end, tolerance))?;
        // Not a number is no error that could be accepted.
        if error.is_nan() || error > 1.0 {
            stats.rejected += 1;
            natural = step * shrunk(error, tableau.order);
            if time + natural <= time + 4.0 * f64::EPSILON * time.abs() {
                finite(&tried.end, time, "the state")?;
                finite(&tried.slope_end, time, "the vector field")?;
                return Err(SolveError::StepTooSmall {
                    time,
                    step: natural,
                });
            }
            continue;
        }
        stats.accept(step);
        let reached = if clipped { stop } else { time + step };
        let due = route.save_at[saved.len()..]
            .iter()
            .take_while(|&&at| at <= reached);
        for &at in due {
            saved.push(if at == reached {
                tried.end.shallow_clone()
            } else {
                tried
                    .dense(&z, &slope, step, tableau)
                    .at((at - time) / step)
            });
        }
        // The step that the error asks for is remembered when a stop has cut it short.
        let next = step * grown(error, tableau.order);
        natural = if clipped { natural.max(next) } else { next };
        time = reached;
        z = tried.end;
        slope = tried.slope_end;
        if clipped && reached < route.end {
            stop = stops.next().unwrap_or(route.end).min(route.end);
            if saved.len() < route.save_at.len() {
                slope = flow.slope(time, nudge(time, stop), &z)?;
                stats.evaluations += 1;
            }
        }
    }
    Ok((saved, stats))
}

/// A time a little after `time`, in the same piece: the right-hand limit at a stop.
fn nudge(time: f64, stop: f64) -> f64 {
    if stop.is_finite() {
        0.5 * (time + stop)
    } else {
        time
    }
}

struct Attempt {
    end: Tensor,
    slope_end: Tensor,
    error: Tensor,
    stages: Vec<Tensor>,
}

impl Attempt {
    fn dense(&self, start: &Tensor, slope: &Tensor, step: f64, tableau: &Tableau) -> Quartic {
        let middle = start + weighted(&self.stages, tableau.middle, step);
        Quartic::new(
            start,
            &middle,
            &self.end,
            &(slope * step),
            &(&self.slope_end * step),
        )
    }
}

fn attempt(
    flow: &dyn Flow,
    time: f64,
    step: f64,
    z: &Tensor,
    slope: &Tensor,
    tableau: &Tableau,
) -> Result<Attempt, SolveError> {
    let probe = time + 0.5 * step;
    let mut stages = vec![slope.shallow_clone()];
    let mut end = z.shallow_clone();
    for j in 1..tableau.stages() {
        end = z + weighted(&stages, tableau.row(j), step);
        stages.push(flow.slope(time + tableau.c[j] * step, probe, &end)?);
    }
    Ok(Attempt {
        // The tableaus that estimate their error are all first-same-as-last: the last stage's place is the end.
        end,
        slope_end: stages[tableau.stages() - 1].shallow_clone(),
        error: weighted(&stages, tableau.error, step),
        stages,
    })
}

/// h Σ wⱼ kⱼ.
pub(crate) fn weighted(stages: &[Tensor], weights: &[f64], step: f64) -> Tensor {
    let mut terms = weights
        .iter()
        .zip(stages)
        .filter(|(weight, _)| **weight != 0.0);
    let first = terms.next().map(|(&weight, stage)| stage * (weight * step));
    terms.fold(
        first.unwrap_or_else(|| stages[0].zeros_like()),
        |sum, (&weight, stage)| sum + stage * (weight * step),
    )
}

/// Root mean square of e / (atol + rtol max(|y₀|, |y₁|)) over the whole batch.
fn error_norm(
    error: &Tensor,
    start: &Tensor,
    end: &Tensor,
    tolerance: &Tolerance,
) -> Result<f64, SolveError> {
    let scale = start.abs().maximum(&end.abs()) * tolerance.relative + tolerance.absolute;
    rms(&(error / scale))
}

fn rms(x: &Tensor) -> Result<f64, SolveError> {
    Ok(f64::try_from(x.square().mean(None).sqrt())?)
}

/// Hairer, Nørsett & Wanner II.4: a step in which an Euler step changes little.
fn first_step(
    flow: &dyn Flow,
    time: f64,
    stop: f64,
    z: &Tensor,
    slope: &Tensor,
    tableau: &Tableau,
    tolerance: &Tolerance,
) -> Result<f64, SolveError> {
    tch::no_grad(|| {
        let scale = z.abs() * tolerance.relative + tolerance.absolute;
        let d0 = rms(&(z / &scale))?;
        let d1 = rms(&(slope / &scale))?;
        let h0 = if d0 < 1e-5 || d1 < 1e-5 {
            1e-6
        } else {
            0.01 * d0 / d1
        };
        let probe = flow.slope(time + h0, nudge(time, stop), &(z + slope * h0))?;
        let d2 = rms(&((probe - slope) / &scale))? / h0;
        let h1 = if d1 <= 1e-15 && d2 <= 1e-15 {
            (h0 * 1e-3).max(1e-6)
        } else {
            (0.01 / d1.max(d2)).powf(1.0 / f64::from(tableau.order))
        };
        Ok((100.0 * h0).min(h1))
    })
}

fn grown(error: f64, order: u32) -> f64 {
    if error == 0.0 {
        return GROW;
    }
    let least = if error < 1.0 { 1.0 } else { SHRINK };
    (SAFETY * error.powf(-1.0 / f64::from(order))).clamp(least, GROW)
}

/// Not a number shrinks as far as may be: the step may have left the domain of the field.
fn shrunk(error: f64, order: u32) -> f64 {
    if error.is_finite() {
        (SAFETY * error.powf(-1.0 / f64::from(order))).clamp(SHRINK, 1.0)
    } else {
        SHRINK
    }
}

pub(crate) fn finite(x: &Tensor, time: f64, what: &'static str) -> Result<(), SolveError> {
    let finite = x.isfinite();
    if bool::try_from(finite.all())? {
        return Ok(());
    }
    let sick: Vec<i64> = Vec::try_from(finite.logical_not().nonzero().f_select(0, 0)?)?;
    let sample = sick.first().map_or(0, |&sample| sample as usize);
    Err(SolveError::NonFinite { sample, time, what })
}

fn check(tolerance: &Tolerance) -> Result<(), SolveError> {
    for (name, value) in [
        ("relative tolerance", tolerance.relative),
        ("absolute tolerance", tolerance.absolute),
    ] {
        if !(value.is_finite() && value > 0.0) {
            return Err(SolveError::Setting { name, value });
        }
    }
    Ok(())
}
