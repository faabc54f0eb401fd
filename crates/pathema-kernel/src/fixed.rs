//! A group of samples through steps that are laid out beforehand, and back.

use crate::evaluate::{Columns, GROUP, pull_back, slope};
use crate::field::Network;
use crate::parameters::Gathered;
use crate::simd::{Real, Vector};
use crate::solve::{Drive, Method, Saves};

/// What a group of samples is solved with.
pub(crate) struct Task<'a, T> {
    pub(crate) network: &'a Network<T>,
    pub(crate) method: &'a Method<'a>,
    pub(crate) drive: &'a dyn Drive<T>,
    pub(crate) saves: &'a Saves,
    /// First sample of the group, and how many there are.
    pub(crate) first: usize,
    pub(crate) samples: usize,
}

/// What is kept of the way forward: a record of each evaluation.
pub(crate) struct Tape<T> {
    records: Vec<T>,
}

impl<T: Real> Task<'_, T> {
    /// Rows of the state.
    fn state(&self) -> usize {
        self.network.hidden * GROUP
    }

    /// The controls of a step at all nodes, [nodes, channels, GROUP]; those of samples that are missing are zero.
    fn controls(&self, step: usize, to: &mut [T]) {
        let channels = self.network.channels;
        let mut control = vec![T::default(); channels];
        for (node, to) in self
            .method
            .c
            .iter()
            .zip(to.chunks_exact_mut(channels * GROUP))
        {
            for sample in 0..self.samples {
                self.drive
                    .fill(self.first + sample, step, *node, &mut control);
                for (c, &x) in control.iter().enumerate() {
                    to[c * GROUP + sample] = x;
                }
            }
        }
    }

    fn save(&self, z: &[T], point: usize, saved: &mut [T]) {
        let (hidden, slots) = (self.network.hidden, self.saves.slots());
        for sample in 0..self.samples {
            for slot in self.saves.at(self.first + sample, point) {
                for h in 0..hidden {
                    saved[(sample * slots + slot) * hidden + h] = z[h * GROUP + sample];
                }
            }
        }
    }

    /// The saved states, [samples, slots, hidden], from `z0`, [samples, hidden]; and a tape if it is wanted.
    ///
    /// # Safety
    /// The machine has the vector's instructions, and WIDE vectors are a group.
    #[inline(always)]
    pub(crate) unsafe fn forward<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        z0: &[T],
        saved: &mut [T],
        wants_tape: bool,
    ) -> Tape<T> {
        let (state, stages, steps) = (self.state(), self.method.b.len(), self.drive.steps());
        let rows = self.network.record_rows() * GROUP;
        let kept = if wants_tape { steps * stages } else { 1 };
        let mut tape = Tape {
            records: vec![T::default(); rows * kept],
        };
        let mut z = vec![T::default(); state];
        for sample in 0..self.samples {
            for h in 0..self.network.hidden {
                z[h * GROUP + sample] = z0[sample * self.network.hidden + h];
            }
        }
        let mut slopes = vec![T::default(); stages * state];
        let mut controls = vec![T::default(); stages * self.network.channels * GROUP];
        let mut tile = vec![T::default(); ROWS * GROUP];
        self.save(&z, 0, saved);
        for step in 0..steps {
            self.controls(step, &mut controls);
            for stage in 0..stages {
                let place = if wants_tape { step * stages + stage } else { 0 };
                let record = &mut tape.records[place * rows..(place + 1) * rows];
                record[..state].copy_from_slice(&z);
                let weights = self.method.row(stage);
                add_weighted(weights, &slopes, &mut record[..state]);
                // SAFETY: as asked of the caller; the slices have the sizes asked for.
                unsafe {
                    slope::<V, ROWS, WIDE>(
                        self.network,
                        record.as_mut_ptr(),
                        controls[stage * self.network.channels * GROUP..].as_ptr(),
                        slopes[stage * state..].as_mut_ptr(),
                        tile.as_mut_ptr(),
                    );
                }
            }
            add_weighted(self.method.b, &slopes, &mut z);
            self.save(&z, step + 1, saved);
        }
        tape
    }

    /// From the gradients of the saved states to that of `z0`, [samples, hidden]; those of parameters are gathered.
    ///
    /// # Safety
    /// As of [`forward`](Self::forward), and two vectors are no more than the columns of a gathered block.
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
        let (state, stages, steps) = (self.state(), self.method.b.len(), self.drive.steps());
        let rows = self.network.record_rows() * GROUP;
        let channels = self.network.channels;
        let mut of_z = vec![T::default(); state];
        let mut of_slope = vec![T::default(); state];
        let mut of_stages = vec![T::default(); stages * state];
        let mut controls = vec![T::default(); stages * channels * GROUP];
        let mut tile = vec![T::default(); ROWS * GROUP];
        for step in (0..steps).rev() {
            self.add_saved(of_saved, step + 1, &mut of_z);
            self.controls(step, &mut controls);
            for stage in (0..stages).rev() {
                // h b_j λ and what later stages make of this one's slope.
                for (to, &of_z) in of_slope.iter_mut().zip(&of_z) {
                    *to = of_z * T::of(self.method.b[stage]);
                }
                for later in stage + 1..stages {
                    let weight = T::of(self.method.row(later)[stage]);
                    let of_later = &of_stages[later * state..(later + 1) * state];
                    for (to, &of_later) in of_slope.iter_mut().zip(of_later) {
                        *to += of_later * weight;
                    }
                }
                let place = step * stages + stage;
                let record = &tape.records[place * rows..(place + 1) * rows];
                let columns: Columns<T> = gathered.next(self.network, record);
                // SAFETY: as asked of the caller; the slices have the sizes asked for.
                unsafe {
                    pull_back::<V, ROWS, WIDE>(
                        self.network,
                        record.as_ptr(),
                        controls[stage * channels * GROUP..].as_ptr(),
                        of_slope.as_ptr(),
                        columns,
                        of_stages[stage * state..].as_mut_ptr(),
                        tile.as_mut_ptr(),
                    );
                    if gathered.is_full() {
                        gathered.sum::<V, HIGH>(self.network);
                    }
                }
            }
            for stage in 0..stages {
                let of_stage = &of_stages[stage * state..(stage + 1) * state];
                for (to, &of_stage) in of_z.iter_mut().zip(of_stage) {
                    *to += of_stage;
                }
            }
        }
        self.add_saved(of_saved, 0, &mut of_z);
        // SAFETY: as asked of the caller.
        unsafe { gathered.sum::<V, HIGH>(self.network) };
        for sample in 0..self.samples {
            for h in 0..self.network.hidden {
                of_z0[sample * self.network.hidden + h] = of_z[h * GROUP + sample];
            }
        }
    }

    fn add_saved(&self, of_saved: &[T], point: usize, of_z: &mut [T]) {
        let (hidden, slots) = (self.network.hidden, self.saves.slots());
        for sample in 0..self.samples {
            for slot in self.saves.at(self.first + sample, point) {
                for h in 0..hidden {
                    of_z[h * GROUP + sample] += of_saved[(sample * slots + slot) * hidden + h];
                }
            }
        }
    }
}

/// Adds Σ wⱼ kⱼ to `to`.
fn add_weighted<T: Real>(weights: &[f64], slopes: &[T], to: &mut [T]) {
    for (&weight, slope) in weights.iter().zip(slopes.chunks_exact(to.len())) {
        if weight != 0.0 {
            let weight = T::of(weight);
            for (to, &slope) in to.iter_mut().zip(slope) {
                *to += slope * weight;
            }
        }
    }
}
