use std::ops::Deref;

use pathema_path::Smoothness;
use tch::{Kind, Tensor};

use crate::error::Cause;
use crate::event::Event;
use crate::field::{OdeField, VectorField};
use crate::flow::{CdeFlow, Control, Flow, OdeFlow};
use crate::gradient::{self, Gradient};
use crate::march::Newton;
use crate::march::grid::Grids;
use crate::march::layout::{check_length, jumps, own_knots, regular, stops};
use crate::save::SaveAt;
use crate::{Adaptive, BatchPath, Sharing, Solution, SolveError, Steps, Tableau};

/// How an equation is solved: by which method, in which steps, and how it is differentiated.
///
/// The three go together in any combination that makes sense; one that does not is refused with the way out.
#[derive(Clone, Copy, Debug)]
pub struct Solve {
    /// The Runge–Kutta method, one of [`solvers`](crate::solvers) or your own.
    pub method: &'static Tableau,
    /// Where steps end.
    pub steps: Steps,
    /// How gradients are taken.
    pub gradient: Gradient,
    /// What does the work.
    pub engine: Engine,
}

/// What does the work of a solve; results are the same to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// All steps in one piece of native code (`pathema-kernel`), many times faster for small models: on the CPU, in single
    /// or double precision, for an [`MlpField`](crate::field::MlpField) along paths that need no gradient themselves, by an
    /// explicit method in fixed steps, those of the log-ODE method up to depth 2, or in steps of each sample's own
    /// ([`Sharing::Sample`]), with any gradient but [`Gradient::Continuous`]. It has no second derivatives, trajectories
    /// and events. What does not fit, [`General`](Self::General) does;
    /// [`SolveStats::engine`](crate::SolveStats::engine) says which it was.
    Fused,
    /// Operations of libtorch, for any field on any device.
    General,
}

impl Solve {
    /// One step between two knots of a control path; the fastest to train.
    pub fn knots(method: &'static Tableau) -> Solve {
        Solve::new(method, Steps::Knots)
    }

    /// Steps this far apart.
    pub fn every(method: &'static Tableau, length: f64) -> Solve {
        Solve::new(method, Steps::Every(length))
    }

    /// Steps as the error allows.
    pub fn adaptive(method: &'static Tableau, steps: Adaptive) -> Solve {
        Solve::new(method, Steps::Adaptive(steps))
    }

    /// With the direct gradient.
    pub fn new(method: &'static Tableau, steps: Steps) -> Solve {
        Solve {
            method,
            steps,
            gradient: Gradient::Direct,
            engine: Engine::Fused,
        }
    }

    /// The same with another gradient.
    #[must_use]
    pub fn with_gradient(self, gradient: Gradient) -> Solve {
        Solve { gradient, ..self }
    }

    /// The same by another engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Solve {
        Solve { engine, ..self }
    }
}

/// Solves dz = f(z) dX along each path of a batch, from z = `z0` ([batch, hidden]) at the time `start`.
///
/// Each path keeps its own knots, and steps end at them by themselves. A path stands still outside its own
/// interval, and with it the state. States may be asked for at times after the start, or before it: then
/// the equation is solved backward.
///
/// # Errors
/// [`SolveError`] names what is off: a shape, a save time, or the sample and time where the state ceased to
/// be finite, and holds the solution as far as it came.
///
/// ```
/// use pathema_path::{ControlPath, Observations, Scheme};
/// use pathema_solve::{BatchPath, SaveAt, Solve, cdeint, solvers::RK4};
/// use tch::{Device, Kind, Tensor};
///
/// // dz = z dX along X(t) = t gives the exponential.
/// let line = Observations::new(vec![0.0, 0.4, 1.0], vec![0.0, 0.4, 1.0], 1)?;
/// let path = ControlPath::fit(Scheme::Linear, &line)?;
/// let path = BatchPath::stack(&[path], Kind::Double, Device::Cpu)?;
/// let z0 = Tensor::ones([1, 1], (Kind::Double, Device::Cpu));
/// let field = |z: &Tensor, dx: &Tensor| z * dx;
/// let solution = cdeint(&field, &path, &z0, 0.0, SaveAt::Times(&[0.4, 1.0]), &Solve::knots(&RK4))?;
/// assert_eq!(solution.z.size(), [1, 2, 1]);
/// assert!((solution.z.double_value(&[0, 1, 0]) - 1.0_f64.exp()).abs() < 2e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cdeint(
    field: &dyn VectorField,
    path: &BatchPath,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
) -> Result<Solution, SolveError> {
    cde(field, path, z0, start, save, how, None)
}

/// As [`cdeint`], until the event happens or the last time is reached.
///
/// Samples have steps of their own ([`Sharing::Sample`]), since each ends at its own time.
///
/// # Errors
/// As [`cdeint`]; [`Cause::Conflict`] unless steps are adaptive.
pub fn cdeint_until(
    field: &dyn VectorField,
    path: &BatchPath,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
    event: &Event<'_>,
) -> Result<Solution, SolveError> {
    cde(field, path, z0, start, save, how, Some(event))
}

/// Solves dz/dt = f(t, z) from z = `z0` ([batch, …]) at the time `start`, forward or backward in time.
///
/// Gradients reach `z0` and the field's parameters.
///
/// # Errors
/// [`SolveError`] names the time, and the sample where there is one, and holds the solution as far as it came.
///
/// ```
/// use pathema_solve::{Adaptive, SaveAt, Solve, odeint, solvers::TSIT5};
/// use tch::Tensor;
///
/// let how = Solve::adaptive(&TSIT5, Adaptive::new(1e-9, 1e-9));
/// let z0 = Tensor::from_slice(&[1.0_f64]).view([1, 1]);
/// let decay = |_t: &Tensor, z: &Tensor| -z;
/// let solution = odeint(&decay, &z0, 0.0, SaveAt::End(1.0), &how)?;
/// let end = solution.z.double_value(&[0, 0, 0]);
/// assert!((end - (-1.0_f64).exp()).abs() < 1e-8);
/// # Ok::<(), pathema_solve::SolveError>(())
/// ```
pub fn odeint(
    field: &dyn OdeField,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
) -> Result<Solution, SolveError> {
    ode(field, z0, start, save, how, None)
}

/// As [`odeint`], until the event happens or the last time is reached.
///
/// Samples have steps of their own ([`Sharing::Sample`]), since each ends at its own time.
///
/// # Errors
/// As [`odeint`]; [`Cause::Conflict`] unless steps are adaptive.
pub fn odeint_until(
    field: &dyn OdeField,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
    event: &Event<'_>,
) -> Result<Solution, SolveError> {
    ode(field, z0, start, save, how, Some(event))
}

fn cde(
    field: &dyn VectorField,
    path: &BatchPath,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
    event: Option<&Event<'_>>,
) -> Result<Solution, SolveError> {
    let size = z0.size();
    if size.len() != 2 || size[0] != path.batch() {
        return Err(Cause::Shape {
            what: "the initial state",
            found: size,
            expected: format!("[{}, hidden]: a row for each control path", path.batch()),
        }
        .into());
    }
    check_kind(z0)?;
    save.check(start)?;
    let control = match how.steps {
        Steps::Every(_) => Control::Increment,
        Steps::LogOde { depth, .. } => Control::LogSignature(depth),
        Steps::Adaptive(steps) if passes_knots(&steps, path)? => Control::Anywhere,
        _ => Control::Derivative,
    };
    let flow = CdeFlow {
        field: Borrowed(field),
        path: path.shared(),
        control,
        moving: true,
    };
    let direction = save.direction(start);
    let work = match how.steps {
        Steps::Adaptive(steps) => Work::Adaptive {
            steps,
            stops: stops(
                path,
                control == Control::Derivative,
                direction,
                steps.sharing == Sharing::Batch && event.is_none(),
            ),
            jumps: jumps(path, start, save.end().unwrap_or(start)),
        },
        Steps::Knots => {
            let end = save.end().unwrap_or(start) * direction;
            let points = |sample: usize| own_knots(path, sample, start, end, direction);
            let saves = save.ahead(direction);
            Work::Grids(Grids::each(path, points, true, &saves, direction))
        }
        Steps::Every(length) | Steps::LogOde { length, .. } => {
            let end = save.end().unwrap_or(start);
            check_length(length, start, end)?;
            let points = |sample: usize| {
                let (first, last) = path.path(sample).interval();
                let (near, far) = if direction > 0.0 {
                    (first, last)
                } else {
                    (-last, -first)
                };
                regular(start * direction, near, (end * direction).min(far), length)
            };
            let saves = save.ahead(direction);
            Work::Grids(Grids::each(path, points, false, &saves, direction))
        }
    };
    finish(&flow, z0, start, save, how, event, work)
}

/// Whether adaptive steps may pass knots; a gradient to the path needs them to end there.
fn passes_knots(steps: &Adaptive, path: &BatchPath) -> Result<bool, Cause> {
    let passes = !steps.at_knots && path.smoothness() != Smoothness::C0;
    let wanted = path.coefficients.requires_grad() && pathema_autograd::is_grad_enabled();
    if passes && wanted {
        return Err(Cause::Conflict {
            what: "Adaptive::at_knots = false",
            with: "a path that gradients are to reach",
            way_out: "let steps end at knots, or detach the path",
        });
    }
    Ok(passes)
}

fn ode(
    field: &dyn OdeField,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
    event: Option<&Event<'_>>,
) -> Result<Solution, SolveError> {
    let size = z0.size();
    if size.is_empty() || size[0] == 0 {
        return Err(Cause::Shape {
            what: "the initial state",
            found: size,
            expected: "[batch, …], at least one sample".into(),
        }
        .into());
    }
    check_kind(z0)?;
    save.check(start)?;
    let flow = OdeFlow::new(Borrowed(field), z0);
    let direction = save.direction(start);
    let work = match how.steps {
        Steps::Adaptive(steps) => Work::Adaptive {
            steps,
            stops: Vec::new(),
            jumps: false,
        },
        Steps::Knots | Steps::LogOde { .. } => {
            return Err(Cause::Conflict {
                what: "a step along a control path",
                with: "an ordinary equation",
                way_out: "it has no path; take Steps::Every or Steps::Adaptive",
            }
            .into());
        }
        Steps::Every(length) => {
            let end = save.end().unwrap_or(start);
            check_length(length, start, end)?;
            let mut saves = save.ahead(direction);
            let mut points = vec![start * direction];
            if matches!(save, SaveAt::Steps(_)) {
                saves.push(end * direction);
            }
            // As many equal steps between two save times as keep them at most this long.
            for &save in &saves {
                let from = points[points.len() - 1];
                let span = save - from;
                let count = (span / length * (1.0 - 1e-9)).ceil().max(1.0);
                points.extend((1..count as usize).map(|k| from + k as f64 * (span / count)));
                points.push(save);
            }
            let batch = size[0] as usize;
            Work::Grids(Grids::shared(
                &points,
                &save.ahead(direction),
                batch,
                direction,
            ))
        }
    };
    finish(&flow, z0, start, save, how, event, work)
}

fn check_kind(z0: &Tensor) -> Result<(), Cause> {
    match z0.kind() {
        Kind::Double | Kind::Float | Kind::Half | Kind::BFloat16 => Ok(()),
        found => Err(Cause::Kind {
            what: "the initial state",
            found,
        }),
    }
}

/// What there is to go through.
pub(crate) enum Work {
    Grids(Grids),
    Adaptive {
        steps: Adaptive,
        stops: Vec<Vec<f64>>,
        jumps: bool,
    },
}

impl Work {
    pub(crate) fn grids(&self) -> Option<&Grids> {
        match self {
            Work::Grids(grids) => Some(grids),
            Work::Adaptive { .. } => None,
        }
    }

    /// How exactly the equations of implicit stages are solved.
    pub(crate) fn newton(&self) -> Newton {
        match self {
            Work::Grids(_) => Newton::TIGHT,
            Work::Adaptive { steps, .. } => Newton {
                rtol: steps.rtol,
                atol: steps.atol,
                insists: false,
            },
        }
    }
}

fn finish(
    flow: &dyn Flow,
    z0: &Tensor,
    start: f64,
    save: SaveAt<'_>,
    how: &Solve,
    event: Option<&Event<'_>>,
    work: Work,
) -> Result<Solution, SolveError> {
    how.method.check()?;
    let work = match work {
        Work::Grids(_) if event.is_some() => {
            return Err(Cause::Conflict {
                what: "an event",
                with: "fixed steps",
                way_out: "take Steps::Adaptive, whose steps know their error",
            }
            .into());
        }
        Work::Grids(grids) if matches!(save, SaveAt::Steps(_)) => Work::Grids(grids.saving_all()),
        work => work,
    };
    let problem = gradient::Problem {
        flow,
        z0,
        start,
        save,
        event,
        method: how.method,
        engine: how.engine,
        remembers: pathema_autograd::is_grad_enabled(),
    };
    gradient::solve(&problem, work, how.gradient)
}

struct Borrowed<'a, T: ?Sized>(&'a T);

impl<T: ?Sized> Deref for Borrowed<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}
