//! A group of samples, its numbers side by side.

use crate::drive::{Drive, Saves};
use crate::evaluate::GROUP;
use crate::field::Network;
use crate::method::Method;
use crate::simd::Real;
use crate::solve::Gradient;

/// What a group of samples is solved with.
pub(crate) struct Task<'a, T> {
    pub(crate) network: &'a Network<T>,
    pub(crate) method: &'a Method<'a>,
    pub(crate) drive: &'a dyn Drive<T>,
    pub(crate) saves: &'a Saves,
    /// The group's.
    pub(crate) samples: &'a [usize],
    pub(crate) gradient: Gradient,
    /// Of the sample that takes the most.
    pub(crate) steps: usize,
}

/// Rooms for the parts of a step.
pub(crate) struct Rooms<T> {
    pub(crate) slopes: Vec<T>,
    /// Of all samples, and of one, [nodes, channels, …].
    pub(crate) controls: Vec<T>,
    pub(crate) own: Vec<T>,
    /// The nodes seen from the end.
    pub(crate) mirrored: Vec<f64>,
    pub(crate) of_slope: Vec<T>,
    /// For what areas add.
    pub(crate) areas: Vec<T>,
    /// Of the slopes at all stages, by states inside the step.
    pub(crate) of_inside: Vec<T>,
}

impl<'a, T: Real> Task<'a, T> {
    pub(crate) fn new(
        network: &'a Network<T>,
        method: &'a Method<'a>,
        drive: &'a dyn Drive<T>,
        saves: &'a Saves,
        samples: &'a [usize],
        gradient: Gradient,
    ) -> Task<'a, T> {
        let steps = samples.iter().map(|&sample| drive.steps_of(sample)).max();
        Task {
            network,
            method,
            drive,
            saves,
            samples,
            gradient,
            steps: steps.unwrap_or(0),
        }
    }

    /// Rows of the state.
    pub(crate) fn state(&self) -> usize {
        self.network.hidden * GROUP
    }

    /// The controls of a step at all nodes, [nodes, channels, GROUP], `backward` those of the step from its end to its start;
    /// those of samples that are missing are zero.
    pub(crate) fn controls(&self, step: usize, backward: bool, rooms: &mut Rooms<T>) {
        let Rooms {
            controls,
            own,
            mirrored,
            ..
        } = rooms;
        let nodes = if backward { mirrored } else { self.method.c };
        for (lane, &sample) in self.samples.iter().enumerate() {
            self.drive.fill(sample, step, nodes, own);
            for (row, &x) in own.iter().enumerate() {
                controls[row * GROUP + lane] = if backward { -x } else { x };
            }
        }
    }

    /// Stages that have a record.
    pub(crate) fn kept_stages(&self) -> usize {
        if self.saves.are_inside() {
            self.method.b.len()
        } else {
            self.method.needed()
        }
    }

    /// Stages of a step, all of them where a state inside is asked for.
    pub(crate) fn stages_of(&self, step: usize) -> usize {
        let inside = |&sample: &usize| self.saves.inside_of(sample, step).next().is_some();
        if self.saves.are_inside() && self.samples.iter().any(inside) {
            self.method.b.len()
        } else {
            self.method.needed()
        }
    }

    pub(crate) fn save(&self, z: &[T], point: usize, saved: &mut [T]) {
        let (hidden, slots) = (self.network.hidden, self.saves.slots());
        for (lane, &sample) in self.samples.iter().enumerate() {
            for slot in self.saves.at(sample, point) {
                for h in 0..hidden {
                    saved[(lane * slots + slot) * hidden + h] = z[h * GROUP + lane];
                }
            }
        }
    }

    /// Saves what is asked for inside a step from `z`.
    pub(crate) fn save_inside(&self, z: &[T], step: usize, slopes: &[T], saved: &mut [T]) {
        let (hidden, slots, state) = (self.network.hidden, self.saves.slots(), self.state());
        for (lane, &sample) in self.samples.iter().enumerate() {
            for (slot, theta) in self.saves.inside_of(sample, step) {
                let to = &mut saved[(lane * slots + slot) * hidden..][..hidden];
                for (h, to) in to.iter_mut().enumerate() {
                    *to = z[h * GROUP + lane];
                }
                let weights = self.method.inside(theta);
                for (weight, slope) in weights.zip(slopes.chunks_exact(state)) {
                    for (h, to) in to.iter_mut().enumerate() {
                        *to += slope[h * GROUP + lane] * T::of(weight);
                    }
                }
            }
        }
    }

    /// `z0`, [samples, hidden], side by side.
    pub(crate) fn spread(&self, z0: &[T]) -> Vec<T> {
        let mut z = vec![T::default(); self.state()];
        for lane in 0..self.samples.len() {
            for h in 0..self.network.hidden {
                z[h * GROUP + lane] = z0[lane * self.network.hidden + h];
            }
        }
        z
    }

    /// What [`spread`](Self::spread) has spread.
    pub(crate) fn gather(&self, z: &[T], to: &mut [T]) {
        for lane in 0..self.samples.len() {
            for h in 0..self.network.hidden {
                to[lane * self.network.hidden + h] = z[h * GROUP + lane];
            }
        }
    }

    /// Rooms for the parts of a step.
    pub(crate) fn rooms(&self) -> Rooms<T> {
        let stages = self.method.b.len();
        Rooms {
            slopes: vec![T::default(); stages * self.state()],
            controls: vec![T::default(); stages * self.network.control_rows() * GROUP],
            own: vec![T::default(); stages * self.network.control_rows()],
            mirrored: self.method.c.iter().map(|node| 1.0 - node).collect(),
            of_slope: vec![T::default(); self.state()],
            areas: vec![T::default(); self.network.area_rows() * GROUP],
            of_inside: vec![T::default(); stages * self.state()],
        }
    }

    /// Numbers in the records of a step.
    pub(crate) fn step_records(&self) -> usize {
        self.kept_stages() * self.network.record_rows() * GROUP
    }

    pub(crate) fn add_saved(&self, of_saved: &[T], point: usize, of_z: &mut [T]) {
        let (hidden, slots) = (self.network.hidden, self.saves.slots());
        for (lane, &sample) in self.samples.iter().enumerate() {
            for slot in self.saves.at(sample, point) {
                for h in 0..hidden {
                    of_z[h * GROUP + lane] += of_saved[(lane * slots + slot) * hidden + h];
                }
            }
        }
    }

    /// Adds the gradients of states saved inside a step to that of the state before it, and puts those of its slopes.
    pub(crate) fn add_inside(
        &self,
        of_saved: &[T],
        step: usize,
        of_z: &mut [T],
        of_slopes: &mut [T],
    ) {
        if !self.saves.are_inside() {
            return;
        }
        let (hidden, slots, state) = (self.network.hidden, self.saves.slots(), self.state());
        of_slopes.fill(T::default());
        for (lane, &sample) in self.samples.iter().enumerate() {
            for (slot, theta) in self.saves.inside_of(sample, step) {
                let of_saved = &of_saved[(lane * slots + slot) * hidden..][..hidden];
                for (h, &of_saved) in of_saved.iter().enumerate() {
                    of_z[h * GROUP + lane] += of_saved;
                }
                let weights = self.method.inside(theta);
                for (weight, of_slope) in weights.zip(of_slopes.chunks_exact_mut(state)) {
                    for (h, &of_saved) in of_saved.iter().enumerate() {
                        of_slope[h * GROUP + lane] += of_saved * T::of(weight);
                    }
                }
            }
        }
    }
}
