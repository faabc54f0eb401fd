//! Gradients through a solve against central differences.

use pathema_path::{Ends, Scheme};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{Adaptive, BatchPath, SaveAt, Solve, cdeint, solvers};
use tch::{Device, Kind, Tensor};

use crate::reference::reference_path;

const CONFIG: MlpFieldConfig = MlpFieldConfig {
    hidden: 3,
    channels: 2,
    width: 5,
    layers: 3,
    activation: Activation::Silu,
    final_tanh: true,
};

fn loss(path: &BatchPath, z0: &Tensor, parameters: &[Tensor], method: &Solve) -> Tensor {
    let layers = parameters.chunks_exact(2);
    let layers = layers.map(|pair| (pair[0].shallow_clone(), pair[1].shallow_clone()));
    let field = MlpField::new(CONFIG, layers.collect());
    let z = cdeint(&field, path, z0, 0.0, SaveAt::Times(&[1.7, 4.25]), method)
        .unwrap()
        .z;
    (z.square().sum(None) + z.sum(None)) * 0.5
}

#[track_caller]
fn check(method: Solve, tolerance: f64) {
    tch::manual_seed(3);
    let path = reference_path(Scheme::NaturalCubic(Ends::Free));
    let double = (Kind::Double, Device::Cpu);
    let z0 = Tensor::randn([1, 3], double).set_requires_grad(true);
    let parameters: Vec<Tensor> = CONFIG
        .shapes()
        .into_iter()
        .flat_map(|(inputs, outputs)| {
            [
                Tensor::randn([outputs, inputs], double) * 0.5,
                Tensor::randn([outputs], double) * 0.1,
            ]
        })
        .map(|parameter| parameter.detach().set_requires_grad(true))
        .collect();
    loss(&path, &z0, &parameters, &method).backward();
    let _guard = tch::no_grad_guard();
    for tensor in std::iter::once(&z0).chain(&parameters) {
        let direction = tensor.randn_like();
        let predicted = (tensor.grad() * &direction).sum(None).double_value(&[]);
        let moved = |by: f64| {
            tensor.shallow_clone().copy_(&(tensor + &direction * by));
            loss(&path, &z0, &parameters, &method).double_value(&[])
        };
        let step = 1e-5;
        let up = moved(step);
        let down = moved(-2.0 * step);
        moved(step);
        let measured = (up - down) / (2.0 * step);
        let scale = 1.0 + predicted.abs();
        assert!(
            (predicted - measured).abs() < tolerance * scale,
            "{predicted} is not {measured}"
        );
    }
}

#[test]
fn of_fixed_methods() {
    for tableau in [&solvers::MIDPOINT, &solvers::RK4] {
        check(Solve::knots(tableau), 1e-7);
        check(Solve::every(tableau, 0.3), 1e-7);
    }
}

/// Step sizes count as given, so the gradient is that of the solution to within the tolerance.
#[test]
fn of_the_adaptive_method() {
    check(
        Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-9, 1e-11)),
        1e-5,
    );
}
