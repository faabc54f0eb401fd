//! Rows of a series while it is made.

use pathema_experiments::data::Track;

/// Rows of a few channels at increasing times.
#[derive(Debug)]
pub(super) struct Rows {
    channels: &'static [&'static str],
    times: Vec<f64>,
    values: Vec<f64>,
}

impl Rows {
    pub(super) fn new(channels: &'static [&'static str]) -> Rows {
        Rows {
            channels,
            times: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds values of the channels from `first` on, the others NaN: to the row of that time, if it is the last one, else to a new
    /// one. Nothing is added where all are NaN, nor where the time is before the last row's.
    pub(super) fn push(&mut self, time: f64, first: usize, values: &[f64]) {
        if values.iter().all(|value| value.is_nan()) {
            return;
        }
        let width = self.channels.len();
        match self.times.last() {
            Some(&last) if time < last => return,
            Some(&last) if time == last => {}
            _ => {
                self.times.push(time);
                self.values.resize(self.times.len() * width, f64::NAN);
            }
        }
        let row = self.values.len() - width;
        self.values[row + first..row + first + values.len()].copy_from_slice(values);
    }

    /// Two series of different channels, merged in the order of time: the channels of `b` come after those of `a`.
    pub(super) fn merge<const A: usize, const B: usize>(
        mut self,
        a: &[(f64, [f64; A])],
        b: &[(f64, [f64; B])],
    ) -> Track {
        let mut later = b.iter().peekable();
        for (time, values) in a {
            while let Some((earlier, values)) = later.next_if(|(other, _)| other < time) {
                self.push(*earlier, A, values);
            }
            self.push(*time, 0, values);
        }
        for (time, values) in later {
            self.push(*time, A, values);
        }
        self.track()
    }

    /// The one place in which tracks are made.
    pub(super) fn track(self) -> Track {
        Track::new(self.times, self.values, self.channels)
    }
}
