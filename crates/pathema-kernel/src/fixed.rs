//! A group of samples through steps that are laid out beforehand, and back.

use std::ops::Range;

use crate::areas::{add_areas, pull_back_areas};
use crate::checkpoints::left_part;
use crate::engine::Job;
use crate::evaluate::{Columns, GROUP, pull_back, slope};
use crate::parameters::Gathered;
use crate::simd::{Real, Vector};
use crate::solve::Gradient;
use crate::spare;
use crate::task::{Rooms, Task};

/// Steps that are gone back at once where their records are made again.
const BLOCK: usize = 16;

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

/// All steps of a group.
pub(crate) struct Forward<'a, T> {
    pub(crate) task: &'a Task<'a, T>,
    pub(crate) z0: &'a [T],
    pub(crate) saved: &'a mut [T],
}

impl<T: Real> Job<T> for Forward<'_, T> {
    type Output = Tape<T>;

    #[inline(always)]
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize, const HIGH: usize>(
        self,
    ) -> Tape<T> {
        // SAFETY: as asked of the caller.
        unsafe { self.task.forward::<V, ROWS, WIDE>(self.z0, self.saved) }
    }
}

/// The way back over all steps of a group.
pub(crate) struct Backward<'a, T: Real> {
    pub(crate) task: &'a Task<'a, T>,
    pub(crate) tape: &'a Tape<T>,
    pub(crate) of_saved: &'a [T],
    pub(crate) of_z0: &'a mut [T],
    pub(crate) gathered: &'a mut Gathered<T>,
}

impl<T: Real> Job<T> for Backward<'_, T> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize, const HIGH: usize>(
        self,
    ) {
        let (tape, gathered) = (self.tape, self.gathered);
        // SAFETY: as asked of the caller.
        unsafe {
            self.task
                .backward::<V, ROWS, WIDE, HIGH>(tape, self.of_saved, self.of_z0, gathered);
        }
    }
}

impl<T: Real> Task<'_, T> {
    /// The slopes at the stages of a step from `z`, and their records.
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
    ) {
        let (state, channels) = (self.state(), self.network.control_rows());
        self.controls(step, backward, rooms);
        let each = self.network.record_rows() * GROUP;
        let records = records.chunks_exact_mut(each).take(self.stages_of(step));
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
                if self.network.has_areas() {
                    let areas = stage * channels + self.network.channels;
                    add_areas::<V, ROWS, WIDE>(
                        self.network,
                        record.as_ptr(),
                        rooms.controls[areas * GROUP..].as_ptr(),
                        rooms.slopes[stage * state..].as_mut_ptr(),
                        rooms.areas.as_mut_ptr(),
                    );
                }
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
        step: usize,
        records: &[T],
        of_increment: &[T],
        of_z: &mut [T],
        rooms: &mut Rooms<T>,
        gathered: &mut Gathered<T>,
    ) {
        let (state, channels) = (self.state(), self.network.control_rows());
        let stages = self.stages_of(step);
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
                if self.network.has_areas() {
                    pull_back_areas::<V, ROWS, WIDE, HIGH>(
                        self.network,
                        record,
                        rooms.controls[stage * channels * GROUP..].as_ptr(),
                        rooms.of_slope.as_ptr(),
                        gathered,
                        rooms.slopes[stage * state..].as_mut_ptr(),
                        &mut rooms.areas,
                    );
                    continue;
                }
                if gathered.is_full() {
                    gathered.sum::<V, HIGH>(self.network);
                }
                let columns: Columns<T> = gathered.next::<V>(self.network, record, true);
                pull_back::<V, ROWS, WIDE>(
                    self.network,
                    record.as_ptr(),
                    rooms.controls[stage * channels * GROUP..].as_ptr(),
                    rooms.of_slope.as_ptr(),
                    columns,
                    rooms.slopes[stage * state..].as_mut_ptr(),
                );
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
                self.stages::<V, ROWS, WIDE>((step, false), z, records, rooms);
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
                self.add_inside(of_saved, step, &mut of_z, &mut rooms.of_inside);
                // SAFETY: as asked of the caller.
                unsafe {
                    self.back_through_stages::<V, ROWS, WIDE, HIGH>(
                        step, records, &of_end, &mut of_z, &mut rooms, gathered,
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
