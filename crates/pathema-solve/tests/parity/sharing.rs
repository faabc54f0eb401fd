//! The work of a batch, in shared steps and in steps of each sample's own, so that a change in it shows.

use std::fmt::Write as _;

use pathema_solve::{Adaptive, Norm, SaveAt, Sharing, Solve, odeint, solvers};
use tch::Tensor;

use crate::problems::problem;

/// Three samples that start ever farther from the problem's start.
fn starts(name: &str, nudge: f64) -> Tensor {
    let start = problem(name).start();
    Tensor::cat(&[&start * 1.0, &start * 1.1, &start * 1.3], 0) * nudge
}

fn table(nudge: f64) -> String {
    let mut table = String::new();
    for name in ["lotka_volterra", "van_der_pol_2", "brusselator"] {
        let problem = problem(name);
        for tableau in [&solvers::BOSH3, &solvers::DOPRI5, &solvers::TSIT5] {
            for sharing in [Sharing::Batch, Sharing::Sample] {
                for norm in [Norm::Rms, Norm::Max] {
                    if sharing == Sharing::Sample && !matches!(norm, Norm::Rms) {
                        continue;
                    }
                    let steps = Adaptive {
                        sharing,
                        norm,
                        ..Adaptive::new(1e-4, 1e-6)
                    };
                    let how = Solve::adaptive(tableau, steps);
                    let save = SaveAt::End(problem.t1);
                    let z0 = starts(name, nudge);
                    let stats = odeint(&*problem.field(), &z0, problem.t0, save, &how)
                        .unwrap()
                        .stats;
                    writeln!(
                        table,
                        "{:<36} {:>4} accepted {:>3} rejected {:>4} evaluations, steps {:.3e} to {:.3e}",
                        format!("{name} {} {sharing:?} {norm:?}", tableau.name),
                        stats.accepted,
                        stats.rejected,
                        stats.evaluations,
                        stats.smallest_step,
                        stats.largest_step
                    )
                    .unwrap();
                }
            }
        }
    }
    table
}

#[test]
fn work_of_batches() {
    let now = table(1.0);
    // No count hangs on rounding: the same from starts a few units in the last place away.
    assert_eq!(now, table(1.0 + 8.0 * f64::EPSILON));
    insta::assert_snapshot!(now);
}
