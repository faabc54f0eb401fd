//! What a solution lacks to be optimal, computed from its definition.
//!
//! Nothing of the solver is used here but the problem's numbers: A's bands, the spline, the weights.

use crate::eda::Solution;
use crate::eda::model::Model;

/// The Karush–Kuhn–Tucker conditions of the problem, as residuals: where all are zero, the solution is the optimum, as the
/// problem is convex.
///
/// All are computed from y, q, l, d and λ with the problem's matrices. The first three are divided by the signal's
/// largest magnitude, if that is above 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kkt {
    /// Largest magnitude in the gradient of the Lagrangian, over q, l and d: Mᵀe + Aᵀ(α1 − λ), Bᵀe + γl and Cᵀe, where
    /// e = Mq + Bl + Cd − y, 0 at missing samples.
    pub stationarity: f64,
    /// How far the driver Aq goes below zero at most.
    pub primal: f64,
    /// How far a multiplier goes below zero at most.
    pub dual: f64,
    /// Σ |λᵢ (Aq)ᵢ|, relative to the objective's magnitude if that is above 1. With the others zero it is by how much the
    /// objective exceeds its minimum.
    pub gap: f64,
    /// The objective.
    pub objective: f64,
}

impl Kkt {
    /// The largest of the four residuals.
    pub fn worst(&self) -> f64 {
        // `f64::max` passes over NaN, which must not certify anything.
        [self.stationarity, self.primal, self.dual, self.gap]
            .into_iter()
            .fold(0.0, |worst, value| {
                if value.is_nan() {
                    f64::INFINITY
                } else {
                    value.max(worst)
                }
            })
    }
}

/// As [`CvxEda::certificate`](crate::eda::CvxEda::certificate), for a solution of the right shape.
pub(crate) fn certify(model: &Model, y: &[f64], solution: &Solution) -> Kkt {
    let n = model.len();
    let q = &solution.state;
    let l = &solution.spline;
    let row = |bands: [f64; 3], index: usize| {
        if index < model.first {
            return 0.0;
        }
        (0..=index.min(2)).fold(0.0, |sum, lag| sum + bands[lag] * q[index - lag])
    };
    let mut error = vec![0.0; n];
    for index in (0..n).filter(|&index| model.present[index]) {
        let spline: f64 = model
            .splines(index)
            .map(|(knot, value)| value * l[knot])
            .sum();
        let drift = solution.drift[0] + solution.drift[1] * (index + 1) as f64 / n as f64;
        error[index] = row([1.0, 2.0, 1.0], index) + spline + drift - y[index];
    }
    let driver: Vec<f64> = (0..n).map(|index| row(model.ar, index)).collect();

    let mut stationarity = 0.0f64;
    let mut see = |component: f64| {
        stationarity = if component.is_nan() {
            f64::INFINITY
        } else {
            stationarity.max(component.abs())
        };
    };
    for column in 0..n {
        let rows = (column.max(model.first)..n).take_while(|row| row - column <= 2);
        see(rows
            .map(|row| {
                let lag = row - column;
                [1.0, 2.0, 1.0][lag] * error[row]
                    + model.ar[lag] * (model.alpha - solution.dual[row])
            })
            .sum());
    }
    let mut knots: Vec<f64> = l.iter().map(|l| model.gamma * l).collect();
    for (index, error) in error.iter().enumerate() {
        for (knot, value) in model.splines(index) {
            knots[knot] += value * error;
        }
    }
    knots.into_iter().for_each(&mut see);
    see(error.iter().sum());
    see(error
        .iter()
        .enumerate()
        .map(|(index, error)| error * (index + 1) as f64 / n as f64)
        .sum());

    let bound = model.first.min(n)..n;
    let objective = 0.5 * error.iter().map(|error| error * error).sum::<f64>()
        + model.alpha * driver[bound.clone()].iter().sum::<f64>()
        + 0.5 * model.gamma * l.iter().map(|l| l * l).sum::<f64>();
    let largest = (0..n)
        .filter(|&index| model.present[index])
        .fold(1.0, |largest: f64, index| largest.max(y[index].abs()));
    let below = |values: &[f64]| values.iter().fold(0.0, |most: f64, value| most.max(-value));
    let gap: f64 = bound
        .clone()
        .map(|index| (driver[index] * solution.dual[index]).abs())
        .sum();
    Kkt {
        stationarity: stationarity / largest,
        primal: below(&driver[bound.clone()]) / largest,
        dual: below(&solution.dual[bound]) / largest,
        gap: gap / objective.abs().max(1.0),
        objective,
    }
}
