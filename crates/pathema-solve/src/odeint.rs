use tch::Tensor;

use crate::adaptive::{self, Flow, Route};
use crate::grid::check_save_times;
use crate::solvers::DOPRI5;
use crate::{Solution, SolveError, SolveStats, Tableau, Tolerance};

/// How to solve an ordinary differential equation.
#[derive(Clone, Copy, Debug)]
pub enum OdeMethod {
    /// Dormand–Prince 5(4) with error control.
    Dopri5 {
        /// The error allowed.
        tolerance: Tolerance,
        /// Lets the last step pass the last time and interpolates back, as torchdiffeq does; otherwise no
        /// time after the last is ever asked for.
        overshoot: bool,
    },
    /// Equal steps, as many between two times as keep them at most this long.
    Fixed {
        /// The method.
        tableau: &'static Tableau,
        /// The longest step.
        step: f64,
    },
}

/// Solves dz/dt = f(t, z) from z(t₀) = `z0`, t₀ the first of `times`.
///
/// `z0` is [batch, …]; the solution is [batch, times, …]. Gradients reach `z0` and whatever `f` holds.
///
/// # Errors
/// [`SolveError`] names the time, and the sample where there is one.
///
/// ```
/// use pathema_solve::{OdeMethod, Tolerance, odeint};
/// use tch::{Kind, Tensor};
///
/// let method = OdeMethod::Dopri5 { tolerance: Tolerance::new(1e-9, 1e-9), overshoot: false };
/// let z0 = Tensor::from_slice(&[1.0_f64]).view([1, 1]);
/// let solution = odeint(&|_, z| -z, &z0, &[0.0, 1.0], &method)?;
/// let end = solution.z.double_value(&[0, 1, 0]);
/// assert!((end - (-1.0_f64).exp()).abs() < 1e-9);
/// # Ok::<(), pathema_solve::SolveError>(())
/// ```
pub fn odeint(
    f: &dyn Fn(f64, &Tensor) -> Tensor,
    z0: &Tensor,
    times: &[f64],
    method: &OdeMethod,
) -> Result<Solution, SolveError> {
    let Some((&start, &end)) = times.first().zip(times.last()) else {
        return Err(SolveError::SaveTimes {
            index: 0,
            time: f64::NAN,
            previous: f64::NAN,
        });
    };
    check_save_times(times)?;
    let flow = Ode(f);
    let (saved, stats) = match *method {
        OdeMethod::Dopri5 {
            tolerance,
            overshoot,
        } => {
            let route = Route {
                start,
                end: if overshoot { f64::INFINITY } else { end },
                stops: &[],
                save_at: times,
            };
            adaptive::solve(&flow, z0, &route, &DOPRI5, &tolerance)?
        }
        OdeMethod::Fixed { tableau, step } => fixed(&flow, z0, times, tableau, step)?,
    };
    Ok(Solution {
        z: Tensor::f_stack(&saved, 1)?,
        stats,
    })
}

struct Ode<'a>(&'a dyn Fn(f64, &Tensor) -> Tensor);

impl Flow for Ode<'_> {
    fn slope(&self, time: f64, _probe: f64, z: &Tensor) -> Result<Tensor, SolveError> {
        adaptive::of_the_states_shape((self.0)(time, z), z)
    }
}

fn fixed(
    flow: &Ode<'_>,
    z0: &Tensor,
    times: &[f64],
    tableau: &Tableau,
    longest: f64,
) -> Result<(Vec<Tensor>, SolveStats), SolveError> {
    if !(longest.is_finite() && longest > 0.0) {
        return Err(SolveError::Setting {
            name: "step",
            value: longest,
        });
    }
    let mut stats = SolveStats::new();
    let mut z = z0.shallow_clone();
    let mut saved = vec![z.shallow_clone()];
    for pair in times.windows(2) {
        let span = pair[1] - pair[0];
        let count = (span / longest * (1.0 - 1e-9)).ceil().max(1.0);
        let step = span / count;
        for k in 0..count as usize {
            let time = pair[0] + k as f64 * step;
            let mut stages: Vec<Tensor> = Vec::with_capacity(tableau.stages());
            for j in 0..tableau.stages() {
                let at = if j == 0 {
                    z.shallow_clone()
                } else {
                    &z + adaptive::weighted(&stages, tableau.row(j), step)
                };
                stages.push(flow.slope(time + tableau.c[j] * step, time, &at)?);
            }
            // Not in place: autograd still needs the state before.
            z = &z + adaptive::weighted(&stages, tableau.b, step);
            stats.evaluations += tableau.stages();
            stats.accept(step);
        }
        adaptive::finite(&z, pair[1], "the state")?;
        saved.push(z.shallow_clone());
    }
    Ok((saved, stats))
}
