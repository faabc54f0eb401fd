//! Values and work of solves by other packages, in double precision.

use pathema_path::{ControlPath, Ends, Observations, Scheme};
use pathema_solve::{Adaptive, BatchPath, SaveAt, Solve, cdeint, odeint, solvers};
use tch::{Device, Kind, Tensor};

/// torchdiffeq lets its last step pass the end and interpolates back.
fn as_torchdiffeq(rtol: f64, atol: f64) -> Solve {
    let steps = Adaptive {
        overshoot: true,
        ..Adaptive::new(rtol, atol)
    };
    Solve::adaptive(&solvers::DOPRI5, steps)
}

#[track_caller]
fn check_decay(relative: f64, absolute: f64, expected: f64, accepted: usize, evaluations: usize) {
    let z0 = Tensor::from_slice(&[1.0]).view([1, 1]);
    let method = as_torchdiffeq(relative, absolute);
    let decay = |_: &Tensor, z: &Tensor| -z;
    let solution = odeint(&decay, &z0, 0.0, SaveAt::End(1.0), &method).unwrap();
    let found = solution.z.double_value(&[0, 0, 0]);
    assert!(
        (found - expected).abs() < 1e-15,
        "{found:.17} is not {expected:.17}"
    );
    let stats = solution.stats;
    assert_eq!(
        (stats.accepted, stats.rejected, stats.evaluations),
        (accepted, 0, evaluations)
    );
}

#[test]
fn decay_as_by_torchdiffeq() {
    check_decay(1e-7, 1e-9, 0.3678794482023044, 8, 50);
    check_decay(1e-4, 1e-6, 0.3678685872768306, 3, 20);
}

#[test]
fn van_der_pol_as_by_torchdiffeq() {
    let van_der_pol = |_: &Tensor, z: &Tensor| {
        let (x, v) = (z.select(1, 0), z.select(1, 1));
        Tensor::stack(&[v.shallow_clone(), (1.0 - &x * &x) * 2.0 * v - x], 1)
    };
    let z0 = Tensor::from_slice(&[2.0, 0.0]).view([1, 2]);
    let solution = odeint(
        &van_der_pol,
        &z0,
        0.0,
        SaveAt::End(10.0),
        &as_torchdiffeq(1e-5, 1e-5),
    )
    .unwrap();
    for (place, expected) in [0.84146492090, -1.08918569704].into_iter().enumerate() {
        let found = solution.z.double_value(&[0, 0, place as i64]);
        assert!(
            (found - expected).abs() < 1e-10,
            "{found} is not {expected}"
        );
    }
    let stats = solution.stats;
    assert_eq!(
        (stats.accepted, stats.rejected, stats.evaluations),
        (57, 18, 452)
    );
}

/// A field of two states and two channels, written out.
pub(crate) fn field(z: &Tensor, dx: &Tensor) -> Tensor {
    let (a, b) = (z.select(1, 0), z.select(1, 1));
    let rows = [a.sin(), b.shallow_clone(), b.cos(), -a];
    Tensor::stack(&rows, 1)
        .view([-1, 2, 2])
        .matmul(&dx.unsqueeze(-1))
        .squeeze_dim(-1)
}

pub(crate) fn reference_path(scheme: Scheme) -> BatchPath {
    let times = vec![0.0, 1.0, 2.5, 3.0, 4.25];
    let rows = [0.0, 1.0, 1.0, 0.2, -0.5, 0.4, 2.0, -1.0, 0.75, 0.0];
    let seen = Observations::new(times, rows.to_vec(), 2).unwrap();
    let path = ControlPath::fit(scheme, &seen).unwrap();
    BatchPath::stack(&[path], Kind::Double, Device::Cpu).unwrap()
}

#[test]
fn cde_along_a_natural_spline() {
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let z0 = Tensor::from_slice(&[0.1, -0.3]).view([1, 2]);
    let tight = Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-10, 1e-12));
    // So many save times that the fixed steps between them are as good.
    let many: Vec<f64> = (1..=1600).map(|k| 4.25 * f64::from(k) / 1600.0).collect();
    let rk4 = Solve::knots(&solvers::RK4);
    for (method, save_at) in [(tight, &many[1599..]), (rk4, &many[..])] {
        let z = cdeint(&field, &path, &z0, 0.0, SaveAt::Times(save_at), &method)
            .unwrap()
            .z;
        let end = z.select(1, -1);
        for (place, expected) in [0.71083282, -0.47990695].into_iter().enumerate() {
            let found = end.double_value(&[0, place as i64]);
            assert!(
                (found - expected).abs() < 1e-8,
                "{method:?}: {found} is not {expected}"
            );
        }
    }
}
