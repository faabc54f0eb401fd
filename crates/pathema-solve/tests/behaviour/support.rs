//! Problems and ways to solve them that the tests share.

use pathema_path::{ControlPath, Depth, Observations, Scheme};
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, BatchPath, Gradient, OdeField, Sharing, Solve, Steps, Tableau, VectorField, solvers,
};
use tch::{Device, Kind, Tensor};

pub(crate) const DOUBLE: (Kind, Device) = (Kind::Double, Device::Cpu);

pub(crate) const METHODS: [&Tableau; 12] = [
    &solvers::EULER,
    &solvers::MIDPOINT,
    &solvers::HEUN,
    &solvers::RALSTON,
    &solvers::BOSH3,
    &solvers::RK4,
    &solvers::RK4_38,
    &solvers::DOPRI5,
    &solvers::TSIT5,
    &solvers::DOPRI8,
    &solvers::KVAERNO3,
    &solvers::KVAERNO5,
];

pub(crate) const GRADIENTS: [Gradient; 4] = [
    Gradient::Direct,
    Gradient::checkpointed(),
    Gradient::reversible(),
    Gradient::continuous(),
];

/// Whether a gradient goes with a method.
pub(crate) fn fits(gradient: Gradient, method: &Tableau) -> bool {
    !(method.is_implicit() && matches!(gradient, Gradient::Reversible { .. }))
}

pub(crate) fn shared(rtol: f64) -> Adaptive {
    Adaptive::new(rtol, rtol * 1e-2)
}

pub(crate) fn own(rtol: f64) -> Adaptive {
    Adaptive {
        sharing: Sharing::Sample,
        ..shared(rtol)
    }
}

/// Every kind of step, as far as an ordinary equation goes with it.
pub(crate) fn ode_steps(method: &Tableau) -> Vec<Steps> {
    let mut steps = vec![Steps::Every(0.05)];
    // Methods of low order would take too many steps.
    let rtol = match method.order {
        1 | 2 => 1e-4,
        3 => 1e-5,
        _ => 1e-7,
    };
    if method.is_embedded() {
        steps.extend([Steps::Adaptive(shared(rtol)), Steps::Adaptive(own(rtol))]);
    }
    steps
}

/// As [`ode_steps`], and those along a path.
pub(crate) fn cde_steps(method: &Tableau) -> Vec<Steps> {
    let mut steps = vec![
        Steps::Knots,
        Steps::LogOde {
            length: 0.05,
            depth: Depth::Two,
        },
    ];
    steps.extend(ode_steps(method));
    steps
}

pub(crate) fn solve(method: &'static Tableau, steps: Steps) -> Solve {
    Solve::new(method, steps)
}

/// [samples, 1].
pub(crate) fn column(numbers: &[f64]) -> Tensor {
    Tensor::from_slice(numbers).view([-1, 1])
}

/// z' = −r z, of any shape; with its r.
pub(crate) fn decay(rate: &Tensor) -> impl OdeField + use<> {
    Parametrised::new(
        vec![rate.shallow_clone()],
        |p: &[Tensor], _: &Tensor, z: &Tensor| -(z * &p[0]),
    )
}

/// z' = sin t − r z.
pub(crate) fn forced(rate: &Tensor) -> impl OdeField + use<> {
    Parametrised::new(
        vec![rate.shallow_clone()],
        |p: &[Tensor], t: &Tensor, z: &Tensor| t.sin() - z * &p[0],
    )
}

/// dz = tanh(z W) dX, the state and the path of two channels each; with its W, [2, 4].
pub(crate) fn bounded(weights: &Tensor) -> impl VectorField + use<> {
    Parametrised::new(
        vec![weights.shallow_clone()],
        |p: &[Tensor], z: &Tensor, dx: &Tensor| {
            z.matmul(&p[0])
                .tanh()
                .view([-1, 2, 2])
                .matmul(&dx.unsqueeze(-1))
                .squeeze_dim(-1)
        },
    )
}

pub(crate) fn weights() -> Tensor {
    Tensor::from_slice(&[0.3, -0.2, 0.1, 0.4, -0.1, 0.3, -0.2, 0.2]).view([2, 4])
}

/// A path of two channels, time and a wave, through these knots.
pub(crate) fn wave(scheme: Scheme, knots: &[f64], first: f64) -> ControlPath {
    let values = knots.iter().map(|t| (2.0 * (t - first)).sin()).collect();
    let seen = Observations::new(knots.to_vec(), values, 1).unwrap();
    ControlPath::fit(scheme, &seen.with_time()).unwrap()
}

pub(crate) fn stack(paths: &[ControlPath]) -> BatchPath {
    BatchPath::stack(paths, Kind::Double, Device::Cpu).unwrap()
}

/// Three samples with starts, ends and knots of their own, from 0 to 2.
pub(crate) fn ragged(scheme: Scheme) -> BatchPath {
    let knots: [&[f64]; 3] = [
        &[0.0, 0.4, 1.1, 2.0],
        &[0.3, 0.7, 1.2],
        &[0.5, 0.9, 1.4, 1.7, 2.0],
    ];
    stack(&knots.map(|knots| wave(scheme, knots, 0.0)))
}

pub(crate) fn states() -> Tensor {
    Tensor::from_slice(&[0.4, -0.2, 0.1, 0.6, -0.5, 0.3]).view([3, 2])
}

#[track_caller]
pub(crate) fn close(found: &Tensor, expected: &Tensor, tolerance: f64, what: &str) {
    assert_eq!(found.size(), expected.size(), "{what}");
    let off = (found - expected).abs().max().double_value(&[]);
    assert!(
        off <= tolerance,
        "{what}: off by {off:e}, {tolerance:e} allowed"
    );
}
