//! diffrax 0.7.2: steps, controllers, interpolants.

use pathema_solve::{Adaptive, Controller, SaveAt, Solution, Solve, Tableau, odeint, solvers};
use serde::Deserialize;

use crate::problems::{GOLDEN, Problem, problems};
use crate::tally::{Tally, distance, numbers};

#[derive(Deserialize)]
struct Golden {
    ode_diffrax: Vec<Record>,
    stiff_diffrax: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    problem: String,
    solver: String,
    controller: Option<Pid>,
    dt: Option<f64>,
    rtol: Option<f64>,
    atol: Option<f64>,
    first_step: Option<f64>,
    #[serde(default)]
    automatic: bool,
    y1: Vec<f64>,
    accepted: usize,
    rejected: usize,
    #[serde(default)]
    evaluations: usize,
    #[serde(default)]
    steady: bool,
    #[serde(default)]
    spread: f64,
    #[serde(default)]
    values: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Pid {
    name: String,
    p: f64,
    i: f64,
    d: f64,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

pub(crate) fn tableau(name: &str) -> &'static Tableau {
    let all = [
        &solvers::EULER,
        &solvers::MIDPOINT,
        &solvers::HEUN,
        &solvers::RALSTON,
        &solvers::BOSH3,
        &solvers::DOPRI5,
        &solvers::TSIT5,
        &solvers::DOPRI8,
        &solvers::KVAERNO3,
        &solvers::KVAERNO5,
    ];
    let found = all.into_iter().find(|tableau| tableau.name == name);
    found.unwrap()
}

impl Record {
    fn name(&self) -> String {
        let steps = match (&self.controller, self.dt) {
            (Some(pid), _) => format!("{} {:e}", pid.name, self.rtol.unwrap()),
            (None, dt) => format!("every {}", dt.unwrap()),
        };
        let automatic = if self.automatic { " automatic" } else { "" };
        format!("{} {} {steps}{automatic}", self.problem, self.solver)
    }

    fn adaptive(&self) -> Solve {
        let pid = self.controller.as_ref().unwrap();
        let steps = Adaptive {
            controller: Controller::new(pid.p, pid.i, pid.d),
            // diffrax's own choice is 0.01 whatever the problem, as make.py tells.
            first_step: Some(if self.automatic {
                0.01
            } else {
                self.first_step.unwrap()
            }),
            ..Adaptive::new(self.rtol.unwrap(), self.atol.unwrap())
        };
        Solve::adaptive(tableau(&self.solver), steps)
    }
}

/// As `problem`, which reads all golden numbers each time.
pub(crate) fn find<'a>(problems: &'a [Problem], name: &str) -> &'a Problem {
    problems
        .iter()
        .find(|problem| problem.problem == name)
        .unwrap()
}

fn solve(problem: &Problem, save: SaveAt<'_>, how: &Solve) -> Solution {
    let field = problem.field();
    odeint(&*field, &problem.start(), problem.t0, save, how).unwrap()
}

/// Where constant steps end: where they do not divide the interval, theirs are equal parts of it but for the first.
fn grid(end: f64, length: f64) -> Vec<f64> {
    let count = (end / length - 1e-9).ceil() as usize;
    if (end / length - count as f64).abs() < 1e-9 {
        return vec![end];
    }
    let others = (2..=count).map(|k| end * k as f64 / count as f64);
    std::iter::once(length).chain(others).collect()
}

/// The interpolant of a step is the same; that of the others takes a slope that is not at the end.
fn same_inside(tableau: &Tableau) -> bool {
    ["bosh3", "dopri5", "tsit5", "dopri8"].contains(&tableau.name)
}

#[test]
fn constant_steps() {
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden().ode_diffrax {
        let Some(length) = record.dt else { continue };
        let (name, problem) = (record.name(), find(&problems, &record.problem));
        let how = Solve::every(tableau(&record.solver), length);
        let times = grid(problem.t1, length);
        let solution = solve(problem, SaveAt::Times(&times), &how);
        tally.close(&name, &solution.z.select(1, -1), &record.y1, 1e-12);
        tally.same(&name, solution.stats.accepted, record.accepted);
        // A last stage that only the next step needs is not evaluated.
        let stages = match record.solver.as_str() {
            "bosh3" => 3,
            "dopri5" | "tsit5" => 6,
            "dopri8" => 13,
            other => tableau(other).stages(),
        };
        tally.same(
            &name,
            solution.stats.evaluations,
            stages * solution.stats.accepted,
        );
    }
    tally.finish(3 * 48);
}

/// Between the ends of constant steps, where the interpolants of dopri5, tsit5 and dopri8 need the last stage too.
#[test]
fn inside_constant_steps() {
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden().ode_diffrax {
        let Some(length) = record.dt else { continue };
        let (name, problem) = (record.name(), find(&problems, &record.problem));
        let how = Solve::every(tableau(&record.solver), length);
        if record.values.is_empty()
            || !same_inside(how.method)
            || grid(problem.t1, length).len() > 1
        {
            continue;
        }
        let solution = solve(problem, SaveAt::Dense(problem.t1), &how);
        let trajectory = solution.trajectory.unwrap();
        for (time, values) in problem.times.iter().zip(&record.values) {
            let found = trajectory.at(*time).unwrap();
            tally.close(&format!("{name} at {time}"), &found, values, 1e-12);
        }
    }
    // Two problems at five times by four methods.
    tally.finish(2 * 5 * 4);
}

/// Steps and values with every controller, inside the steps where the interpolant is the same.
#[test]
fn controlled_steps() {
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden().ode_diffrax {
        if record.controller.is_none() {
            continue;
        }
        let (name, problem, how) = (
            record.name(),
            find(&problems, &record.problem),
            record.adaptive(),
        );
        let inside = !record.values.is_empty();
        assert!(!inside || same_inside(how.method));
        let mut times = if inside {
            problem.times.clone()
        } else {
            Vec::new()
        };
        times.push(problem.t1);
        let solution = solve(problem, SaveAt::Times(&times), &how);
        let stats = &solution.stats;
        let mut expected = record.values.concat();
        expected.extend(&record.y1);
        let counts = (stats.accepted, stats.rejected);
        if record.steady {
            // Rounding alone moves theirs by the spread.
            tally.close(
                &name,
                &solution.z,
                &expected,
                1e-10_f64.max(4.0 * record.spread),
            );
            tally.same(&name, counts, (record.accepted, record.rejected));
        } else {
            // Whether a step is accepted hangs on the last digit, also with them.
            tally.close(&name, &solution.z, &expected, 4.0 * record.spread);
            let theirs = record.accepted + record.rejected;
            tally.within(
                &name,
                (counts.0 + counts.1).abs_diff(theirs) as f64,
                0.1 * theirs as f64,
            );
        }
        // The first step is given, so one evaluation goes before; where the last stage does not serve the next step, each
        // step but the last accepted leaves a slope to be taken.
        let attempts = counts.0 + counts.1;
        let others = (how.method.stages() - 1) * attempts;
        let evaluations = if how.method.is_fsal() {
            1 + others
        } else {
            counts.0 + others
        };
        tally.same(&name, stats.evaluations, evaluations);
        if record.steady && how.method.is_fsal() {
            // Theirs count two for the first step, and the slope at the start once more.
            tally.same(&name, stats.evaluations + 2, record.evaluations);
        }
    }
    // Values, counts and evaluations of 235 records; evaluations beside theirs of the 183 that are steady and whose last
    // stage serves the next step.
    tally.finish(3 * 235 + 183);
}

/// The implicit equations are solved otherwise, as make.py tells: nearer to the truth or not much farther, in fewer steps.
#[test]
fn stiff_problems() {
    let (problems, mut tally) = (problems(), Tally::default());
    for record in golden().stiff_diffrax {
        // Those of thousands of steps tell nothing more.
        if record.accepted + record.rejected > 800 {
            continue;
        }
        let (name, problem) = (record.name(), find(&problems, &record.problem));
        let solution = solve(problem, SaveAt::End(problem.t1), &record.adaptive());
        let ours = distance(&numbers(&solution.z), &problem.y1);
        let theirs = distance(&record.y1, &problem.y1);
        let steps = solution.stats.accepted + solution.stats.rejected;
        tally.within(&name, ours, (2.0 * theirs).max(5.0 * record.rtol.unwrap()));
        tally.within(
            &name,
            steps as f64,
            (record.accepted + record.rejected) as f64,
        );
    }
    tally.finish(2 * 13);
}
