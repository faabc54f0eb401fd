//! The direction of a Newton step.
//!
//! With the driver's slack s and its multipliers λ, it solves
//!
//! HΔx − AᵀΔλ = −∇, AΔx + (s/λ)Δλ = −r − c/λ, Δs = AΔx + r,
//!
//! where r = Aq − s, ∇ is the gradient of the Lagrangian, and c = sλ − σμ and the product of the predictor's steps. Without Δλ
//! it is one system, H + AᵀDA with D = λ/s. Near the optimum D has no bound where the driver is zero, and H drowns in the
//! rounding of AᵀDA. So D is bounded, which solves the equations for somewhat too large an s/λ, and what that and rounding
//! leave of the true equations is solved for again: iterative refinement, with the multipliers among the unknowns
//! (Friedlander & Orban 2012, *A primal–dual regularized interior-point method for convex quadratic programs*).

use crate::eda::newton::State;

/// Residual of the Newton equations, in units of the signal, that is small enough.
const SMALL: f64 = 1e-13;

impl State<'_> {
    /// The bound of D. A round of refinement leaves 1/(D · smallest eigenvalue of AH⁻¹Aᵀ) of an error, which is no less than
    /// 1/gain², by the bound, and D times the squares of A's coefficients by rounding: the bound makes both alike.
    pub(super) fn largest_weight(&self) -> f64 {
        self.model.gain / (self.model.ar[0] * f64::EPSILON.sqrt())
    }

    /// Solves for the step that makes all residuals and `products` zero, to first order; `refinements` rounds at most.
    pub(super) fn direction(&mut self, refinements: usize) {
        let model = self.model;
        let bound = self.bound();
        self.step.clear();
        self.dual_step.fill(0.0);
        let mut before = f64::INFINITY;
        for round in 0..=refinements {
            let left = self.rest_of_step();
            if round > 0 && (left <= SMALL || left > 0.5 * before) {
                break;
            }
            before = left;
            self.fit.fill(0.0);
            self.pull.fill(0.0);
            for index in bound.clone() {
                self.pull[index] = self.weights[index] * self.driver_rest[index];
            }
            model.add_transposed(&self.fit, &self.pull, &mut self.rest);
            self.front.solve(model, &mut self.rest);
            self.step.add(1.0, &self.rest);
            model.driver(&self.rest.q, &mut self.pull);
            for index in bound.clone() {
                let left = self.driver_rest[index] - self.pull[index];
                self.dual_step[index] += self.weights[index] * left;
            }
        }
        model.driver(&self.step.q, &mut self.slack_step);
        for index in bound {
            let (slack, dual) = (self.slack[index], self.dual[index]);
            // Of the two the smaller follows from the larger, so that it keeps its digits.
            if slack < dual {
                let products = self.products[index] + slack * self.dual_step[index];
                self.slack_step[index] = -products / dual;
            } else {
                self.slack_step[index] += self.primal[index];
                let products = self.products[index] + dual * self.slack_step[index];
                self.dual_step[index] = -products / slack;
            }
        }
    }

    /// What the step leaves of the equations, from the matrices themselves, and the largest of it.
    fn rest_of_step(&mut self) -> f64 {
        let model = self.model;
        model.phasic(&self.step.q, &mut self.fit);
        model.tonic(&self.step, &mut self.slack_step);
        for index in 0..model.len() {
            self.fit[index] = if model.present[index] {
                -self.fit[index] - self.slack_step[index]
            } else {
                0.0
            };
        }
        self.rest.set_negated(&self.gradient);
        for (rest, l) in self.rest.l.iter_mut().zip(&self.step.l) {
            *rest -= model.gamma * l;
        }
        model.add_transposed(&self.fit, &self.dual_step, &mut self.rest);
        model.driver(&self.step.q, &mut self.pull);
        let mut largest = self.rest.largest();
        for index in self.bound() {
            let (slack, dual) = (self.slack[index], self.dual[index]);
            let wanted = (self.products[index] + slack * self.dual_step[index]) / dual;
            let left = -self.primal[index] - wanted - self.pull[index];
            self.driver_rest[index] = left;
            largest = largest.max(left.abs() * self.weights[index].min(1.0));
        }
        largest
    }
}
