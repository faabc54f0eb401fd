//! Error and work on standard problems (DETEST and others), beside diffrax's: a table in Markdown.
//!
//! ```console
//! $ cargo run --release -p pathema-solve --example detest
//! ```

#![allow(
    clippy::print_stdout,
    missing_docs,
    reason = "a program that prints a table"
)]

#[path = "../tests/it/problems.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod problems;

use pathema_solve::{Adaptive, SaveAt, Solve, odeint, solvers};
use serde::Deserialize;

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
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let golden: Golden = serde_json::from_str(problems::GOLDEN)?;
    println!(
        "| problem | tolerance | method | error | theirs | evaluations | theirs | theirs / ours |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut ratios = Vec::new();
    for row in &golden.detest {
        let tableau = match row.solver.as_str() {
            "bosh3" => &solvers::BOSH3,
            "dopri5" => &solvers::DOPRI5,
            "tsit5" => &solvers::TSIT5,
            "dopri8" => &solvers::DOPRI8,
            _ => continue,
        };
        let problem = problems::problem(&row.problem);
        let how = Solve::adaptive(tableau, Adaptive::new(row.tolerance, row.tolerance));
        let save = SaveAt::End(problem.t1);
        let solution = odeint(&*problem.field(), &problem.start(), problem.t0, save, &how)?;
        let end: Vec<f64> = Vec::try_from(solution.z.flatten(0, -1))?;
        let error = end
            .iter()
            .zip(&problem.y1)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        let work = solution.stats.evaluations;
        let ratio = row.evaluations as f64 / work as f64;
        ratios.push(ratio);
        println!(
            "| {} | {:.0e} | {} | {error:.1e} | {:.1e} | {work} | {} | {ratio:.2} |",
            row.problem, row.tolerance, row.solver, row.error, row.evaluations
        );
    }
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
    println!(
        "\nTheirs over ours, geometric mean over {} solves: {mean:.3} evaluations.",
        ratios.len()
    );
    Ok(())
}
