//! Solves that native code takes in one piece.

mod drive;
mod numbers;

use std::sync::atomic::Ordering;

use pathema_kernel::{
    Engine as Kernel, Gradient as Kept, InstructionSet, Layer, Method, Mlp, Saves, checkpoints,
};
use tch::{Device, Kind, Tensor};

use crate::error::Cause;
use crate::flow::{Control, Standard};
use crate::gradient::{Backward, Gradient, Problem, Sums, coupling_of};
use crate::march::grid::Grids;
use crate::march::{March, Plan};
use crate::save::SaveAt;
use crate::tableau::Tableau;
use crate::{Engine, Solution, SolveError};
use drive::AlongPaths;
use numbers::{Number, numbers};

/// What the engine is to take, if it can.
pub(crate) fn standard<'a>(problem: &Problem<'a>, gradient: Gradient) -> Option<Standard<'a>> {
    let standard = problem.flow.standard()?;
    fits(problem, &standard, gradient).then_some(standard)
}

/// Solves what [`standard`] gave.
pub(crate) fn solve(
    problem: &Problem<'_>,
    standard: &Standard<'_>,
    grids: Grids,
    gradient: Gradient,
) -> Result<Solution, SolveError> {
    match problem.z0.kind() {
        Kind::Float => solve_in::<f32>(problem, standard, grids, gradient),
        _ => solve_in::<f64>(problem, standard, grids, gradient),
    }
}

fn fits(problem: &Problem<'_>, standard: &Standard<'_>, gradient: Gradient) -> bool {
    let (config, kind) = (standard.field.config(), problem.z0.kind());
    let parameters = problem.flow.parameters();
    let wholes = problem.flow.wholes();
    let alike = |tensor: &Tensor| tensor.kind() == kind && tensor.device() == Device::Cpu;
    let sizes = [config.hidden, config.channels];
    problem.engine == Engine::Fused
        && !matches!(gradient, Gradient::Continuous { .. })
        && !matches!(problem.save, SaveAt::Dense(_))
        && matches!(standard.control, Control::Derivative | Control::Increment)
        && !problem.method.is_implicit()
        && matches!(kind, Kind::Float | Kind::Double)
        && alike(problem.z0)
        && parameters.iter().chain(&wholes).all(alike)
        && !(problem.remembers && wholes.iter().any(Tensor::requires_grad))
        && sizes == [problem.z0.size()[1], standard.path.channels()]
        && sizes.iter().all(|&size| size > 0)
}

fn solve_in<T: Number>(
    problem: &Problem<'_>,
    standard: &Standard<'_>,
    grids: Grids,
    gradient: Gradient,
) -> Result<Solution, SolveError> {
    let steps = grids.len();
    let wanted = problem.remembers
        && (problem.z0.requires_grad()
            || problem.flow.parameters().iter().any(Tensor::requires_grad));
    let kept = match gradient {
        Gradient::Reversible { coupling } => Kept::Reversible {
            coupling: coupling_of(coupling, steps)?,
        },
        _ if !wanted => Kept::Nothing,
        Gradient::Checkpointed { snapshots } => Kept::Checkpointed {
            snapshots: snapshots.unwrap_or(checkpoints::chosen(steps)).max(1),
        },
        _ => Kept::Direct,
    };
    let (saves, missing) = saves(&grids);
    let method = method(problem.method);
    let kernel = Kernel {
        instructions: InstructionSet::best(),
        threads: tch::get_num_threads().max(1) as usize,
    };
    let mut march = March::at_start(problem.batch());
    march.stats.engine = Engine::Fused;
    let twice = if matches!(kept, Kept::Reversible { .. }) {
        2
    } else {
        1
    };
    march.stats.evaluations = twice * steps * method.b.len();
    for step in 0..steps {
        march.stats.accept_span(&grids.span(step), problem.batch());
    }
    let times = problem.times(Some(&grids), &march);
    let shape = [
        problem.batch() as i64,
        saves.slots() as i64,
        problem.z0.size()[1],
    ];

    let drive = AlongPaths::new(grids, standard);
    let layers = layers(standard)?;
    let config = standard.field.config();
    let field = Mlp {
        hidden: config.hidden as usize,
        channels: config.channels as usize,
        layers: layers
            .iter()
            .map(|(weight, bias)| Layer { weight, bias })
            .collect(),
        activation: config.activation,
        final_tanh: config.final_tanh,
    };
    let z0 = numbers::<T>(problem.z0)?;
    let mut solved = kernel
        .solve_whatever_comes(&field, &method, &drive, &saves, &z0, kept)
        .map_err(Cause::from)?;
    let mut z = std::mem::take(&mut solved.saved);
    missing.fill(&mut z, T::of(f64::NAN));
    let z = Tensor::from_slice(&z).f_view(shape).map_err(Cause::from)?;

    let shapes: Vec<[i64; 2]> = standard
        .field
        .config()
        .shapes()
        .iter()
        .map(|&(inputs, outputs)| [outputs, inputs])
        .collect();
    let counter = march.stats.backward.clone();
    let counts = !matches!(kept, Kept::Direct);
    let backward: Backward = Box::new(move |of_saved: &Tensor, sums: &mut Sums| {
        let mut of_saved = numbers::<T>(of_saved)?;
        missing.fill(&mut of_saved, T::default());
        let gradients = kernel.pull_back(&solved, &method, &drive, &saves, &of_saved)?;
        if counts {
            counter.fetch_add(gradients.evaluations, Ordering::Relaxed);
        }
        sums.z0 = Some(Tensor::from_slice(&gradients.z0).f_view([shape[0], shape[2]])?);
        let of_layers = gradients.layers.iter().zip(&shapes);
        let of_layers = of_layers.flat_map(|((weight, bias), &shape)| {
            [
                Tensor::from_slice(weight).view(shape).tr(),
                Tensor::from_slice(bias),
            ]
        });
        sums.add_parameters(of_layers)
    });
    problem.attached(
        "fused solve, use Engine::General for second derivatives",
        march,
        z,
        times,
        backward,
    )
}

/// The method without a last stage that only the next step would need.
fn method(tableau: &'static Tableau) -> Method<'static> {
    let stages = tableau.stages_needed();
    Method {
        a: &tableau.a[..stages - 1],
        b: &tableau.b[..stages],
        c: &tableau.c[..stages],
        dense: &[],
    }
}

/// Of each layer, weights, row by row for each output, and biases.
type Layers<T> = Vec<(Vec<T>, Vec<T>)>;

fn layers<T: Number>(standard: &Standard<'_>) -> Result<Layers<T>, Cause> {
    let layers = standard.field.layers().iter();
    layers
        .map(|(weight, bias)| Ok((numbers(&weight.tr())?, numbers(bias)?)))
        .collect()
}

/// Saved states that a sample does not have, because others took more steps: [slots, hidden] at a time.
struct Missing {
    first: Vec<usize>,
    slots: usize,
}

impl Missing {
    fn fill<T: Copy>(&self, states: &mut [T], with: T) {
        let samples = self.first.len();
        if samples == 0 || self.slots == 0 {
            return;
        }
        let each = states.len() / samples;
        for (own, &first) in states.chunks_exact_mut(each.max(1)).zip(&self.first) {
            own[first * (each / self.slots)..].fill(with);
        }
    }
}

/// Where each sample is saved; one that is saved less often than others is so at its end again.
fn saves(grids: &Grids) -> (Saves, Missing) {
    let first: Vec<usize> = grids.saves().map(<[usize]>::len).collect();
    let slots = first.iter().copied().max().unwrap_or(0);
    let mut points = Vec::with_capacity(first.len() * slots);
    for own in grids.saves() {
        points.extend(own);
        let last = own.last().copied().unwrap_or(0);
        points.resize(points.len() + slots - own.len(), last);
    }
    (Saves::new(points, slots), Missing { first, slots })
}
