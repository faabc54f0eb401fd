//! One Newton step of the interior-point method.
//!
//! With the driver's slack s and its multipliers λ, a step solves
//!
//! (H + AᵀDA) Δx = −∇ − Aᵀ(D r + c/s), Δs = AΔx + r, Δλ = −(c + λΔs)/s,
//!
//! where D = λ/s, r = Aq − s, ∇ is the gradient of the Lagrangian, and c = sλ − σμ and the product of the predictor's
//! steps.

use crate::eda::front::Front;
use crate::eda::model::{Model, Point};

/// Part of the way to the nearest bound that a step goes at least.
const TO_THE_BOUND: f64 = 0.99;
/// Residual of a Newton step, in units of the signal, and how often it is improved towards it.
const STEP_RESIDUAL: f64 = 1e-12;
const REFINEMENTS: usize = 3;
/// Of a sum of three products, relative to their size.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// What a point lacks to be the optimum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lack {
    /// The largest of what a certificate looks at.
    pub(crate) worst: f64,
    /// Mean of sλ.
    pub(crate) centre: f64,
}

/// A point, its slack and multipliers, and room for a step.
pub(crate) struct State<'a> {
    model: &'a Model,
    y: &'a [f64],
    unit: f64,
    largest: f64,
    pub(crate) point: Point,
    slack: Vec<f64>,
    pub(crate) dual: Vec<f64>,
    front: Front,
    /// Gradient of the Lagrangian.
    gradient: Point,
    /// Aq − s.
    primal: Vec<f64>,
    weights: Vec<f64>,
    side: Point,
    step: Point,
    rest: Point,
    slack_step: Vec<f64>,
    dual_step: Vec<f64>,
    /// c.
    products: Vec<f64>,
    fit: Vec<f64>,
    pull: Vec<f64>,
}

impl<'a> State<'a> {
    pub(crate) fn new(model: &'a Model, y: &'a [f64], unit: f64) -> State<'a> {
        let zeros = || vec![0.0; model.len()];
        let largest = present(model, y).fold(0.0, |largest: f64, value| largest.max(value.abs()));
        State {
            model,
            y,
            unit,
            largest,
            point: model.zero(),
            slack: vec![1.0; model.len()],
            dual: zeros(),
            front: Front::new(model),
            gradient: model.zero(),
            primal: zeros(),
            weights: zeros(),
            side: model.zero(),
            step: model.zero(),
            rest: model.zero(),
            slack_step: zeros(),
            dual_step: zeros(),
            products: zeros(),
            fit: zeros(),
            pull: zeros(),
        }
    }

    /// The samples that have a constraint.
    fn bound(&self) -> std::ops::Range<usize> {
        self.model.first.min(self.model.len())..self.model.len()
    }

    /// A start inside the bounds: the least squares with a light pull of the driver to zero, its negative part turned.
    pub(crate) fn start(&mut self) {
        let bound = self.bound();
        self.dual[bound.clone()].fill(self.model.alpha);
        let size = self.largest.max(self.model.alpha);
        self.weights[bound.clone()].fill(self.model.alpha / size);
        self.gradient_at();
        self.front.factor(self.model, &self.weights);
        self.step = negated(&self.gradient);
        self.front.solve(self.model, &mut self.step);
        advance(&mut self.point, &self.step, 1.0);
        self.model.driver(&self.point.q, &mut self.slack);
        let mean = self.slack[bound.clone()]
            .iter()
            .map(|value| value.abs())
            .sum::<f64>()
            / bound.len().max(1) as f64;
        let least = (0.1 * mean).max(1e-3 * size);
        self.slack[..bound.start].fill(1.0);
        for slack in &mut self.slack[bound] {
            *slack = slack.abs().max(least);
        }
    }

    fn gradient_at(&mut self) {
        let model = self.model;
        model.phasic(&self.point.q, &mut self.fit);
        model.tonic(&self.point, &mut self.pull);
        for index in 0..model.len() {
            self.fit[index] = if model.present[index] {
                self.fit[index] + self.pull[index] - self.y[index]
            } else {
                0.0
            };
            self.pull[index] = model.alpha - self.dual[index];
        }
        clear(&mut self.gradient);
        for (gradient, l) in self.gradient.l.iter_mut().zip(&self.point.l) {
            *gradient = model.gamma * l;
        }
        model.add_transposed(&self.fit, &self.pull, &mut self.gradient);
    }

    /// Brings gradient, Aq − s and so on to the present point.
    pub(crate) fn measure(&mut self) -> Lack {
        self.gradient_at();
        let squares: f64 = self.fit.iter().map(|value| value * value).sum();
        self.model.driver(&self.point.q, &mut self.primal);
        let bound = self.bound();
        let [_, a1, _] = self.model.ar;
        let q = &self.point.q;
        let (mut negative, mut sum, mut gap, mut products) = (0.0f64, 0.0, 0.0, 0.0);
        for index in bound.clone() {
            let driver = self.primal[index];
            negative = negative.max(-driver);
            sum += driver;
            gap += (driver * self.dual[index]).abs();
            products += self.slack[index] * self.dual[index];
            // Less than Aq's own rounding is nothing: near the end it would be as large as the slack.
            let lack = driver - self.slack[index];
            let near = q[index.saturating_sub(2)..=index].iter();
            let rounding = ROUNDING * -a1 * near.map(|q| q.abs()).sum::<f64>();
            self.primal[index] = if lack.abs() > rounding { lack } else { 0.0 };
        }
        let spline: f64 = self.point.l.iter().map(|l| l * l).sum();
        let objective = 0.5 * squares + self.model.alpha * sum + 0.5 * self.model.gamma * spline;
        // As a certificate will, in the unit of the caller.
        let size = self.unit / (self.unit * self.largest).max(1.0);
        let square = self.unit * self.unit;
        let parts = [
            largest(&self.gradient) * size,
            negative * size,
            gap * square / (square * objective.abs()).max(1.0),
        ];
        // `f64::max` passes over NaN, the gap does not.
        let worst = if gap.is_finite() {
            parts.into_iter().fold(0.0, f64::max)
        } else {
            f64::INFINITY
        };
        Lack {
            worst,
            centre: products / bound.len().max(1) as f64,
        }
    }

    /// One predictor and corrector; false if rounding leaves no direction.
    pub(crate) fn step(&mut self, lack: Lack) -> bool {
        let bound = self.bound();
        for index in bound.clone() {
            self.weights[index] = self.dual[index] / self.slack[index];
        }
        self.front.factor(self.model, &self.weights);

        for index in bound.clone() {
            self.products[index] = self.slack[index] * self.dual[index];
        }
        self.direction(0);
        let (primal, dual) = self.lengths();
        let length = primal.min(dual);
        let after = bound
            .clone()
            .map(|index| {
                (self.slack[index] + length * self.slack_step[index])
                    * (self.dual[index] + length * self.dual_step[index])
            })
            .sum::<f64>()
            / bound.len().max(1) as f64;
        let centring = if lack.centre > 0.0 {
            (after / lack.centre).powi(3).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let target = centring * lack.centre;
        for index in bound.clone() {
            self.products[index] += self.slack_step[index] * self.dual_step[index] - target;
        }
        self.direction(REFINEMENTS);
        let (primal, dual) = self.lengths();
        let kept = TO_THE_BOUND.max(1.0 - lack.centre);
        let length = (kept * primal.min(dual)).min(1.0);
        if !length.is_finite() || length < 1e-14 {
            return false;
        }
        advance(&mut self.point, &self.step, length);
        for index in bound {
            self.slack[index] += length * self.slack_step[index];
            self.dual[index] += length * self.dual_step[index];
        }
        true
    }

    /// Solves for the step that makes all residuals and `products` zero, to first order.
    fn direction(&mut self, refinements: usize) {
        let model = self.model;
        let bound = self.bound();
        self.fit.fill(0.0);
        self.pull.fill(0.0);
        for index in bound.clone() {
            self.pull[index] = -self.weights[index] * self.primal[index]
                - self.products[index] / self.slack[index];
        }
        self.side = negated(&self.gradient);
        model.add_transposed(&self.fit, &self.pull, &mut self.side);
        self.step.clone_from(&self.side);
        self.front.solve(model, &mut self.step);
        let mut before = f64::INFINITY;
        for _ in 0..refinements {
            self.rest_of_step();
            let rest = largest(&self.rest);
            if rest <= STEP_RESIDUAL || rest > 0.5 * before {
                break;
            }
            before = rest;
            self.front.solve(model, &mut self.rest);
            advance(&mut self.step, &self.rest, 1.0);
        }
        model.driver(&self.step.q, &mut self.slack_step);
        for index in bound {
            self.slack_step[index] += self.primal[index];
        }
        self.dual_direction();
    }

    /// Δλ = −(c + λΔs)/s where the driver is free. Where it is at its bound, s near zero would blow up what AΔx lacks in
    /// digits: there AᵀΔλ = ∇ + HΔx over q gives the same by back substitution, as Aᵀ is triangular.
    fn dual_direction(&mut self) {
        let model = self.model;
        model.phasic(&self.step.q, &mut self.fit);
        model.tonic(&self.step, &mut self.pull);
        for index in 0..model.len() {
            self.fit[index] = if model.present[index] && index >= model.first {
                self.fit[index] + self.pull[index]
            } else {
                0.0
            };
        }
        let [a0, a1, a2] = model.ar;
        let (mut next, mut after) = (0.0, 0.0);
        let (mut next_fit, mut after_fit) = (0.0, 0.0);
        for index in self.bound().rev() {
            let fit = self.fit[index];
            let force = self.gradient.q[index] + fit + 2.0 * next_fit + after_fit;
            let (slack, dual) = (self.slack[index], self.dual[index]);
            let step = if slack < dual {
                (force - a1 * next - a2 * after) / a0
            } else {
                -(self.products[index] + dual * self.slack_step[index]) / slack
            };
            self.dual_step[index] = step;
            (next, after) = (step, next);
            (next_fit, after_fit) = (fit, next_fit);
        }
    }

    /// What the step leaves of the right-hand side, from the matrices themselves.
    fn rest_of_step(&mut self) {
        let model = self.model;
        model.phasic(&self.step.q, &mut self.fit);
        model.tonic(&self.step, &mut self.slack_step);
        model.driver(&self.step.q, &mut self.pull);
        for index in 0..model.len() {
            self.fit[index] = if model.present[index] {
                -self.fit[index] - self.slack_step[index]
            } else {
                0.0
            };
            self.pull[index] *= -self.weights[index];
        }
        self.rest.clone_from(&self.side);
        for (rest, l) in self.rest.l.iter_mut().zip(&self.step.l) {
            *rest -= model.gamma * l;
        }
        model.add_transposed(&self.fit, &self.pull, &mut self.rest);
    }

    /// How far slack and multipliers can go along their steps.
    fn lengths(&self) -> (f64, f64) {
        let reach = |values: &[f64], steps: &[f64]| {
            let bound = self.bound();
            values[bound.clone()]
                .iter()
                .zip(&steps[bound])
                .fold(f64::MIN_POSITIVE, |steepest, (value, step)| {
                    steepest.max(-step / value)
                })
                .recip()
        };
        (
            reach(&self.slack, &self.slack_step).min(1e3),
            reach(&self.dual, &self.dual_step).min(1e3),
        )
    }
}

fn present<'a>(model: &'a Model, y: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    y.iter()
        .zip(&model.present)
        .filter(|(_, present)| **present)
        .map(|(value, _)| *value)
}

fn clear(point: &mut Point) {
    point.q.fill(0.0);
    point.l.fill(0.0);
    point.d = [0.0; 2];
}

fn negated(point: &Point) -> Point {
    Point {
        q: point.q.iter().map(|value| -value).collect(),
        l: point.l.iter().map(|value| -value).collect(),
        d: point.d.map(|value| -value),
    }
}

fn advance(point: &mut Point, step: &Point, length: f64) {
    for (value, step) in point.q.iter_mut().zip(&step.q) {
        *value += length * step;
    }
    for (value, step) in point.l.iter_mut().zip(&step.l) {
        *value += length * step;
    }
    for (value, step) in point.d.iter_mut().zip(&step.d) {
        *value += length * step;
    }
}

/// The largest magnitude of any component.
fn largest(point: &Point) -> f64 {
    point
        .q
        .iter()
        .chain(&point.l)
        .chain(&point.d)
        .fold(0.0, |largest, value| largest.max(value.abs()))
}
