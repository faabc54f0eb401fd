//! First slopes, and first steps chosen by them.

use super::first_step;
use super::search::{Rooms, Search};
use super::walker::Walker;
use crate::error::KernelError;
use crate::evaluate::GROUP;
use crate::simd::{Real, Vector};

impl<T: Real> Search<'_, T> {
    /// The slopes of those that begin or have passed a jump, and of those that begin the first step.
    #[inline(always)]
    pub(super) unsafe fn first_slopes<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        lanes: &mut [Option<Walker>; GROUP],
        rooms: &mut Rooms<T>,
    ) -> Result<(), KernelError> {
        let state = self.network.hidden * GROUP;
        self.controls(
            lanes,
            |walker| (walker.at.time, walker.piece_end()),
            &[0.0],
            rooms,
        );
        rooms.record[..state].copy_from_slice(&rooms.z);
        // SAFETY: as asked of the caller.
        unsafe {
            self.evaluate::<V, ROWS, WIDE>(&mut rooms.record, &rooms.controls, &mut rooms.other)
        };
        for (lane, walker) in lanes.iter_mut().enumerate() {
            let Some(walker) = walker.as_mut().filter(|walker| walker.fresh) else {
                continue;
            };
            for h in 0..self.network.hidden {
                rooms.slopes[h * GROUP + lane] = rooms.other[h * GROUP + lane];
            }
            walker.fresh = false;
            walker.evaluations += 1;
            let own = rooms.other[lane..].iter().step_by(GROUP);
            if walker.begins() && !own.copied().all(T::is_finite) {
                return Err(walker.error("the vector field is not finite there"));
            }
        }
        if !lanes.iter().flatten().any(Walker::begins) {
            return Ok(());
        }
        // SAFETY: as asked of the caller.
        unsafe { self.first_steps::<V, ROWS, WIDE>(lanes, rooms) }
    }

    #[inline(always)]
    unsafe fn first_steps<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        lanes: &mut [Option<Walker>; GROUP],
        rooms: &mut Rooms<T>,
    ) -> Result<(), KernelError> {
        let beginners = |lanes: &mut [Option<Walker>; GROUP], first: &dyn Fn(usize) -> f64| {
            for (lane, walker) in lanes.iter_mut().enumerate() {
                if let Some(walker) = walker.as_mut().filter(|walker| walker.begins()) {
                    walker.at.natural = first(lane);
                }
            }
        };
        if let Some(first) = self.tolerance.first_step {
            beginners(lanes, &|_| first);
            return Ok(());
        }
        let scaled = |x: &[T], rooms: &Rooms<T>| {
            self.tolerance
                .norms(self.network.hidden, x, &rooms.z, &rooms.z)
        };
        let (of_state, of_slope) = (scaled(&rooms.z, rooms), scaled(&rooms.slopes, rooms));
        let probes: [f64; GROUP] =
            std::array::from_fn(|lane| first_step::probe(of_state[lane], of_slope[lane]));
        for (walker, probe) in lanes.iter_mut().zip(probes) {
            if let Some(walker) = walker.as_mut().filter(|walker| walker.begins()) {
                walker.probe = probe;
                walker.evaluations += 1;
            }
        }
        let ends = |walker: &Walker| (walker.at.time, walker.at.time + walker.probe);
        self.controls(lanes, ends, &[1.0], rooms);
        for (place, (&z, &slope)) in rooms.z.iter().zip(&rooms.slopes).enumerate() {
            rooms.record[place] = z + slope * T::of(probes[place % GROUP]);
        }
        // SAFETY: as asked of the caller.
        unsafe {
            self.evaluate::<V, ROWS, WIDE>(&mut rooms.record, &rooms.controls, &mut rooms.other)
        };
        for (to, &slope) in rooms.other.iter_mut().zip(&rooms.slopes) {
            *to = *to - slope;
        }
        let change = scaled(&rooms.other, rooms);
        beginners(lanes, &|lane| {
            first_step::choose(
                probes[lane],
                of_slope[lane],
                change[lane],
                self.tolerance.order,
            )
        });
        Ok(())
    }
}
