//! A group of samples through steps that are laid out beforehand, and back.

use std::ops::Range;

use crate::checkpoints::left_part;
use crate::drive::{Drive, Saves};
use crate::evaluate::{Columns, GROUP, pull_back, slope};
use crate::field::Network;
use crate::method::Method;
use crate::parameters::Gathered;
use crate::simd::{Real, Vector};
use crate::solve::Gradient;
use crate::spare;

/// Steps that are gone back at once where their records are made again.
const BLOCK: usize = 16;

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

/// What is kept of the way forward.
pub(crate) struct Tape<T: Send + 'static> {
    /// Of each evaluation.
    pub(crate) records: Vec<T>,
    /// The coupled states at the end, one after the other; or the state at the start, where steps are to be taken again.
    pub(crate) end: Vec<T>,
}

impl<T: Send + 'static> Drop for Tape<T> {
    fn drop(&mut self) {
        spare::give_back(std::mem::take(&mut self.records));
    }
}

/// Rooms for the parts of a step.
pub(crate) struct Rooms<T> {
    pub(crate) slopes: Vec<T>,
    /// Of all samples, and of one, [nodes, channels, …].
    controls: Vec<T>,
    own: Vec<T>,
    /// The nodes seen from the end.
    mirrored: Vec<f64>,
    of_slope: Vec<T>,
    /// Of the slopes at all stages, by states inside the step.
    of_inside: Vec<T>,
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
    fn controls(&self, step: usize, backward: bool, rooms: &mut Rooms<T>) {
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
    fn kept_stages(&self) -> usize {
        if self.saves.are_inside() {
            self.method.b.len()
        } else {
            self.method.needed()
        }
    }

    /// Stages of a step, all of them where a state inside is asked for.
    fn stages_of(&self, step: usize) -> usize {
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
    fn save_inside(&self, z: &[T], step: usize, slopes: &[T], saved: &mut [T]) {
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
            controls: vec![T::default(); stages * self.network.channels * GROUP],
            own: vec![T::default(); stages * self.network.channels],
            mirrored: self.method.c.iter().map(|node| 1.0 - node).collect(),
            of_slope: vec![T::default(); self.state()],
            of_inside: vec![T::default(); stages * self.state()],
        }
    }

    /// Numbers in the records of a step.
    pub(crate) fn step_records(&self) -> usize {
        self.kept_stages() * self.network.record_rows() * GROUP
    }

    /// The slopes at so many stages of a step from `z`, and their records.
    ///
    /// # Safety
    /// The machine has the vector's instructions, and WIDE vectors are a group.
    #[inline(always)]
    pub(crate) unsafe fn stages<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        (step, backward): (usize, bool),
        z: &[T],
        records: &mut [T],
        rooms: &mut Rooms<T>,
        stages: usize,
    ) {
        let (state, channels) = (self.state(), self.network.channels);
        self.controls(step, backward, rooms);
        let each = self.network.record_rows() * GROUP;
        let records = records.chunks_exact_mut(each).take(stages);
        for (stage, record) in records.enumerate() {
            record[..state].copy_from_slice(z);
            add_weighted(self.method.row(stage), &rooms.slopes, &mut record[..state]);
            // SAFETY: as asked of the caller; the slices have the sizes asked for.
            unsafe {
                slope::<V, ROWS, WIDE>(
                    self.network,
                    record.as_mut_ptr(),
                    rooms.controls[stage * channels * GROUP..].as_ptr(),
                    rooms.slopes[stage * state..].as_mut_ptr(),
                );
            }
        }
    }

    /// Adds to `of_z` what the gradient of a step's increment makes of the state before it; the slopes give way to the
    /// gradients of the stages' states.
    ///
    /// # Safety
    /// As of [`stages`](Self::stages), with its records and rooms.
    #[inline(always)]
    pub(crate) unsafe fn back_through_stages<
        V: Vector<Item = T>,
        const ROWS: usize,
        const WIDE: usize,
        const HIGH: usize,
    >(
        &self,
        records: &[T],
        of_increment: &[T],
        of_z: &mut [T],
        rooms: &mut Rooms<T>,
        gathered: &mut Gathered<T>,
        stages: usize,
    ) {
        let (state, channels) = (self.state(), self.network.channels);
        let each = self.network.record_rows() * GROUP;
        let records = records[..stages * each].chunks_exact(each);
        for (stage, record) in records.enumerate().rev() {
            // b_j times the increment's, what states inside the step ask for, and what later stages make of this slope.
            let of_inside = &rooms.of_inside[stage * state..(stage + 1) * state];
            let parts = of_increment.iter().zip(of_inside);
            for (to, (&of_increment, &of_inside)) in rooms.of_slope.iter_mut().zip(parts) {
                *to = of_increment * T::of(self.method.b[stage]) + of_inside;
            }
            for later in stage + 1..stages {
                let weight = T::of(self.method.row(later)[stage]);
                let of_later = &rooms.slopes[later * state..(later + 1) * state];
                for (to, &of_later) in rooms.of_slope.iter_mut().zip(of_later) {
                    *to += of_later * weight;
                }
            }
            // SAFETY: as asked of the caller; the slices have the sizes asked for.
            unsafe {
                let columns: Columns<T> = gathered.next::<V>(self.network, record);
                pull_back::<V, ROWS, WIDE>(
                    self.network,
                    record.as_ptr(),
                    rooms.controls[stage * channels * GROUP..].as_ptr(),
                    rooms.of_slope.as_ptr(),
                    columns,
                    rooms.slopes[stage * state..].as_mut_ptr(),
                );
                if gathered.is_full() {
                    gathered.sum::<V, HIGH>(self.network);
                }
            }
        }
        for of_stage in rooms.slopes.chunks_exact(state).take(stages) {
            for (to, &of_stage) in of_z.iter_mut().zip(of_stage) {
                *to += of_stage;
            }
        }
    }

    /// The saved states, [samples, slots, hidden], from `z0`, [samples, hidden]; and what is kept for the way back.
    ///
    /// # Safety
    /// As of [`stages`](Self::stages).
    #[inline(always)]
    pub(crate) unsafe fn forward<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        z0: &[T],
        saved: &mut [T],
    ) -> Tape<T> {
        if let Gradient::Reversible { coupling } = self.gradient {
            // SAFETY: as asked of the caller.
            return unsafe { self.forward_coupled::<V, ROWS, WIDE>(z0, saved, coupling) };
        }
        let steps = self.steps;
        let keeps = self.gradient == Gradient::Direct;
        let mut z = self.spread(z0);
        let mut tape = Tape {
            records: spare::take(self.step_records() * if keeps { steps } else { 1 }),
            end: match self.gradient {
                Gradient::Checkpointed { .. } => z.clone(),
                _ => Vec::new(),
            },
        };
        let mut rooms = self.rooms();
        self.save(&z, 0, saved);
        // SAFETY: as asked of the caller.
        unsafe {
            self.advance::<V, ROWS, WIDE>(
                0..steps,
                &mut z,
                (&mut tape.records, keeps),
                Some(saved),
                &mut rooms,
            );
        }
        tape
    }

    /// Takes steps from `z`; their records are put one after the other, or over each other where none is kept.
    ///
    /// # Safety
    /// As of [`stages`](Self::stages).
    #[inline(always)]
    unsafe fn advance<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        steps: Range<usize>,
        z: &mut [T],
        (records, keeps): (&mut [T], bool),
        mut saved: Option<&mut [T]>,
        rooms: &mut Rooms<T>,
    ) {
        let each = self.step_records();
        for (k, step) in steps.enumerate() {
            let place = if keeps { k } else { 0 };
            let records = &mut records[place * each..(place + 1) * each];
            // SAFETY: as asked of the caller.
            unsafe {
                let stages = self.stages_of(step);
                self.stages::<V, ROWS, WIDE>((step, false), z, records, rooms, stages);
            }
            if let Some(saved) = &mut saved {
                self.save_inside(z, step, &rooms.slopes, saved);
            }
            add_weighted(&self.method.b[..self.method.needed()], &rooms.slopes, z);
            if let Some(saved) = &mut saved {
                self.save(z, step + 1, saved);
            }
        }
    }

    /// From the gradients of the saved states to that of `z0`, [samples, hidden]; those of parameters are gathered.
    ///
    /// # Safety
    /// As of [`stages`](Self::stages), and two vectors are no more than the columns of a gathered block.
    #[inline(always)]
    pub(crate) unsafe fn backward<
        V: Vector<Item = T>,
        const ROWS: usize,
        const WIDE: usize,
        const HIGH: usize,
    >(
        &self,
        tape: &Tape<T>,
        of_saved: &[T],
        of_z0: &mut [T],
        gathered: &mut Gathered<T>,
    ) {
        if let Gradient::Reversible { coupling } = self.gradient {
            // SAFETY: as asked of the caller.
            unsafe {
                self.backward_coupled::<V, ROWS, WIDE, HIGH>(
                    tape, of_saved, of_z0, gathered, coupling,
                );
            }
            return;
        }
        let (steps, each) = (self.steps, self.step_records());
        let mut of_z = vec![T::default(); self.state()];
        let mut of_end = of_z.clone();
        let mut rooms = self.rooms();
        // What was kept of all steps is one block; else a few steps are, whose records are made again.
        let (block, snapshots) = match self.gradient {
            Gradient::Checkpointed { snapshots } => (BLOCK.min(steps.max(1)), snapshots),
            _ => (steps.max(1), 0),
        };
        let remake = matches!(self.gradient, Gradient::Checkpointed { .. });
        let mut again = spare::take(if remake { block * each } else { 0 });
        // States at the starts of blocks.
        let mut kept = vec![(0, tape.end.clone())];
        let mut end = steps.div_ceil(block);
        while let Some((first, z)) = kept.last().filter(|_| end > 0) {
            let (first, mut z) = (*first, z.clone());
            let (alone, left) = match end - first {
                1 => (true, 1),
                count => (
                    false,
                    left_part(count, snapshots.saturating_sub(kept.len() - 1)),
                ),
            };
            let own = first * block..((first + left) * block).min(steps);
            if remake {
                gathered.made_again += own.len() * self.method.needed();
                // SAFETY: as asked of the caller.
                unsafe {
                    self.advance::<V, ROWS, WIDE>(
                        own.clone(),
                        &mut z,
                        (&mut again, alone),
                        None,
                        &mut rooms,
                    );
                }
            }
            if !alone {
                kept.push((first + left, z));
                continue;
            }
            let records = if remake { &again } else { &tape.records };
            for step in own.clone().rev() {
                self.add_saved(of_saved, step + 1, &mut of_z);
                self.controls(step, false, &mut rooms);
                let place = step - own.start;
                let records = &records[place * each..(place + 1) * each];
                of_end.copy_from_slice(&of_z);
                let stages = self.stages_of(step);
                self.add_inside(of_saved, step, &mut of_z, &mut rooms.of_inside);
                // SAFETY: as asked of the caller.
                unsafe {
                    self.back_through_stages::<V, ROWS, WIDE, HIGH>(
                        records, &of_end, &mut of_z, &mut rooms, gathered, stages,
                    );
                }
            }
            end = first;
            kept.pop();
        }
        spare::give_back(again);
        self.add_saved(of_saved, 0, &mut of_z);
        // SAFETY: as asked of the caller.
        unsafe { gathered.sum::<V, HIGH>(self.network) };
        self.gather(&of_z, of_z0);
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
    fn add_inside(&self, of_saved: &[T], step: usize, of_z: &mut [T], of_slopes: &mut [T]) {
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

/// Adds Σ wⱼ kⱼ to `to`.
#[inline(always)]
pub(crate) fn add_weighted<T: Real>(weights: &[f64], slopes: &[T], to: &mut [T]) {
    for (&weight, slope) in weights.iter().zip(slopes.chunks_exact(to.len())) {
        if weight != 0.0 {
            let weight = T::of(weight);
            for (to, &slope) in to.iter_mut().zip(slope) {
                *to += slope * weight;
            }
        }
    }
}
