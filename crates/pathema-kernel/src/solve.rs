use crate::drive::{Drive, Saves};
use crate::error::KernelError;
use crate::evaluate::GROUP;
use crate::field::{Mlp, Network};
use crate::fixed::{Backward, Forward, Tape};
use crate::method::Method;
use crate::parameters::Gathered;
use crate::simd::{InstructionSet, Real};
use crate::task::Task;

/// What a solve keeps for the way back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gradient {
    /// Nothing: there is none.
    Nothing,
    /// A record of each evaluation: fastest.
    Direct,
    /// States at a few points, from where steps are taken again: memory in the logarithm of the number of steps, two
    /// to three times the evaluations.
    Checkpointed {
        /// States kept at any time beside that at the start; [`checkpoints::chosen`](crate::checkpoints::chosen) by itself.
        snapshots: usize,
    },
    /// The end of two coupled solutions whose steps are undone on the way back: the same memory however many steps there are,
    /// twice the evaluations both ways. States differ from those of the others within the method's order.
    Reversible {
        /// λ, above 0 and at most 1: how strongly the two are drawn together. Rounding errors grow like λ to the power −n
        /// on the way back.
        coupling: f64,
    },
}

/// What does the work.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Which instructions.
    pub instructions: InstructionSet,
    /// On so many threads, which changes no bit of any result.
    pub threads: usize,
}

/// A solve that can be gone back.
pub struct Solved<T: Real> {
    /// The saved states, [batch, slots, hidden].
    pub saved: Vec<T>,
    gradient: Gradient,
    /// By which the network is packed.
    instructions: InstructionSet,
    network: Network<T>,
    tapes: Vec<Tape<T>>,
    /// The samples in the order in which they are grouped.
    order: Vec<usize>,
}

/// What moves the saved states.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T> {
    /// By the initial states, [batch, hidden].
    pub z0: Vec<T>,
    /// By weight and bias of each layer.
    pub layers: Vec<(Vec<T>, Vec<T>)>,
    /// Evaluations of the field that were made again, each of a whole batch.
    pub evaluations: usize,
}

impl Engine {
    /// The widest instructions of this machine, on one thread.
    pub fn new() -> Engine {
        Engine {
            instructions: InstructionSet::best(),
            threads: 1,
        }
    }

    /// Solves from `z0`, [batch, hidden].
    ///
    /// # Errors
    /// [`KernelError`] names the numbers that do not fit, or the sample whose state ceased to be finite.
    ///
    /// ```
    /// use pathema_kernel::{Activation, Drive, Engine, Gradient, Layer, Method, Mlp, Saves};
    ///
    /// // dz = z dX along X(t) = t from 1, in ten steps of Heun's method: nearly e.
    /// struct Line;
    /// impl Drive<f64> for Line {
    ///     fn steps(&self) -> usize {
    ///         10
    ///     }
    ///     fn fill(&self, _sample: usize, _step: usize, _nodes: &[f64], controls: &mut [f64]) {
    ///         controls.fill(0.1);
    ///     }
    /// }
    /// let field = Mlp {
    ///     hidden: 1,
    ///     channels: 1,
    ///     layers: vec![Layer { weight: &[1.0], bias: &[0.0] }],
    ///     activation: Activation::Silu,
    ///     final_tanh: false,
    /// };
    /// let heun = Method { a: &[&[1.0]], b: &[0.5, 0.5], c: &[0.0, 1.0], dense: &[] };
    /// let (engine, end) = (Engine::new(), Saves::new(vec![10], 1));
    /// let solved = engine.solve(&field, &heun, &Line, &end, &[1.0], Gradient::Direct)?;
    /// assert!((solved.saved[0] - 1.0_f64.exp()).abs() < 5e-3);
    /// let gradients = engine.pull_back(&solved, &heun, &Line, &end, &[1.0])?;
    /// assert!((gradients.z0[0] - solved.saved[0]).abs() < 1e-12);
    /// # Ok::<(), pathema_kernel::KernelError>(())
    /// ```
    pub fn solve<T: Real>(
        &self,
        field: &Mlp<'_, T>,
        method: &Method<'_>,
        drive: &dyn Drive<T>,
        saves: &Saves,
        z0: &[T],
        gradient: Gradient,
    ) -> Result<Solved<T>, KernelError> {
        let solved = self.solve_whatever_comes(field, method, drive, saves, z0, gradient)?;
        let states = solved.saved.chunks_exact(field.hidden);
        for (place, (state, &point)) in states.zip(&saves.points).enumerate() {
            if !state.iter().all(|z| z.is_finite()) {
                return Err(KernelError::NonFinite {
                    sample: place / saves.slots,
                    point,
                });
            }
        }
        Ok(solved)
    }

    /// As [`solve`](Self::solve), whether the states are finite or not.
    ///
    /// # Errors
    /// As there, if numbers do not fit.
    pub fn solve_whatever_comes<T: Real>(
        &self,
        field: &Mlp<'_, T>,
        method: &Method<'_>,
        drive: &dyn Drive<T>,
        saves: &Saves,
        z0: &[T],
        gradient: Gradient,
    ) -> Result<Solved<T>, KernelError> {
        self.instructions.check()?;
        method.check()?;
        if let Gradient::Reversible { coupling } = gradient
            && !(coupling > 0.0 && coupling <= 1.0)
        {
            return Err(KernelError::Coupling(coupling));
        }
        let network = Network::new(field, T::height(self.instructions), drive.has_areas())?;
        let hidden = field.hidden;
        let batch = z0.len() / hidden;
        KernelError::unless_fits("the initial state", z0.len(), batch * hidden)?;
        let points = saves.points.len();
        KernelError::unless_fits("the points to save at", points, batch * saves.slots)?;
        saves.check(drive)?;
        if saves.are_inside()
            && (method.dense.is_empty() || matches!(gradient, Gradient::Reversible { .. }))
        {
            return Err(KernelError::Inside);
        }
        let order = order(drive, batch);
        let groups: Vec<&[usize]> = order.chunks(GROUP).collect();
        let each = saves.slots * hidden;
        let done = self.each_group(groups.len(), |group| {
            let samples = groups[group];
            let task = Task::new(&network, method, drive, saves, samples, gradient);
            let z0 = gathered(z0, samples, hidden);
            let mut saved = vec![T::default(); samples.len() * each];
            let forward = Forward {
                task: &task,
                z0: &z0,
                saved: &mut saved,
            };
            let tape = T::forward(self.instructions, forward);
            (saved, tape)
        });
        let mut saved = vec![T::default(); batch * each];
        let mut tapes = Vec::with_capacity(done.len());
        for ((own, tape), samples) in done.into_iter().zip(&groups) {
            scatter(&own, samples, &mut saved);
            tapes.push(tape);
        }
        Ok(Solved {
            saved,
            gradient,
            instructions: self.instructions,
            network,
            tapes,
            order,
        })
    }

    /// From the gradients of the saved states, [batch, slots, hidden], to those of what made them, by the instructions
    /// of the solve; method, drive and saves as they were.
    ///
    /// # Errors
    /// [`KernelError::Shape`] if the numbers do not fit, [`KernelError::NotKept`] if the solve did not keep what it takes.
    pub fn pull_back<T: Real>(
        &self,
        solved: &Solved<T>,
        method: &Method<'_>,
        drive: &dyn Drive<T>,
        saves: &Saves,
        of_saved: &[T],
    ) -> Result<Gradients<T>, KernelError> {
        if solved.gradient == Gradient::Nothing {
            return Err(KernelError::NotKept);
        }
        method.check()?;
        let (network, batch) = (&solved.network, solved.order.len());
        let each = saves.slots * network.hidden;
        let what = "the gradient of the saved states";
        KernelError::unless_fits(what, of_saved.len(), batch * each)?;
        let groups: Vec<&[usize]> = solved.order.chunks(GROUP).collect();
        let done = self.each_group(groups.len(), |group| {
            let samples = groups[group];
            let task = Task::new(network, method, drive, saves, samples, solved.gradient);
            let mut z0 = vec![T::default(); samples.len() * network.hidden];
            let mut parameters = Gathered::new(network, T::height(solved.instructions));
            let backward = Backward {
                task: &task,
                tape: &solved.tapes[group],
                of_saved: &gathered(of_saved, samples, each),
                of_z0: &mut z0,
                gathered: &mut parameters,
            };
            T::backward(solved.instructions, backward);
            (z0, parameters)
        });
        let zeros = |count: usize| vec![T::default(); count];
        let layers = network.layers.iter();
        let mut gradients = Gradients {
            z0: zeros(batch * network.hidden),
            layers: layers
                .map(|layer| (zeros(layer.outputs * layer.inputs), zeros(layer.outputs)))
                .collect(),
            evaluations: 0,
        };
        // In the order of the groups, whoever made them.
        for ((z0, parameters), samples) in done.into_iter().zip(&groups) {
            scatter(&z0, samples, &mut gradients.z0);
            parameters.add_to(network, &mut gradients.layers);
            // The same for all that take as many steps.
            gradients.evaluations = gradients.evaluations.max(parameters.made_again);
        }
        Ok(gradients)
    }

    /// Results of groups in their order, whichever thread made them.
    pub(crate) fn each_group<R: Send>(
        &self,
        groups: usize,
        work: impl Fn(usize) -> R + Sync,
    ) -> Vec<R> {
        let threads = self.threads.clamp(1, groups.max(1));
        if threads == 1 {
            return (0..groups).map(work).collect();
        }
        let work = &work;
        let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
            let own = |thread: usize| {
                move || -> Vec<(usize, R)> {
                    let groups = (thread..groups).step_by(threads);
                    groups.map(|group| (group, work(group))).collect()
                }
            };
            let started: Vec<_> = (0..threads)
                .map(|thread| scope.spawn(own(thread)))
                .collect();
            let joined = started.into_iter().map(|thread| match thread.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.flatten().collect()
        });
        done.sort_by_key(|&(group, _)| group);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

/// The samples in an order in which neighbours take about as many steps.
fn order<T>(drive: &dyn Drive<T>, batch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..batch).collect();
    order.sort_by_key(|&sample| drive.steps_of(sample));
    order
}

/// The numbers of some samples, so many each.
fn gathered<T: Copy>(all: &[T], samples: &[usize], each: usize) -> Vec<T> {
    let own = samples.iter();
    own.flat_map(|&sample| &all[sample * each..(sample + 1) * each])
        .copied()
        .collect()
}

/// Puts back what [`gathered`] would gather.
fn scatter<T: Copy>(own: &[T], samples: &[usize], all: &mut [T]) {
    let each = own.len() / samples.len();
    for (k, &sample) in samples.iter().enumerate() {
        all[sample * each..(sample + 1) * each].copy_from_slice(&own[k * each..(k + 1) * each]);
    }
}
