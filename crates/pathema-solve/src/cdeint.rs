use tch::Tensor;

use crate::adaptive::{self, Flow, Route};
use crate::grid::check_save_times;
use crate::solvers::DOPRI5;
use crate::{BatchPath, SolveError, SolveStats, Tableau, Tolerance, VectorField, fixed};

/// How to solve a controlled differential equation.
#[derive(Clone, Copy, Debug)]
pub enum Method {
    /// An explicit method over fixed steps: as many evaluations for every batch, and the fastest to train.
    Fixed {
        /// The method ([`crate::solvers::MIDPOINT`], [`crate::solvers::RK4`], …).
        tableau: &'static Tableau,
        /// Where the steps end.
        steps: Steps,
    },
    /// Dormand–Prince 5(4) with one step for the whole batch, ended at the knots, where the path's
    /// derivatives jump.
    Dopri5(Tolerance),
}

/// Where the fixed steps of a sample end; save times are added in either case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Steps {
    /// At the sample's own knots: nothing of the path is stepped over.
    Knots,
    /// This far apart. The path enters by its increment over each step (the log-ODE method of depth 1,
    /// Morrill et al. 2021, *Neural rough differential equations*), so nothing of it is lost on the way
    /// either.
    Every(f64),
}

/// States at the times asked for, and the work that they took.
#[derive(Debug)]
pub struct Solution {
    /// [batch, times, hidden].
    pub z: Tensor,
    /// The work.
    pub stats: SolveStats,
}

/// Solves dz = f(z) dX along each path of a batch, from z = `z0` ([batch, hidden]) where the paths start, and
/// returns z at the times `save_at`, increasing.
///
/// Each path keeps its own knots. A path stands still outside its own interval, and with it the state: before it
/// that is `z0`.
///
/// # Errors
/// [`SolveError`] names what is off: a shape, a save time, or the sample and time where the state ceased to
/// be finite.
///
/// ```
/// use pathema_path::{ControlPath, Observations, Scheme};
/// use pathema_solve::{BatchPath, Method, Steps, cdeint, solvers::RK4};
/// use tch::{Device, Kind, Tensor};
///
/// // dz = z dX along X(t) = t gives the exponential.
/// let line = Observations::new(vec![0.0, 0.4, 1.0], vec![0.0, 0.4, 1.0], 1)?;
/// let path = ControlPath::fit(Scheme::Linear, &line)?;
/// let path = BatchPath::stack(&[path], Kind::Double, Device::Cpu)?;
/// let z0 = Tensor::ones([1, 1], (Kind::Double, Device::Cpu));
/// let method = Method::Fixed { tableau: &RK4, steps: Steps::Knots };
/// let solution = cdeint(&|z: &Tensor, dx: &Tensor| z * dx, &path, &z0, &[1.0], &method)?;
/// assert!((solution.z.double_value(&[0, 0, 0]) - 1.0_f64.exp()).abs() < 2e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cdeint(
    field: &dyn VectorField,
    path: &BatchPath,
    z0: &Tensor,
    save_at: &[f64],
    method: &Method,
) -> Result<Solution, SolveError> {
    let size = z0.size();
    if size.len() != 2 || size[0] != path.batch() {
        return Err(SolveError::Shape {
            what: "the initial state",
            found: size,
            expected: format!("[{}, hidden]: a row for each control path", path.batch()),
        });
    }
    let (start, end) = path.interval();
    check_save_times(save_at)?;
    match *method {
        Method::Fixed { tableau, steps } => {
            if let Steps::Every(value) = steps
                && !(value.is_finite() && value > 0.0 && (end - start) / value <= MOST_STEPS)
            {
                return Err(SolveError::Setting {
                    name: "step",
                    value,
                });
            }
            let (z, stats) = fixed::solve(field, path, z0, save_at, tableau, steps)?;
            Ok(Solution { z, stats })
        }
        Method::Dopri5(tolerance) => {
            let stops = stops(path);
            let route = Route {
                start,
                end: save_at.last().copied().unwrap_or(end),
                stops: &stops,
                save_at,
            };
            let flow = Cde { field, path };
            let (saved, stats) = adaptive::solve(&flow, z0, &route, &DOPRI5, &tolerance)?;
            let z = if saved.is_empty() {
                z0.f_unsqueeze(1)?.f_narrow(1, 0, 0)?
            } else {
                Tensor::f_stack(&saved, 1)?
            };
            Ok(Solution { z, stats })
        }
    }
}

/// Of a fixed method over a path; all of them are laid out before the first is taken.
const MOST_STEPS: f64 = 1e6;

struct Cde<'a> {
    field: &'a dyn VectorField,
    path: &'a BatchPath,
}

impl Flow for Cde<'_> {
    fn slope(&self, time: f64, probe: f64, z: &Tensor) -> Result<Tensor, SolveError> {
        let slope = self.field.contract(z, &self.path.derivative(time, probe)?);
        adaptive::of_the_states_shape(slope, z)
    }
}

/// All knots of all paths, once each: some derivative jumps there, whatever the smoothness short of C^∞.
fn stops(path: &BatchPath) -> Vec<f64> {
    let mut stops: Vec<f64> = (0..path.batch() as usize)
        .flat_map(|sample| path.knots(sample).iter().copied())
        .collect();
    stops.sort_by(f64::total_cmp);
    let scale = 1e-9 * (1.0 + stops.last().map_or(0.0, |last| last.abs()));
    stops.dedup_by(|b, a| *b - *a <= scale);
    stops
}
