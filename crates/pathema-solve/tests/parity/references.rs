//! The truth: extrapolation in long double, closed forms, SciPy's Radau where the problem is stiff.

use pathema_solve::{Adaptive, Controller, SaveAt, Solve, Tableau, odeint, solvers};
use serde::Deserialize;

use crate::diffrax::find;
use crate::problems::{GOLDEN, problems};
use crate::tally::Tally;

#[derive(Deserialize)]
struct Golden {
    problems: Vec<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    problem: String,
    stiff: bool,
    y1: Vec<f64>,
    scipy: Vec<f64>,
    #[serde(default)]
    closed: Vec<f64>,
    #[serde(default)]
    values: Vec<Vec<f64>>,
}

fn references() -> Vec<Reference> {
    let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
    golden.problems
}

/// How many times the tolerance the error may be at the end and on the way: problems multiply what is wrong early on.
fn grows(problem: &str) -> f64 {
    match problem {
        // Its orbit passes the Moon closely: an error grows 1e5-fold in a period.
        "arenstorf" => 1e6,
        "D1" | "D2" | "D3" => 1e3,
        _ => 100.0,
    }
}

#[test]
fn of_problems_that_are_not_stiff() {
    let (problems, mut tally) = (problems(), Tally::default());
    for reference in references().iter().filter(|reference| !reference.stiff) {
        let problem = find(&problems, &reference.problem);
        for tableau in [&solvers::DOPRI8, &solvers::TSIT5] {
            let name = format!("{} {}", reference.problem, tableau.name);
            let how = Solve::adaptive(tableau, Adaptive::new(1e-10, 1e-12));
            let mut times = problem.times.clone();
            times.push(problem.t1);
            let save = SaveAt::Times(&times);
            let z = odeint(&*problem.field(), &problem.start(), problem.t0, save, &how)
                .unwrap()
                .z;
            let allowed = 1e-10 * grows(&reference.problem);
            let end = z.select(1, -1);
            for expected in [&reference.y1, &reference.scipy, &reference.closed] {
                if !expected.is_empty() {
                    tally.close(&format!("{name} end"), &end, expected, allowed);
                }
            }
            let before = z.narrow(1, 0, z.size()[1] - 1);
            let values = reference.values.concat();
            tally.close(&format!("{name} on the way"), &before, &values, allowed);
        }
    }
    // The end and the way of 16 problems by two methods, SciPy's ends, and the nine closed forms.
    tally.finish(2 * (3 * 16 + 9));
}

#[track_caller]
fn check_stiff(tableau: &'static Tableau, rtol: f64, allowed: f64) {
    let (problems, mut tally) = (problems(), Tally::default());
    for reference in references().iter().filter(|reference| reference.stiff) {
        let problem = find(&problems, &reference.problem);
        let atol = if reference.problem == "robertson" {
            1e-5 * rtol
        } else {
            1e-3 * rtol
        };
        let steps = Adaptive {
            controller: Controller::PI,
            ..Adaptive::new(rtol, atol)
        };
        let how = Solve::adaptive(tableau, steps);
        let save = SaveAt::End(problem.t1);
        let solution = odeint(&*problem.field(), &problem.start(), problem.t0, save, &how).unwrap();
        let name = format!("{} {} {rtol:e}", reference.problem, tableau.name);
        tally.close(&name, &solution.z, &reference.y1, allowed);
    }
    tally.finish(3);
}

#[test]
fn of_stiff_problems() {
    check_stiff(&solvers::KVAERNO3, 1e-3, 1e-2);
    check_stiff(&solvers::KVAERNO5, 1e-5, 1e-4);
}
