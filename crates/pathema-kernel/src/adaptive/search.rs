use super::walker::Walker;
use super::{Course, Judged, Lane, Steps, Tolerance};
use crate::engine::Job;
use crate::error::KernelError;
use crate::evaluate::{GROUP, slope};
use crate::field::Network;
use crate::method::Method;
use crate::simd::{Real, Vector};

/// The steps of some samples, each with its own; a lane whose sample is done takes the next.
pub(crate) struct Search<'a, T> {
    pub(crate) network: &'a Network<T>,
    pub(crate) method: &'a Method<'a>,
    pub(crate) course: &'a dyn Course<T>,
    pub(crate) tolerance: &'a Tolerance<'a>,
    /// The initial states, [batch, hidden].
    pub(crate) z0: &'a [T],
    pub(crate) samples: std::ops::Range<usize>,
}

/// Numbers of a group, side by side.
pub(super) struct Rooms<T> {
    pub(super) z: Vec<T>,
    /// dz/dt at all stages.
    pub(super) slopes: Vec<T>,
    /// A slope of which some lanes are taken.
    pub(super) other: Vec<T>,
    pub(super) record: Vec<T>,
    pub(super) controls: Vec<T>,
    pub(super) own: Vec<T>,
    /// Of each lane.
    pub(super) lengths: [T; GROUP],
}

impl<T: Real> Job<T> for Search<'_, T> {
    /// [`KernelError::Steps`] of the first sample that does not come to its end.
    type Output = Result<Steps, KernelError>;

    #[inline(always)]
    unsafe fn run<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize, const HIGH: usize>(
        self,
    ) -> Result<Steps, KernelError> {
        let count = self.samples.len();
        let mut found = Steps {
            ends: vec![Vec::new(); count],
            rejected: vec![0; count],
            evaluations: 0,
        };
        let mut rooms = self.rooms();
        let mut waiting = self.samples.clone();
        let mut lanes: [Option<Walker>; GROUP] = std::array::from_fn(|_| None);
        loop {
            for (lane, place) in lanes.iter_mut().enumerate() {
                if place.as_ref().is_some_and(Walker::is_done)
                    && let Some(done) = place.take()
                {
                    let own = done.sample - self.samples.start;
                    found.ends[own] = done.ends;
                    found.rejected[own] = done.rejected;
                    found.evaluations = found.evaluations.max(done.evaluations);
                }
                while place.is_none()
                    && let Some(sample) = waiting.next()
                {
                    *place = self.begin(sample, lane, &mut rooms);
                }
            }
            if lanes.iter().all(Option::is_none) {
                return Ok(found);
            }
            // SAFETY: as asked of the caller.
            unsafe {
                if lanes.iter().flatten().any(|walker| walker.fresh) {
                    self.first_slopes::<V, ROWS, WIDE>(&mut lanes, &mut rooms)?;
                }
                self.step::<V, ROWS, WIDE>(&mut lanes, &mut rooms)?;
            }
        }
    }
}

impl<T: Real> Search<'_, T> {
    fn rooms(&self) -> Rooms<T> {
        let (stages, channels) = (self.method.b.len(), self.network.channels);
        let zeros = |rows: usize| vec![T::default(); rows * GROUP];
        Rooms {
            z: zeros(self.network.hidden),
            slopes: zeros(stages * self.network.hidden),
            other: zeros(self.network.hidden),
            record: zeros(self.network.record_rows()),
            controls: zeros(stages * channels),
            own: vec![T::default(); stages * channels],
            lengths: [T::default(); GROUP],
        }
    }

    /// A sample at its start; none if it has nowhere to go.
    fn begin(&self, sample: usize, lane: usize, rooms: &mut Rooms<T>) -> Option<Walker> {
        let way = self.course.way(sample);
        let walker = Walker {
            sample,
            last_save: way.saves.last().copied().unwrap_or(way.start),
            whole: way.whole,
            at: Lane::new(way.start, way.end, way.stops),
            ends: Vec::new(),
            rejected: 0,
            evaluations: 0,
            probe: 0.0,
            fresh: true,
        };
        if walker.is_done() {
            return None;
        }
        let hidden = self.network.hidden;
        for (h, &z) in self.z0[sample * hidden..(sample + 1) * hidden]
            .iter()
            .enumerate()
        {
            rooms.z[h * GROUP + lane] = z;
        }
        Some(walker)
    }

    /// dX/dt of all lanes at nodes of a step of each.
    pub(super) fn controls(
        &self,
        lanes: &[Option<Walker>; GROUP],
        ends: impl Fn(&Walker) -> (f64, f64),
        nodes: &[f64],
        rooms: &mut Rooms<T>,
    ) {
        let own = &mut rooms.own[..nodes.len() * self.network.channels];
        for (lane, walker) in lanes.iter().enumerate() {
            match walker {
                Some(walker) => self.course.fill(walker.sample, ends(walker), nodes, own),
                None => own.fill(T::default()),
            }
            for (row, &x) in own.iter().enumerate() {
                rooms.controls[row * GROUP + lane] = x;
            }
        }
    }

    /// # Safety
    /// As of [`Job::run`].
    #[inline(always)]
    pub(super) unsafe fn evaluate<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        record: &mut [T],
        controls: &[T],
        to: &mut [T],
    ) {
        debug_assert!(to.len() >= self.network.hidden * GROUP);
        // SAFETY: as asked of the caller; the slices have the sizes asked for.
        unsafe {
            slope::<V, ROWS, WIDE>(
                self.network,
                record.as_mut_ptr(),
                controls.as_ptr(),
                to.as_mut_ptr(),
            );
        }
    }

    /// Tries one step of every lane.
    #[inline(always)]
    unsafe fn step<V: Vector<Item = T>, const ROWS: usize, const WIDE: usize>(
        &self,
        lanes: &mut [Option<Walker>; GROUP],
        rooms: &mut Rooms<T>,
    ) -> Result<(), KernelError> {
        let (state, channels) = (self.network.hidden * GROUP, self.network.channels * GROUP);
        let stages = self.method.b.len();
        self.controls(
            lanes,
            |walker| (walker.at.time, walker.at.next_step().1),
            self.method.c,
            rooms,
        );
        for (length, walker) in rooms.lengths.iter_mut().zip(&*lanes) {
            let own = walker
                .as_ref()
                .map_or(0.0, |walker| walker.at.next_step().0);
            *length = T::of(own);
        }
        for stage in 1..stages {
            let (before, own) = rooms.slopes.split_at_mut(stage * state);
            weighted(self.method.row(stage), before, &mut rooms.record[..state]);
            advance(&rooms.z, &rooms.lengths, &mut rooms.record[..state]);
            // SAFETY: as asked of the caller.
            unsafe {
                self.evaluate::<V, ROWS, WIDE>(
                    &mut rooms.record,
                    &rooms.controls[stage * channels..],
                    own,
                );
            }
        }
        // The last stage of a method that is first same as last lies at the end.
        let ends_there = self.method.row(stages - 1) == &self.method.b[..stages - 1]
            && self.method.b[stages - 1] == 0.0;
        if !ends_there {
            weighted(self.method.b, &rooms.slopes, &mut rooms.record[..state]);
            advance(&rooms.z, &rooms.lengths, &mut rooms.record[..state]);
        }
        weighted(self.tolerance.error, &rooms.slopes, &mut rooms.other);
        for (place, x) in rooms.other.iter_mut().enumerate() {
            *x = *x * rooms.lengths[place % GROUP];
        }
        let errors = self.tolerance.norms(
            self.network.hidden,
            &rooms.other,
            &rooms.z,
            &rooms.record[..state],
        );
        let last = (stages - 1) * state;
        for (lane, place) in lanes.iter_mut().enumerate() {
            let Some(walker) = place else { continue };
            let (length, to) = walker.at.next_step();
            walker.at.tried += 1;
            walker.evaluations += stages - 1;
            let (controller, order) = (&self.tolerance.controller, self.tolerance.order);
            match walker.at.judge(length, errors[lane], controller, order) {
                Judged::Accepted => {
                    for h in 0..self.network.hidden {
                        let at = h * GROUP + lane;
                        rooms.z[at] = rooms.record[at];
                        rooms.slopes[at] = rooms.slopes[last + at];
                    }
                    walker.ends.push(to);
                    let at_jump = walker.at.reach(to) && self.tolerance.jumps;
                    walker.fresh = at_jump || !ends_there;
                }
                Judged::Again => walker.rejected += 1,
                Judged::Stuck => {
                    return Err(
                        walker.error("time does not resolve the step that the error asks for")
                    );
                }
            }
            if walker.at.tried >= self.tolerance.max_steps && !walker.is_done() {
                return Err(walker.error("as many steps as are allowed were tried"));
            }
        }
        Ok(())
    }
}

/// Σ wⱼ kⱼ.
#[inline(always)]
fn weighted<T: Real>(weights: &[f64], slopes: &[T], to: &mut [T]) {
    to.fill(T::default());
    crate::fixed::add_weighted(weights, slopes, to);
}

/// z + h x, in the place of x; each lane has its h.
#[inline(always)]
fn advance<T: Real>(z: &[T], lengths: &[T; GROUP], x: &mut [T]) {
    let rows = z.chunks_exact(GROUP).zip(x.chunks_exact_mut(GROUP));
    for (z, x) in rows {
        for ((x, &z), &length) in x.iter_mut().zip(z).zip(lengths) {
            *x = z + *x * length;
        }
    }
}
