//! The state of the interior-point method, and how it moves by Newton steps.

use crate::eda::front::Front;
use crate::eda::model::Model;
use crate::eda::point::Point;

/// Part of the way to the nearest bound that a step goes at least.
const TO_THE_BOUND: f64 = 0.99;
/// How often a Newton step is improved, at most.
const REFINEMENTS: usize = 5;
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
    pub(super) model: &'a Model,
    y: &'a [f64],
    unit: f64,
    largest: f64,
    pub(crate) point: Point,
    pub(super) slack: Vec<f64>,
    pub(crate) dual: Vec<f64>,
    pub(super) front: Front,
    /// Gradient of the Lagrangian.
    pub(super) gradient: Point,
    /// Aq − s.
    pub(super) primal: Vec<f64>,
    /// λ/s, bounded.
    pub(super) weights: Vec<f64>,
    pub(super) step: Point,
    pub(super) slack_step: Vec<f64>,
    pub(super) dual_step: Vec<f64>,
    /// What the step leaves of the Newton equations: of the gradient's, and of the driver's.
    pub(super) rest: Point,
    pub(super) driver_rest: Vec<f64>,
    /// c.
    pub(super) products: Vec<f64>,
    pub(super) fit: Vec<f64>,
    pub(super) pull: Vec<f64>,
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
            step: model.zero(),
            slack_step: zeros(),
            dual_step: zeros(),
            rest: model.zero(),
            driver_rest: zeros(),
            products: zeros(),
            fit: zeros(),
            pull: zeros(),
        }
    }

    /// The samples that have a constraint.
    pub(super) fn bound(&self) -> std::ops::Range<usize> {
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
        self.step.set_negated(&self.gradient);
        self.front.solve(self.model, &mut self.step);
        self.point.add(1.0, &self.step);
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
        self.gradient.clear();
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
            self.gradient.largest() * size,
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
        let most = self.largest_weight();
        for index in bound.clone() {
            self.weights[index] = (self.dual[index] / self.slack[index]).min(most);
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
        self.point.add(length, &self.step);
        for index in bound {
            self.slack[index] += length * self.slack_step[index];
            self.dual[index] += length * self.dual_step[index];
        }
        true
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
