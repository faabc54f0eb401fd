//! When something happens: roots of a condition along the solution.

use pathema_autograd::{Graph, vjp, with_grad};
use tch::{Kind, Tensor};

use crate::dense::Interpolant;
use crate::error::Cause;
use crate::flow::{Clock, Flow, Span, column, cut_and_drive, epsilon, tensor};

/// What ends the solution of a sample: that its condition crosses zero. A condition that is zero at the start has not
/// crossed it, and of two crossings within one step nothing is seen.
///
/// ```
/// use pathema_solve::{Adaptive, Crossing, Event, SaveAt, Solve, odeint_until, solvers::TSIT5};
/// use tch::Tensor;
///
/// // A stone falls from 20 m: z = (height, speed).
/// let fall = |_t: &Tensor, z: &Tensor| {
///     let speed = z.select(1, 1);
///     Tensor::stack(&[&speed, &(speed.ones_like() * -9.81)], 1)
/// };
/// let z0 = Tensor::from_slice(&[20.0, 0.0]).view([1, 2]);
/// let ground = Event { condition: &|_t, z| z.select(1, 0), crossing: Crossing::Falling };
/// let how = Solve::adaptive(&TSIT5, Adaptive::new(1e-8, 1e-8));
/// let solution = odeint_until(&fall, &z0, 0.0, SaveAt::End(10.0), &how, &ground)?;
/// let hit = solution.event.unwrap().times.double_value(&[0]);
/// assert!((hit - (2.0 * 20.0 / 9.81_f64).sqrt()).abs() < 1e-7);
/// # Ok::<(), pathema_solve::SolveError>(())
/// ```
pub struct Event<'a> {
    /// Of times and states, as an [`OdeField`](crate::OdeField) gets them, to `[rows]`: the event is where it is zero.
    pub condition: &'a dyn Fn(&Tensor, &Tensor) -> Tensor,
    /// In which direction.
    pub crossing: Crossing,
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Event");
        shown
            .field("crossing", &self.crossing)
            .finish_non_exhaustive()
    }
}

/// In which direction a condition crosses zero, in the direction of the solve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// From above to below.
    Falling,
    /// From below to above.
    Rising,
    /// Either.
    Any,
}

impl Crossing {
    fn seen(self, before: f64, after: f64) -> bool {
        let falling = before > 0.0 && after <= 0.0;
        let rising = before < 0.0 && after >= 0.0;
        match self {
            Crossing::Falling => falling,
            Crossing::Rising => rising,
            Crossing::Any => falling || rising,
        }
    }
}

impl Event<'_> {
    /// The condition of each row.
    pub(crate) fn values(&self, times: &[f64], z: &Tensor) -> Result<Vec<f64>, Cause> {
        let _guard = tch::no_grad_guard();
        let values = (self.condition)(&column(times, z), z);
        if values.size() != [z.size()[0]] {
            return Err(Cause::Shape {
                what: "the event's condition",
                found: values.size(),
                expected: format!("[{}]: one number for each row", z.size()[0]),
            });
        }
        Ok(Vec::try_from(values.to_kind(Kind::Double))?)
    }

    /// Where in a step each of some rows crosses zero, from 0 to 1: the Illinois variant of regula falsi, all rows at once, with a
    /// bisection where it is slow.
    ///
    /// `ends` are start and end of each row's step, `values` the conditions there.
    pub(crate) fn locate(
        &self,
        interpolant: &Interpolant,
        rows: &[usize],
        ends: &[(f64, f64)],
        values: &[(f64, f64)],
    ) -> Result<Vec<f64>, Cause> {
        let mut brackets: Vec<Bracket> = values.iter().map(|&ends| Bracket::new(ends)).collect();
        for _ in 0..ROUNDS {
            if brackets.iter().all(Bracket::is_narrow) {
                break;
            }
            let thetas: Vec<f64> = brackets.iter().map(Bracket::next).collect();
            let z = tch::no_grad(|| interpolant.rows_at(rows, &thetas))?;
            let times: Vec<f64> = ends
                .iter()
                .zip(&thetas)
                .map(|((from, to), theta)| from + theta * (to - from))
                .collect();
            for ((bracket, theta), value) in brackets
                .iter_mut()
                .zip(thetas)
                .zip(self.values(&times, &z)?)
            {
                bracket.narrow(theta, value);
            }
        }
        Ok(brackets
            .into_iter()
            .map(|bracket| bracket.right.0)
            .collect())
    }

    /// Times and states of the events of some samples, found at `times` in the states `z`, as they move with the solution;
    /// where the condition has no slope, they stay. A state that is not yet across, since it was found another way than
    /// the time, follows its slope until it is.
    pub(crate) fn moving(
        &self,
        flow: &dyn Flow,
        samples: &[usize],
        times: &[f64],
        z: &Tensor,
        direction: f64,
    ) -> Result<(Tensor, Tensor), Cause> {
        let t = column(times, z);
        let span = Span {
            from: Clock::Each(times.to_vec()),
            to: Clock::Each(times.to_vec()),
            samples: Some(samples.to_vec()),
        };
        let (slope, rate) = {
            let drive = cut_and_drive(flow, &span, &[0.0], false)?;
            let slope = tch::no_grad(|| flow.slope(&drive.controls[0], z))?;
            let (t, z) = (leaf(&t), leaf(z));
            let value = with_grad(|| (self.condition)(&t, &z));
            let rate = if value.requires_grad() {
                let products = vjp(&[&value], &[&t, &z], &[value.ones_like()], Graph::Free)?;
                let by_time = products[0].as_ref().map(|by_time| by_time.reshape([-1]));
                let by_state = products[1].as_ref().map(|by_state| {
                    (by_state * &slope)
                        .reshape([value.size()[0], -1])
                        .sum_dim_intlist([1_i64].as_slice(), false, None)
                });
                let rate = by_time
                    .into_iter()
                    .chain(by_state)
                    .reduce(|sum, term| sum + term);
                rate.unwrap_or_else(|| value.zeros_like())
            } else {
                value.zeros_like()
            };
            (slope.detach(), rate.detach())
        };
        let steady = rate.eq(0.0);
        let per_value = rate.zeros_like().where_self(&steady, &rate.reciprocal());
        let late = tch::no_grad(|| self.across(&t, z, &slope, &per_value, direction));
        let value = (self.condition)(&t, z);
        let shift = (&value.detach() - &value) * per_value + late;
        let shift_column = shift.view(t.size().as_slice());
        let times = tensor(times, Kind::Double, z.device());
        Ok((times + &shift, z + slope * shift_column))
    }

    /// How much later than `t` the conditions are across zero, along a straight line from `z`: 0 where they are already.
    fn across(
        &self,
        t: &Tensor,
        z: &Tensor,
        slope: &Tensor,
        per_value: &Tensor,
        direction: f64,
    ) -> Tensor {
        let mut late = per_value.zeros_like();
        // What is missing in the end is rounding, which grows with the time and with each round.
        let mut least = (t.reshape([-1]).abs() + late.ones_like()) * epsilon(z.kind()) * direction;
        for _ in 0..ROUNDS {
            let column = late.view(t.size().as_slice());
            let value = (self.condition)(&(t + &column), &(z + slope * &column));
            // Newton's correction leads on where the condition is not across.
            let on = value * per_value * -1.0;
            let missing = (&on * direction).gt(0.0);
            if !missing.any().is_nonzero() {
                break;
            }
            late = (&late + on + &least).where_self(&missing, &late);
            least *= 2.0;
        }
        late
    }

    pub(crate) fn crossed(&self, before: f64, after: f64) -> bool {
        self.crossing.seen(before, after)
    }
}

fn leaf(x: &Tensor) -> Tensor {
    x.detach().set_requires_grad(true)
}

const ROUNDS: usize = 240;
/// So often may a round leave more than half of the bracket before one halves it.
const PATIENCE: usize = 3;

/// θ and value on both sides of a zero; the right one may be it.
struct Bracket {
    left: (f64, f64),
    right: (f64, f64),
    /// Weights that keep one side from standing still.
    weights: (f64, f64),
    /// Rounds since the bracket was last half as wide, and its width then.
    idle: usize,
    width: f64,
}

impl Bracket {
    fn new((left, right): (f64, f64)) -> Bracket {
        Bracket {
            left: (0.0, left),
            right: (1.0, right),
            weights: (1.0, 1.0),
            idle: 0,
            width: 1.0,
        }
    }

    fn is_narrow(&self) -> bool {
        self.right.1 == 0.0 || self.right.0 - self.left.0 <= 4.0 * f64::EPSILON
    }

    fn next(&self) -> f64 {
        let (a, b) = (self.left.1 * self.weights.0, self.right.1 * self.weights.1);
        let theta = self.left.0 + (self.right.0 - self.left.0) * (a / (a - b));
        let middle = 0.5 * (self.left.0 + self.right.0);
        if theta > self.left.0 && theta < self.right.0 && self.idle < PATIENCE {
            theta
        } else {
            middle
        }
    }

    fn narrow(&mut self, theta: f64, value: f64) {
        let same_side_as_left = value != 0.0 && (value > 0.0) == (self.left.1 > 0.0);
        if same_side_as_left {
            self.left = (theta, value);
            self.weights = (1.0, self.weights.1 * 0.5);
        } else {
            self.right = (theta, value);
            self.weights = (self.weights.0 * 0.5, 1.0);
        }
        let width = self.right.0 - self.left.0;
        if width <= 0.5 * self.width {
            (self.idle, self.width) = (0, width);
        } else {
            self.idle += 1;
        }
    }
}
