//! A part of a tachogram.

use super::Tachogram;

/// The intervals of a tachogram between two times: what measures are taken of.
///
/// It borrows the tachogram, so that a recording can be cut into any number of windows at no cost.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    tachogram: &'a Tachogram,
    first: usize,
    last: usize,
    start: f64,
    end: f64,
}

impl<'a> Window<'a> {
    pub(super) fn new(
        tachogram: &'a Tachogram,
        first: usize,
        last: usize,
        start: f64,
        end: f64,
    ) -> Window<'a> {
        Window {
            tachogram,
            first,
            last,
            start,
            end,
        }
    }

    /// When the window starts, in seconds.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// When it ends, in seconds.
    pub fn end(&self) -> f64 {
        self.end
    }

    /// The intervals, in seconds.
    pub fn intervals(&self) -> &'a [f64] {
        &self.tachogram.intervals[self.first..self.last]
    }

    /// When each interval ends, in seconds.
    pub fn times(&self) -> &'a [f64] {
        &self.tachogram.times[self.first..self.last]
    }

    /// Seconds from the first beat of the window to the last, breaks included.
    pub fn span(&self) -> f64 {
        match self.times().last() {
            Some(last) => last - self.tachogram.begins[self.first],
            None => 0.0,
        }
    }

    /// Each two adjacent intervals, in seconds. Those that a break parts are no pair.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + Clone + use<'a> {
        let adjacent = &self.tachogram.adjacent[self.first..self.last];
        self.intervals()
            .windows(2)
            .zip(adjacent.iter().skip(1))
            .filter(|(_, adjacent)| **adjacent)
            .map(|(pair, _)| (pair[0], pair[1]))
    }

    /// The runs of intervals that no break parts, each as a window from its first beat to its last.
    ///
    /// ```
    /// use pathema_physio::hrv::Tachogram;
    /// let tachogram = Tachogram::from_beat_times(&[0.0, 1.0, 2.0, f64::NAN, 5.0, 5.9])?;
    /// let stretches: Vec<_> = tachogram.whole().stretches().collect();
    /// assert_eq!(stretches.len(), 2);
    /// assert_eq!((stretches[0].start(), stretches[0].end()), (0.0, 2.0));
    /// assert_eq!(stretches[1].intervals().len(), 1);
    /// # Ok::<(), pathema_physio::hrv::TachogramError>(())
    /// ```
    pub fn stretches(&self) -> impl Iterator<Item = Window<'a>> + use<'a> {
        let Window {
            tachogram,
            first,
            last,
            ..
        } = *self;
        let mut next = first;
        std::iter::from_fn(move || {
            if next >= last {
                return None;
            }
            let from = next;
            next += 1;
            while next < last && tachogram.adjacent[next] {
                next += 1;
            }
            let (start, end) = (tachogram.begins[from], tachogram.times[next - 1]);
            Some(Window::new(tachogram, from, next, start, end))
        })
    }

    /// Index of the first interval within its tachogram.
    pub(super) fn first(&self) -> usize {
        self.first
    }
}
