use super::{Controller, Errors};

/// Where a solve with steps of its own stands. Times increase in the direction of the solve.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Times at which a step has to end, increasing.
    stops: Vec<f64>,
    next_stop: usize,
    end: f64,
    /// How far it is.
    pub time: f64,
    /// The step that the error asks for, remembered when a stop cuts it short.
    pub natural: f64,
    /// Steps tried so far.
    pub tried: usize,
    past: Errors,
}

impl Lane {
    /// Before the first step, whose length is yet to be chosen.
    pub fn new(start: f64, end: f64, stops: Vec<f64>) -> Lane {
        let next_stop = stops.partition_point(|&stop| stop <= start);
        Lane {
            stops,
            next_stop,
            end,
            time: start,
            natural: 0.0,
            tried: 0,
            past: Errors::NONE,
        }
    }

    /// The last time.
    pub fn end(&self) -> f64 {
        self.end
    }

    /// Where the next step ends at the latest.
    pub fn stop(&self) -> f64 {
        let stop = self.stops.get(self.next_stop).copied();
        stop.unwrap_or(self.end).min(self.end)
    }

    /// How far the next step goes, and to what time.
    pub fn next_step(&self) -> (f64, f64) {
        let stop = self.stop();
        if self.time + self.natural >= stop {
            (stop - self.time, stop)
        } else {
            (self.natural, self.time + self.natural)
        }
    }

    /// Chooses the next step by the error of one that was tried, which is accepted up to an error of 1: whether it was, and
    /// if not, whether time resolves the shorter one.
    pub fn judge(
        &mut self,
        length: f64,
        error: f64,
        controller: &Controller,
        order: u32,
    ) -> Judged {
        // Not a number is no error that could be accepted.
        let accepted = error <= 1.0;
        let factor = controller.factor(error, accepted, order, &mut self.past);
        if !accepted {
            return if self.shrink(length * factor) {
                Judged::Again
            } else {
                Judged::Stuck
            };
        }
        // The step that the error asks for is remembered when a stop has cut it short.
        let cut_short = length < self.natural;
        let asked = length * factor;
        self.natural = if cut_short {
            self.natural.max(asked)
        } else {
            asked
        };
        Judged::Accepted
    }

    /// Makes the next step another; whether time resolves it.
    pub fn shrink(&mut self, natural: f64) -> bool {
        self.natural = natural;
        self.time + natural > self.time + 4.0 * f64::EPSILON * self.time.abs()
    }

    /// Moves on; whether a stop was reached, after which the slope may be another.
    pub fn reach(&mut self, time: f64) -> bool {
        self.time = time;
        let before = self.next_stop;
        while self
            .stops
            .get(self.next_stop)
            .is_some_and(|&stop| stop <= time)
        {
            self.next_stop += 1;
        }
        self.next_stop > before
    }
}

/// What becomes of a step that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is kept.
    Accepted,
    /// It is taken back, and a shorter one tried.
    Again,
    /// It is taken back, and none that time resolves is short enough.
    Stuck,
}
