//! The work of standard solves, so that a change in it shows.

use std::fmt::Write as _;

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use pathema_solve::{
    Adaptive, BatchPath, Controller, SaveAt, Sharing, Solve, SolveStats, cdeint, odeint, solvers,
};
use tch::{Device, Kind, Tensor};

use crate::problems::problem;
use crate::reference::field;

fn line(table: &mut String, name: &str, stats: &SolveStats) {
    writeln!(
        table,
        "{name:<44} {:>5} accepted {:>4} rejected {:>6} evaluations, steps {:.3e} to {:.3e}",
        stats.accepted, stats.rejected, stats.evaluations, stats.smallest_step, stats.largest_step
    )
    .unwrap();
}

#[test]
fn of_ordinary_equations() {
    let mut table = String::new();
    for name in ["decay", "lotka_volterra", "van_der_pol_2", "D2"] {
        let problem = problem(name);
        for (tableau, controller) in [
            (&solvers::BOSH3, Controller::I),
            (&solvers::DOPRI5, Controller::I),
            (&solvers::TSIT5, Controller::I),
            (&solvers::TSIT5, Controller::PI),
            (&solvers::DOPRI8, Controller::PID),
            (&solvers::KVAERNO5, Controller::PI),
        ] {
            let steps = Adaptive {
                controller,
                ..Adaptive::new(1e-5, 1e-7)
            };
            let how = Solve::adaptive(tableau, steps);
            let save = SaveAt::End(problem.t1);
            let solution =
                odeint(&*problem.field(), &problem.start(), problem.t0, save, &how).unwrap();
            let which = format!(
                "{name} {} I {} P {}",
                tableau.name, controller.integral, controller.proportional
            );
            line(&mut table, &which, &solution.stats);
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn along_random_walks() {
    // 100 knots, each sample's its own; numbers of a linear congruential generator.
    let mut state = 7_u64;
    let mut number = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let seen: Vec<Observations> = (0..4)
        .map(|_| {
            let (mut time, mut x, mut y) = (0.0, 0.0, 0.0);
            let (mut times, mut values) = (Vec::new(), Vec::new());
            for _ in 0..100 {
                times.push(time);
                values.extend([x, y]);
                time += 0.05 + 0.1 * number();
                x += number() - 0.5;
                y += number() - 0.5;
            }
            Observations::new(times, values, 2).unwrap()
        })
        .collect();
    let mut table = String::new();
    for (name, scheme) in [
        ("linear", Scheme::Linear),
        ("hermite", Scheme::Hermite(Gaps::FitAcross)),
        ("natural", Scheme::NaturalCubic(Ends::Free)),
    ] {
        let paths: Vec<ControlPath> = seen
            .iter()
            .map(|seen| ControlPath::fit(scheme, seen).unwrap())
            .collect();
        let path = BatchPath::stack(&paths, Kind::Double, Device::Cpu).unwrap();
        let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]).repeat([4, 1]);
        for sharing in [Sharing::Batch, Sharing::Sample] {
            let steps = Adaptive {
                sharing,
                ..Adaptive::new(1e-4, 1e-6)
            };
            let how = Solve::adaptive(&solvers::DOPRI5, steps);
            let solution = cdeint(&field, &path, &z0, 0.0, SaveAt::End(20.0), &how).unwrap();
            line(
                &mut table,
                &format!("{name} dopri5 {sharing:?}"),
                &solution.stats,
            );
        }
        let solution = cdeint(
            &field,
            &path,
            &z0,
            0.0,
            SaveAt::End(20.0),
            &Solve::knots(&solvers::MIDPOINT),
        )
        .unwrap();
        line(
            &mut table,
            &format!("{name} midpoint at the knots"),
            &solution.stats,
        );
        let solution = cdeint(
            &field,
            &path,
            &z0,
            0.0,
            SaveAt::End(20.0),
            &Solve::every(&solvers::RK4, 0.5),
        )
        .unwrap();
        line(
            &mut table,
            &format!("{name} rk4 every 0.5"),
            &solution.stats,
        );
    }
    insta::assert_snapshot!(table);
}
