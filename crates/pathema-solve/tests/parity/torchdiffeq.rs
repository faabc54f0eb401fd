//! torchdiffeq 0.2.5: it passes the end and interpolates back, always by a quartic.

use pathema_solve::tableau::Dense;
use pathema_solve::{Adaptive, SaveAt, Solution, Solve, Tableau, odeint, solvers};
use serde::Deserialize;
use tch::Tensor;

use crate::diffrax::find;
use crate::problems::{GOLDEN, Problem, problems};
use crate::tally::{Tally, distance, numbers};

#[derive(Deserialize)]
struct Golden {
    ode_torchdiffeq: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    problem: String,
    solver: String,
    step_size: Option<f64>,
    interp: Option<String>,
    rtol: Option<f64>,
    atol: Option<f64>,
    y1: Vec<f64>,
    evaluations: usize,
    #[serde(default)]
    accepted: usize,
    #[serde(default)]
    rejected: usize,
    #[serde(default)]
    values: Vec<Vec<f64>>,
}

fn golden() -> Vec<Record> {
    let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
    golden.ode_torchdiffeq
}

impl Record {
    fn name(&self) -> String {
        let steps = match (self.step_size, self.rtol) {
            (Some(step), _) => format!("every {step}"),
            (None, rtol) => format!("{:e}", rtol.unwrap()),
        };
        format!("{} {} {steps}", self.problem, self.solver)
    }
}

/// Heun's method of third order, which we do not ship.
pub(crate) static HEUN3: Tableau = Tableau {
    name: "heun3",
    order: 3,
    a: &[&[1.0 / 3.0], &[0.0, 2.0 / 3.0]],
    diagonal: &[],
    predictor: &[],
    b: &[0.25, 0.0, 0.75],
    c: &[0.0, 1.0 / 3.0, 2.0 / 3.0],
    error: &[],
    dense: Dense::Hermite,
};

/// As torchdiffeq interpolates it: through the state in the middle by half a step along the second slope.
static BOSH3: Tableau = Tableau {
    dense: Dense::Middle(&[0.0, 0.5, 0.0, 0.0]),
    ..solvers::BOSH3
};

/// As torchdiffeq interpolates it: through the state in the middle by our polynomials of higher degree.
fn dopri8() -> &'static Tableau {
    let Dense::Stages(weights) = solvers::DOPRI8.dense else {
        panic!("dopri8 has polynomials")
    };
    let middle = |row: &&[f64]| row.iter().rev().fold(0.0, |sum, w| (sum + w) * 0.5);
    let middle: Vec<f64> = weights.iter().map(middle).collect();
    Box::leak(Box::new(Tableau {
        dense: Dense::Middle(middle.leak()),
        ..solvers::DOPRI8
    }))
}

/// The grid of torchdiffeq's fixed steps: the last one may be shorter, where ours would all be equal.
fn with_a_short_last_step(end: f64, length: f64) -> Vec<f64> {
    let whole = (end / length + 1e-9).floor() * length;
    if end - whole > 1e-9 {
        vec![whole, end]
    } else {
        vec![end]
    }
}

fn solve(problem: &Problem, save: SaveAt<'_>, how: &Solve) -> Solution {
    let field = problem.field();
    odeint(&*field, &problem.start(), problem.t0, save, how).unwrap()
}

#[test]
fn adaptive_steps() {
    let dopri8 = dopri8();
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden() {
        let tableau = match (record.solver.as_str(), record.step_size) {
            ("bosh3", None) => &BOSH3,
            ("dopri5", None) => &solvers::DOPRI5,
            ("dopri8", None) => dopri8,
            // adaptive_heun takes the slope at Euler's point for that of the next step.
            _ => continue,
        };
        let (name, problem) = (record.name(), find(&problems, &record.problem));
        let steps = Adaptive {
            overshoot: true,
            ..Adaptive::new(record.rtol.unwrap(), record.atol.unwrap())
        };
        let mut times = if record.values.is_empty() {
            Vec::new()
        } else {
            problem.times.clone()
        };
        times.push(problem.t1);
        let how = Solve::adaptive(tableau, steps);
        let solution = solve(problem, SaveAt::Times(&times), &how);
        let mut expected = record.values.concat();
        expected.extend(&record.y1);
        let mut allowed: f64 = 1e-10;
        let found = numbers(&solution.z);
        if distance(&found, &expected) > allowed {
            // Steps at loose tolerances spread what rounding begins: as far as from a start some units in the last
            // place away.
            for ulps in [-7.0, -2.0, 3.0, 8.0] {
                let start = problem.start() * (1.0 + ulps * f64::EPSILON);
                let save = SaveAt::Times(&times);
                let other = odeint(&*problem.field(), &start, problem.t0, save, &how).unwrap();
                allowed = allowed.max(4.0 * distance(&numbers(&other.z), &found));
            }
        }
        tally.close(&name, &solution.z, &expected, allowed);
        let stats = &solution.stats;
        tally.same(
            &name,
            (stats.accepted, stats.rejected, stats.evaluations),
            (record.accepted, record.rejected, record.evaluations),
        );
    }
    tally.finish(2 * 32);
}

#[test]
fn fixed_steps() {
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden() {
        let Some(length) = record.step_size else {
            continue;
        };
        let tableau = match record.solver.as_str() {
            "euler" => &solvers::EULER,
            "midpoint" => &solvers::MIDPOINT,
            "heun2" => &solvers::HEUN,
            "heun3" => &HEUN3,
            "rk4" => &solvers::RK4_38,
            other => panic!("no tableau for {other}"),
        };
        let (name, problem) = (record.name(), find(&problems, &record.problem));
        let how = Solve::every(tableau, length);
        if record.interp.is_some() {
            // Between the points of the grid a cubic through slopes at both ends, as ours.
            let solution = solve(problem, SaveAt::Dense(problem.t1), &how);
            let trajectory = solution.trajectory.unwrap();
            for (time, values) in problem.times.iter().zip(&record.values) {
                let found = trajectory.at(*time).unwrap();
                tally.close(&format!("{name} at {time}"), &found, values, 1e-13);
            }
        }
        let times = with_a_short_last_step(problem.t1, length);
        let solution = solve(problem, SaveAt::Times(&times), &how);
        tally.close(&name, &solution.z.select(1, -1), &record.y1, 1e-12);
        if record.interp.is_none() {
            tally.same(&name, solution.stats.evaluations, record.evaluations);
            // Without a cubic, values between the points of the grid lie on straight lines.
            if let (Some(values), true) = (record.values.first(), times.len() == 1) {
                let steps = solve(problem, SaveAt::Steps(problem.t1), &how);
                let place = (problem.times[0] / length).floor();
                let theta = problem.times[0] / length - place;
                let at = |place: i64| -> Tensor { steps.z.select(1, place) };
                let line = at(place as i64) * (1.0 - theta) + at(place as i64 + 1) * theta;
                tally.close(&name, &line, values, 1e-12);
            }
        }
    }
    tally.finish(77);
}
