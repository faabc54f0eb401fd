//! The table in docs/solvers-detest.md is that of the present solvers, and of the golden numbers.
//!
//! Where it is not: `cargo run --release -p pathema-solve --example detest`, and put its table in the document.

use pathema_solve::{Adaptive, SaveAt, Solve, odeint};
use serde::Deserialize;

use crate::diffrax::{find, tableau};
use crate::problems::{GOLDEN, problems};
use crate::tally::{Tally, numbers};

const DOCUMENT: &str = include_str!("../../../../docs/solvers-detest.md");

#[derive(Deserialize)]
struct Golden {
    detest: Vec<Row>,
}

/// What diffrax did.
#[derive(Deserialize)]
struct Row {
    problem: String,
    solver: String,
    tolerance: f64,
    error: f64,
    evaluations: usize,
    accepted: usize,
    rejected: usize,
    steady: bool,
}

/// The cells of the table's rows.
fn rows() -> Vec<Vec<&'static str>> {
    let lines = DOCUMENT
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1);
    lines
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn table_is_of_today() {
    let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
    let rows = rows();
    assert_eq!(rows.len(), golden.detest.len());
    let (problems, mut tally) = (problems(), Tally::default());
    let mut ratios = Vec::new();
    for (cells, theirs) in rows.iter().zip(&golden.detest) {
        let name = format!(
            "{} {:.0e} {}",
            theirs.problem, theirs.tolerance, theirs.solver
        );
        let work: usize = cells[5].parse().unwrap();
        let ratio = theirs.evaluations as f64 / work as f64;
        ratios.push(ratio.ln());
        let written = [0, 1, 2, 4, 6, 7].map(|cell| cells[cell].to_owned());
        tally.same(
            &name,
            written,
            [
                theirs.problem.clone(),
                format!("{:.0e}", theirs.tolerance),
                theirs.solver.clone(),
                format!("{:.1e}", theirs.error),
                theirs.evaluations.to_string(),
                format!("{ratio:.2}"),
            ],
        );
        // Those of ten thousand evaluations tell nothing more, and would take longer than all others.
        if theirs.evaluations > 5000 {
            continue;
        }
        let problem = find(&problems, &theirs.problem);
        let steps = Adaptive::new(theirs.tolerance, theirs.tolerance);
        let how = Solve::adaptive(tableau(&theirs.solver), steps);
        let save = SaveAt::End(problem.t1);
        let solution = odeint(&*problem.field(), &problem.start(), problem.t0, save, &how).unwrap();
        let stats = &solution.stats;
        if theirs.steady {
            let counts = (stats.accepted, stats.rejected, stats.evaluations + 1);
            // Theirs count the slope at the start once more.
            tally.same(
                &name,
                counts,
                (theirs.accepted, theirs.rejected, theirs.evaluations),
            );
            tally.same(&name, stats.evaluations, work);
        }
        let errors = numbers(&solution.z);
        let errors = errors.iter().zip(&problem.y1).map(|(a, b)| (a - b).abs());
        let error = errors.fold(0.0, f64::max);
        // Written with two digits; rounding moves the last one of small errors.
        let written: f64 = cells[3].parse().unwrap();
        tally.within(&name, (error / written - 1.0).abs(), 0.1);
    }
    let mean = (ratios.iter().sum::<f64>() / ratios.len() as f64).exp();
    let sentence = format!(
        "geometric mean over {} solves: {mean:.3} evaluations",
        ratios.len()
    );
    assert!(DOCUMENT.contains(&sentence), "{sentence}");
    tally.finish(524);
}
