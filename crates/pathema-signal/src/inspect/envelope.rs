use serde::Serialize;

/// The outline of a signal: its least and greatest value over equal stretches of time, whatever its length.
///
/// The stretches double when there would be more than [`STRETCHES`](Envelope::STRETCHES), so that the length need not be
/// known beforehand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Envelope {
    /// Seconds of a stretch.
    pub step: f64,
    /// From time 0 on; `None` where there was no value.
    pub extents: Vec<Option<Extent>>,
}

/// The least and the greatest value of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extent {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Envelope {
    /// The most stretches.
    pub const STRETCHES: usize = 1024;

    /// An outline of nothing, to begin with stretches of `step` seconds, above 0.
    ///
    /// ```
    /// use pathema_signal::inspect::Envelope;
    /// let mut outline = Envelope::new(1.0);
    /// for second in 0..5000 {
    ///     outline.add(f64::from(second), f64::from(second % 7));
    /// }
    /// assert_eq!((outline.step, outline.extents.len()), (8.0, 625));
    /// ```
    pub fn new(step: f64) -> Envelope {
        Envelope {
            step,
            extents: Vec::new(),
        }
    }

    /// Takes in a value at a time in seconds; one that is not finite or before time 0 is passed over.
    pub fn add(&mut self, time: f64, value: f64) {
        if !(time >= 0.0 && time.is_finite() && value.is_finite()) {
            return;
        }
        while time >= self.step * Envelope::STRETCHES as f64 {
            self.halve();
        }
        let index = (time / self.step) as usize;
        if index >= self.extents.len() {
            self.extents.resize(index + 1, None);
        }
        let extent = self.extents[index].get_or_insert(Extent {
            low: value,
            high: value,
        });
        extent.low = extent.low.min(value);
        extent.high = extent.high.max(value);
    }

    fn halve(&mut self) {
        self.step *= 2.0;
        let join = |pair: &[Option<Extent>]| {
            pair.iter().flatten().copied().reduce(|a, b| Extent {
                low: a.low.min(b.low),
                high: a.high.max(b.high),
            })
        };
        self.extents = self.extents.chunks(2).map(join).collect();
    }
}
