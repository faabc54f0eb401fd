use crate::error::KernelError;

/// The controls that drive the samples of a batch.
pub trait Drive<T>: Sync {
    /// Steps of the sample that takes the most.
    fn steps(&self) -> usize;

    /// Steps of a sample; samples with about as many are worked on together.
    fn steps_of(&self, _sample: usize) -> usize {
        self.steps()
    }

    /// Whether controls hold areas too: after the increments the words of length two of a log-signature, `[channels ·
    /// channels]`, the first channel's first. A step then is one of the log-ODE method of depth 2 (Morrill et al. 2021,
    /// *Neural rough differential equations*).
    fn has_areas(&self) -> bool {
        false
    }

    /// Puts dX/dt times the step's length, at nodes of the step (0 its start, 1 its end), or the increment over it, in
    /// `controls`, `[nodes, channels]` (with areas `[nodes, channels + channels²]`). Zero where the sample stands still, and after its last step.
    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [T]);
}

/// At which points of its way each sample is saved: point k lies before step k, the last after all of them.
#[derive(Clone, Debug)]
pub struct Saves {
    pub(crate) points: Vec<usize>,
    /// How far into the step that begins there, from 0 to below 1; none if all are 0.
    thetas: Vec<f64>,
    pub(crate) slots: usize,
}

impl Saves {
    /// From `[batch, slots]` points, for each sample none before the one in the slot before.
    pub fn new(points: Vec<usize>, slots: usize) -> Saves {
        Saves {
            points,
            thetas: Vec::new(),
            slots,
        }
    }

    /// As [`new`](Self::new), each so far into the step that begins at its point, from 0 to below 1: by the method's
    /// [`dense`](crate::Method::dense) weights.
    pub fn inside(points: Vec<usize>, thetas: Vec<f64>, slots: usize) -> Saves {
        let none = thetas.iter().all(|&theta| theta == 0.0);
        Saves {
            points,
            thetas: if none { Vec::new() } else { thetas },
            slots,
        }
    }

    /// States saved of each sample.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Whether some state is saved inside a step.
    pub fn are_inside(&self) -> bool {
        !self.thetas.is_empty()
    }

    /// # Errors
    /// [`KernelError::Point`] where a sample does not come to a point.
    pub(crate) fn check<T>(&self, drive: &dyn Drive<T>) -> Result<(), KernelError> {
        if self.are_inside() {
            let (thetas, points) = (self.thetas.len(), self.points.len());
            KernelError::unless_fits("how far into steps to save at", thetas, points)?;
        }
        for (sample, points) in self.points.chunks(self.slots.max(1)).enumerate() {
            let (mut before, steps) = (0, drive.steps_of(sample));
            for (slot, &point) in points.iter().enumerate() {
                let theta = self.theta(sample, slot);
                let last = point == steps && theta > 0.0;
                if point < before || point > steps || last || !(0.0..1.0).contains(&theta) {
                    return Err(KernelError::Point {
                        sample,
                        point: point as f64 + theta,
                        steps,
                    });
                }
                before = point;
            }
        }
        Ok(())
    }

    /// The slots of a sample saved at a point.
    pub(crate) fn at(&self, sample: usize, point: usize) -> impl Iterator<Item = usize> {
        self.of(sample, point)
            .filter(move |&slot| self.theta(sample, slot) == 0.0)
    }

    /// The slots of a sample saved inside a step, and how far into it.
    pub(crate) fn inside_of(
        &self,
        sample: usize,
        step: usize,
    ) -> impl Iterator<Item = (usize, f64)> {
        let slots = if self.are_inside() {
            self.of(sample, step)
        } else {
            0..0
        };
        slots
            .map(move |slot| (slot, self.theta(sample, slot)))
            .filter(|&(_, theta)| theta > 0.0)
    }

    fn of(&self, sample: usize, point: usize) -> std::ops::Range<usize> {
        let own = &self.points[sample * self.slots..(sample + 1) * self.slots];
        own.partition_point(|&own| own < point)..own.partition_point(|&own| own <= point)
    }

    fn theta(&self, sample: usize, slot: usize) -> f64 {
        let theta = self.thetas.get(sample * self.slots + slot);
        theta.copied().unwrap_or(0.0)
    }
}
