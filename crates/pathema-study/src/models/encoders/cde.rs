use std::sync::Arc;

use pathema_kernel::{Activation, Drive as KernelDrive, Gradient, Method, Saves};
use pathema_net::{Field, NetError, Parameter, Parameters, Tape};
use rand_chacha::ChaCha8Rng;

use super::Trajectory;
use super::refined::Refined;
use crate::models::{Adjoint, Drive, Moves, NetSpec, StepMethod};

/// A neural CDE: z₀ = tanh(W x(0) + b), dz = f(z) dX, its state kept after every step.
#[derive(Debug)]
pub(in crate::models) struct Cde {
    initial: (Parameter, Parameter),
    field: Field,
    method: StepMethod,
    adjoint: Adjoint,
    /// 0 where steps are given.
    tolerance: f64,
}

/// How strongly the two solutions of the reversible method are drawn together.
const COUPLING: f64 = 0.999;

impl Cde {
    pub(super) fn new(
        parameters: &mut Parameters<f32>,
        name: &str,
        channels: usize,
        spec: &NetSpec,
        rng: &mut ChaCha8Rng,
    ) -> Cde {
        let path = &spec.path;
        let integrals = path.integrals && path.drive != Drive::Areas;
        let width = 1 + usize::from(path.intensity) + channels * (1 + usize::from(integrals));
        let (hidden, inner) = (spec.hidden, spec.width);
        let initial = (
            parameters.matrix(format!("{name}.initial.weight"), hidden, channels, 0.5, rng),
            parameters.vector(format!("{name}.initial.bias"), hidden, 0.0),
        );
        let layers = (0..spec.layers).map(|layer| {
            let inputs = if layer == 0 { hidden } else { inner };
            let last = layer + 1 == spec.layers;
            let outputs = if last { hidden * width } else { inner };
            let scale = if last { 0.7 } else { 1.0 };
            let weight = format!("{name}.field.{layer}.weight");
            let bias = format!("{name}.field.{layer}.bias");
            // Biases that differ let the field move a state at rest.
            let spread = 0.3 * (outputs as f64).sqrt();
            (
                parameters.matrix(weight, outputs, inputs, scale, rng),
                parameters.matrix(bias, 1, outputs, spread, rng),
            )
        });
        Cde {
            initial,
            field: Field {
                layers: layers.collect(),
                hidden,
                channels: width,
                activation: Activation::Silu,
                final_tanh: true,
            },
            method: path.method,
            adjoint: path.adjoint,
            tolerance: path.tolerance,
        }
    }

    pub(super) fn forward(
        &self,
        tape: &mut Tape<'_, f32>,
        mut paths: Moves,
    ) -> Result<Trajectory, NetError> {
        let channels = tape.parameters().shape(self.initial.0).1;
        let batch = paths.start.len() / channels;
        let start = tape.input(batch, channels, std::mem::take(&mut paths.start));
        let start = tape.linear(start, self.initial.0, Some(self.initial.1));
        let start = tape.tanh(start);
        let instants = paths.steps;
        let method = self.method.tableau();
        let (drive, points): (Arc<dyn KernelDrive<f32> + Send>, _) = if self.tolerance > 0.0 {
            let refined = Refined::new(tape, start, &self.field, paths, self.tolerance)?;
            let points = refined.points();
            (Arc::new(refined), points)
        } else {
            let points = (0..batch).flat_map(|_| 1..=instants).collect();
            (Arc::new(paths), points)
        };
        let gradient = match self.adjoint {
            Adjoint::Direct => Gradient::Direct,
            Adjoint::Checkpointed => Gradient::Checkpointed {
                snapshots: pathema_kernel::checkpoints::chosen(drive.steps()),
            },
            Adjoint::Reversible => Gradient::Reversible { coupling: COUPLING },
        };
        let saves = Saves::new(points, instants);
        let states = tape.solve_cde(start, &self.field, drive, &method, saves, gradient)?;
        Ok(Trajectory { states, instants })
    }
}

impl StepMethod {
    /// Its nodes, 0 the start of a step and 1 its end.
    pub fn nodes(self) -> &'static [f64] {
        self.tableau().c
    }

    /// Its tableau.
    pub fn tableau(self) -> Method<'static> {
        match self {
            StepMethod::Euler => Method {
                a: &[],
                b: &[1.0],
                c: &[0.0],
                dense: &[],
            },
            StepMethod::Midpoint => Method {
                a: &[&[0.5]],
                b: &[0.0, 1.0],
                c: &[0.0, 0.5],
                dense: &[],
            },
            StepMethod::Rk4 => Method {
                a: &[&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]],
                b: &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0],
                c: &[0.0, 0.5, 0.5, 1.0],
                dense: &[],
            },
        }
    }
}
