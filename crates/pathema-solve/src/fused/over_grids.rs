use std::sync::atomic::Ordering;

use pathema_autograd::numbers;
use pathema_kernel::{Gradient as Kept, Method, Saves, checkpoints};
use tch::Tensor;

use super::dense;
use super::drive::AlongPaths;
use super::numbers::{Number, Start, kernel};
use crate::error::Cause;
use crate::flow::Standard;
use crate::gradient::{Backward, Gradient, Problem, Sums, coupling_of};
use crate::march::grid::Grids;
use crate::march::{March, Plan};
use crate::{Engine, Solution, SolveError, Tableau};

/// The work of finding the steps.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) evaluations: usize,
    pub(super) rejected: usize,
    /// Whether each sample has steps of its own.
    pub(super) own_steps: bool,
}

/// Solves over steps that are known.
pub(super) fn solve<T: Number>(
    problem: &Problem<'_>,
    standard: &Standard<'_>,
    start: &Start<T>,
    grids: Grids,
    counts: Counts,
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
    let method = Stages::of(problem.method, saves.are_inside());
    let kernel = kernel();
    let mut march = March::at_start(problem.batch());
    march.stats.engine = Engine::Fused;
    march.stats.rejected = counts.rejected;
    let coupled = matches!(kept, Kept::Reversible { .. });
    let evaluations = if coupled { 2 } else { 1 } * steps * problem.method.stages_needed();
    march.stats.evaluations = counts.evaluations + evaluations;
    if counts.own_steps {
        for sample in 0..problem.batch() {
            for step in 0..grids.steps_of(sample) {
                let (from, to) = grids.ends(sample, step);
                march.stats.accept(to - from);
            }
        }
    } else {
        for step in 0..steps {
            march.stats.accept_span(&grids.span(step), problem.batch());
        }
    }
    let times = problem.times(Some(&grids), &march);
    let shape = [
        problem.batch() as i64,
        saves.slots() as i64,
        problem.z0.size()[1],
    ];

    let drive = AlongPaths::new(grids, standard)?;
    let field = start.weights.field();
    let solved = method.with(|method| {
        kernel.solve_whatever_comes(&field, method, &drive, &saves, &start.z0, kept)
    });
    let mut solved = solved.map_err(Cause::from)?;
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
    let backward: Backward = Box::new(move |of_saved: &Tensor, sums: &mut Sums| {
        let mut of_saved = numbers::<T>(of_saved)?;
        missing.fill(&mut of_saved, T::default());
        let gradients =
            method.with(|method| kernel.pull_back(&solved, method, &drive, &saves, &of_saved))?;
        counter.fetch_add(gradients.evaluations, Ordering::Relaxed);
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

/// A method as the engine takes it.
struct Stages {
    tableau: &'static Tableau,
    /// Weights inside a step; none, and no last stage that only the next step needs, where nothing is saved there.
    dense: Vec<Vec<f64>>,
}

impl Stages {
    fn of(tableau: &'static Tableau, inside: bool) -> Stages {
        let dense = if inside {
            dense::weights(tableau)
        } else {
            Vec::new()
        };
        Stages { tableau, dense }
    }

    fn with<R>(&self, work: impl FnOnce(&Method<'_>) -> R) -> R {
        let stages = match self.dense.len() {
            0 => self.tableau.stages_needed(),
            all => all,
        };
        let dense: Vec<&[f64]> = self.dense.iter().map(Vec::as_slice).collect();
        work(&Method {
            a: &self.tableau.a[..stages - 1],
            b: &self.tableau.b[..stages],
            c: &self.tableau.c[..stages],
            dense: &dense,
        })
    }
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
    let first: Vec<usize> = grids.saves().map(|(points, _)| points.len()).collect();
    let slots = first.iter().copied().max().unwrap_or(0);
    let mut points = Vec::with_capacity(first.len() * slots);
    let mut thetas = Vec::new();
    for (own, own_thetas) in grids.saves() {
        points.extend(own);
        thetas.extend(own_thetas);
        let last = own.last().copied().unwrap_or(0);
        points.resize(points.len() + slots - own.len(), last);
    }
    (
        Saves::inside(points, thetas, slots),
        Missing { first, slots },
    )
}
