//! Each sample of a batch is solved as if it were alone, whatever its knots.

use pathema_path::{ControlPath, Ends, Gaps, Observations, Scheme};
use pathema_solve::{Adaptive, BatchPath, SaveAt, Sharing, Solve, cdeint, solvers};
use proptest::prelude::*;
use tch::{Device, Kind, Tensor};

use crate::reference::field;

/// 2 to 12 rows at times of their own.
fn observations() -> impl Strategy<Value = Observations> {
    let row = (0.1..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64);
    prop::collection::vec(row, 2..12).prop_map(|rows| {
        let mut time = 0.0;
        let mut times = Vec::new();
        let mut values = Vec::new();
        for (step, x, y) in rows {
            times.push(time);
            time += step;
            values.extend([x, y]);
        }
        Observations::new(times, values, 2).unwrap()
    })
}

/// Each sample with steps of its own: exactly those that it has alone.
fn own_steps(rtol: f64, atol: f64) -> Adaptive {
    Adaptive {
        sharing: Sharing::Sample,
        ..Adaptive::new(rtol, atol)
    }
}

fn stack(paths: &[ControlPath]) -> BatchPath {
    BatchPath::stack(paths, Kind::Double, Device::Cpu).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn are_solved_as_if_alone(seen in prop::collection::vec(observations(), 1..5)) {
        let save_at = [0.0, 0.35, 2.0, 14.0];
        let schemes = [Scheme::Linear, Scheme::Hermite(Gaps::FitAcross), Scheme::NaturalCubic(Ends::Free)];
        for scheme in schemes {
            let paths: Vec<ControlPath> =
                seen.iter().map(|seen| ControlPath::fit(scheme, seen).unwrap()).collect();
            let z0 = Tensor::rand([paths.len() as i64, 2], (Kind::Double, Device::Cpu));
            for (method, tolerance) in [
                (Solve::knots(&solvers::MIDPOINT), 1e-12),
                (Solve::every(&solvers::RK4, 0.25), 1e-12),
                (Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-8, 1e-10)), 1e-6),
                (Solve::adaptive(&solvers::TSIT5, own_steps(1e-8, 1e-10)), 1e-11),
                (Solve::adaptive(&solvers::HEUN, own_steps(1e-4, 1e-6)), 1e-11),
            ] {
                let together = cdeint(&field, &stack(&paths), &z0, 0.0, SaveAt::Times(&save_at), &method).unwrap().z;
                prop_assert_eq!(together.size(), [paths.len() as i64, 4, 2]);
                for (sample, path) in paths.iter().enumerate() {
                    let own = z0.narrow(0, sample as i64, 1);
                    let path = stack(std::slice::from_ref(path));
                    let alone = cdeint(&field, &path, &own, 0.0, SaveAt::Times(&save_at), &method).unwrap().z;
                    let together = together.narrow(0, sample as i64, 1);
                    prop_assert!(together.allclose(&alone, tolerance, tolerance, false), "{scheme:?} {method:?}");
                }
            }
        }
    }

    /// A CDE follows its path's image, not its clock: times twice as fast change nothing.
    #[test]
    fn do_not_depend_on_the_clock(seen in observations()) {
        let quick: Vec<f64> = seen.times().iter().map(|time| time / 2.0).collect();
        let quick = Observations::new(quick, seen.values().to_vec(), 2).unwrap();
        let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
        let method = Solve::knots(&solvers::RK4);
        let end = |seen: &Observations| {
            let path = stack(&[ControlPath::fit(Scheme::Linear, seen).unwrap()]);
            let last = seen.times()[seen.len() - 1];
            cdeint(&field, &path, &z0, 0.0, SaveAt::End(last), &method).unwrap().z
        };
        prop_assert!(end(&seen).allclose(&end(&quick), 1e-10, 1e-10, false));
    }
}
