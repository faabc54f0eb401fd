use pathema_kernel::{Controller, Course, Drive, Norm, Steps, Tolerance, Way};
use pathema_net::{Field, NetError, Tape, Var};

use crate::models::{Moves, StepMethod};

/// The midpoint rule less Euler's, which is of order 1: what a step may be wrong by.
const ERROR: [f64; 2] = [-1.0, 1.0];
/// Steps tried of each increment before a solve is given up.
const TRIED: usize = 1000;

/// The increments of a batch, each cut into as many steps as its sample's error asks for. The path is a line over an increment, so a step
/// within it moves by its share.
#[derive(Debug)]
pub(super) struct Refined {
    moves: Moves,
    /// Of each sample, where steps end, in increments from the start. Each increment ends a step.
    ends: Vec<Vec<f64>>,
}

impl Refined {
    /// Cuts the increments so that no step is wrong by more than the tolerance, root mean square over the state.
    pub(super) fn new(
        tape: &mut Tape<'_, f32>,
        z0: Var,
        field: &Field,
        moves: Moves,
        tolerance: f64,
    ) -> Result<Refined, NetError> {
        let allowed = Tolerance {
            rtol: tolerance,
            atol: tolerance,
            error: &ERROR,
            order: 2,
            controller: Controller::I,
            norm: Norm::Rms(field.hidden),
            first_step: Some(1.0),
            max_steps: TRIED * moves.steps,
            jumps: true,
        };
        let method = StepMethod::Midpoint.tableau();
        let Steps { ends, .. } = tape.find_steps(z0, field, &moves, &method, &allowed)?;
        Ok(Refined { moves, ends })
    }

    /// The points at which increments end, `[batch, increments]`.
    pub(super) fn points(&self) -> Vec<usize> {
        let of = |ends: &Vec<f64>, k: usize| ends.partition_point(|&end| end < k as f64) + 1;
        let increments = 1..=self.moves.steps;
        let all = self.ends.iter();
        all.flat_map(|ends| increments.clone().map(move |k| of(ends, k)))
            .collect()
    }
}

/// Times are counted in increments.
impl Course<f32> for Moves {
    fn fill(&self, sample: usize, (from, to): (f64, f64), nodes: &[f64], slopes: &mut [f32]) {
        let increment = (0.5 * (from + to)).max(0.0) as usize;
        Drive::fill(self, sample, increment.min(self.steps - 1), nodes, slopes);
    }

    fn way(&self, _sample: usize) -> Way {
        let end = self.steps as f64;
        Way {
            start: 0.0,
            end,
            stops: (1..=self.steps).map(|k| k as f64).collect(),
            saves: vec![end],
            whole: true,
        }
    }
}

impl Drive<f32> for Refined {
    fn steps(&self) -> usize {
        self.ends.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn steps_of(&self, sample: usize) -> usize {
        self.ends[sample].len()
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f32]) {
        let ends = &self.ends[sample];
        let Some(&to) = ends.get(step) else {
            controls.fill(0.0);
            return;
        };
        let from = step.checked_sub(1).map_or(0.0, |before| ends[before]);
        Course::fill(&self.moves, sample, (from, to), nodes, controls);
        let share = (to - from) as f32;
        controls.iter_mut().for_each(|moved| *moved *= share);
    }
}

#[cfg(test)]
mod tests {
    use pathema_kernel::{Activation, Gradient, Saves};
    use pathema_net::Parameters;
    use std::sync::Arc;

    use super::*;

    /// dz = z dX, whose solution is e^X.
    fn exponential(tolerance: f64) -> (Vec<f32>, u64) {
        let mut parameters = Parameters::<f32>::new();
        let layer = (
            parameters.vector("weight", 1, 1.0),
            parameters.vector("bias", 1, 0.0),
        );
        let field = Field {
            layers: vec![layer],
            hidden: 1,
            channels: 1,
            activation: Activation::Silu,
            final_tanh: false,
        };
        let moves = Moves {
            start: vec![1.0; 2],
            moves: vec![0.5, -1.5, 1.0, 0.0, 0.0, 0.25],
            steps: 3,
            nodes: 1,
            width: 1,
            areas: false,
        };
        let mut tape = Tape::new(&parameters);
        let z0 = tape.input(2, 1, vec![1.0; 2]);
        let refined = Refined::new(&mut tape, z0, &field, moves, tolerance).unwrap();
        let found = tape.evaluations();
        let saves = Saves::new(refined.points(), 3);
        let method = StepMethod::Midpoint.tableau();
        let states = tape.solve_cde(
            z0,
            &field,
            Arc::new(refined),
            &method,
            saves,
            Gradient::Direct,
        );
        (tape.values(states.unwrap()).to_vec(), found)
    }

    #[test]
    fn a_tighter_tolerance_takes_more_steps_and_comes_nearer() {
        let truth = [0.5_f32, -1.0, 0.0, 0.0, 0.0, 0.25].map(f32::exp);
        let wrong = |states: &[f32]| {
            let errors = states.iter().zip(truth).map(|(z, truth)| (z - truth).abs());
            errors.fold(0.0, f32::max)
        };
        let all = [1e-1, 1e-2, 1e-3, 1e-4].map(exponential);
        for (loose, tight) in all.iter().zip(&all[1..]) {
            assert!(loose.1 < tight.1, "{} and {} evaluations", loose.1, tight.1);
            assert!(wrong(&loose.0) > 2.0 * wrong(&tight.0));
        }
        assert!(wrong(&all[3].0) < 1e-3, "{}", wrong(&all[3].0));
    }
}
