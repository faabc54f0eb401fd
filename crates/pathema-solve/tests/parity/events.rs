//! Events: when, in which state, and how both move with the start and the parameters.

use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, Crossing, Event, Gradient, OdeField, SaveAt, Solution, Solve, odeint_until, solvers,
};
use serde::Deserialize;
use tch::Tensor;

use crate::diffrax::tableau;
use crate::problems::GOLDEN;
use crate::tally::Tally;

#[derive(Deserialize)]
struct Golden {
    events: Vec<Record>,
    events_diffrax: Vec<Diffrax>,
}

#[derive(Deserialize)]
struct Record {
    name: String,
    y0: Vec<f64>,
    t1: f64,
    parameters: serde_json::Map<String, serde_json::Value>,
    t: f64,
    y: Vec<f64>,
    dt_dy0: Vec<f64>,
    dt_dparameters: Vec<f64>,
    dy_dy0: Vec<Vec<f64>>,
    dy_dparameters: Vec<Vec<f64>>,
}

/// What diffrax found.
#[derive(Deserialize)]
struct Diffrax {
    name: String,
    solver: String,
    rtol: f64,
    atol: f64,
    t: f64,
    y: Vec<f64>,
    accepted: usize,
    rejected: usize,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

impl Record {
    /// In the alphabet's order, which is that of the golden numbers.
    fn values(&self) -> Vec<f64> {
        let values = self.parameters.values();
        values.map(|value| value.as_f64().unwrap()).collect()
    }

    fn field(&self, p: &Tensor) -> impl OdeField + use<> {
        let name = self.name.clone();
        let slopes = move |p: &[Tensor], _: &Tensor, z: &Tensor| {
            let (z, p) = (z.unbind(1), p[0].unbind(0));
            let slopes = match name.as_str() {
                "ball" => vec![z[1].shallow_clone(), -z[1].ones_like() * &p[0]],
                "decay" => vec![-(&z[0] * &p[0])],
                _ => {
                    let product = &z[0] * &z[1];
                    let prey = &z[0] * &p[0] - &product * &p[1];
                    vec![prey, product * &p[2] - &z[1] * &p[3]]
                }
            };
            Tensor::stack(&slopes, 1)
        };
        Parametrised::new(vec![p.shallow_clone()], slopes)
    }

    fn solve(&self, y0: &Tensor, p: &Tensor, how: &Solve) -> Solution {
        let (level, crossing) = match self.name.as_str() {
            "ball" => (0.0, Crossing::Falling),
            "decay" => (0.5, Crossing::Falling),
            "lotka_volterra" => (3.0, Crossing::Rising),
            _ => (3.0, Crossing::Falling),
        };
        let event = Event {
            condition: &|_: &Tensor, z: &Tensor| z.select(1, 0) - level,
            crossing,
        };
        odeint_until(&self.field(p), y0, 0.0, SaveAt::End(self.t1), how, &event).unwrap()
    }
}

#[track_caller]
fn check(how: &Solve, allowed: f64) {
    let mut tally = Tally::default();
    for record in golden().events {
        let p = Tensor::from_slice(&record.values()).set_requires_grad(true);
        let y0 = Tensor::from_slice(&record.y0)
            .view([1, -1])
            .set_requires_grad(true);
        let found = record.solve(&y0, &p, how).event.unwrap();
        assert_eq!(found.happened, [true]);
        let name = |of: &str| format!("{} {of}", record.name);
        let moved = |number: &Tensor| {
            let of = Tensor::run_backward(&[number], &[&y0, &p], true, false);
            [of[0].shallow_clone(), of[1].shallow_clone()]
        };
        tally.close(&name("time"), &found.times, &[record.t], allowed);
        tally.close(&name("state"), &found.z, &record.y, allowed);
        let [by_y0, by_p] = moved(&found.times.select(0, 0));
        tally.close(&name("time by y0"), &by_y0, &record.dt_dy0, allowed);
        tally.close(&name("time by p"), &by_p, &record.dt_dparameters, allowed);
        for k in 0..record.y.len() {
            let [by_y0, by_p] = moved(&found.z.select(0, 0).select(0, k as i64));
            let column =
                |rows: &[Vec<f64>]| -> Vec<f64> { rows.iter().map(|row| row[k]).collect() };
            let [of_y0, of_p] = [&record.dy_dy0, &record.dy_dparameters].map(|rows| column(rows));
            tally.close(&name(&format!("state {k} by y0")), &by_y0, &of_y0, allowed);
            tally.close(&name(&format!("state {k} by p")), &by_p, &of_p, allowed);
        }
    }
    // Four numbers or vectors of each of four, and two of each of their seven components.
    tally.finish(4 * 4 + 2 * 7);
}

fn tight() -> Solve {
    Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-10, 1e-12))
}

#[test]
fn with_direct_gradients() {
    // Through the polynomial inside the last step, which is of a lower order than the step.
    check(&tight(), 5e-8);
}

#[test]
fn with_checkpointed_gradients() {
    check(&tight().with_gradient(Gradient::checkpointed()), 5e-8);
}

#[test]
fn with_continuous_gradients() {
    check(&tight().with_gradient(Gradient::continuous()), 1e-8);
}

#[test]
fn with_reversible_gradients() {
    check(&tight().with_gradient(Gradient::reversible()), 1e-8);
}

/// Roots of the same polynomials inside the same steps.
#[test]
fn of_diffrax() {
    let golden = golden();
    let mut tally = Tally::default();
    for theirs in &golden.events_diffrax {
        let record = golden
            .events
            .iter()
            .find(|record| record.name == theirs.name)
            .unwrap();
        let how = Solve::adaptive(
            tableau(&theirs.solver),
            Adaptive::new(theirs.rtol, theirs.atol),
        );
        let y0 = Tensor::from_slice(&record.y0).view([1, -1]);
        let solution = record.solve(&y0, &Tensor::from_slice(&record.values()), &how);
        let name = format!("{} {} {:e}", theirs.name, theirs.solver, theirs.rtol);
        let found = solution.event.unwrap();
        tally.close(&name, &found.times, &[theirs.t], 1e-11);
        tally.close(&name, &found.z, &theirs.y, 1e-11);
        let counts = (solution.stats.accepted, solution.stats.rejected);
        tally.same(&name, counts, (theirs.accepted, theirs.rejected));
    }
    tally.finish(3 * 24);
}
