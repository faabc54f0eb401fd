//! From samples to maxima of energy: scaling, the filters, and which maxima stand alone.

use super::cascade::{BITS, Cascade, Design, LARGEST};
use super::thresholds::Candidate;

/// Reads an ECG from one sample on, group by group, and tells of each maximum of energy that no other within 200 ms
/// exceeds.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// The sample it starts at, counted from the start of the stream.
    origin: u64,
    scale: Scale,
    cascade: Cascade,
    /// Groups read.
    groups: usize,
    last_value: i64,
    maxima: Maxima,
    /// The latest magnitudes of the band-passed signal and of its slope, at the group's number modulo the length.
    bands: Box<[i64]>,
    slopes: Box<[i64]>,
}

impl Scan {
    /// Starts at the sample `origin`, with the scale that suits `learning`, what comes from there on.
    pub(super) fn new(origin: u64, learning: &[f64], design: &Design) -> Scan {
        let kept = design.certain.next_power_of_two();
        Scan {
            origin,
            scale: Scale::new(learning, design.group),
            cascade: Cascade::new(design),
            groups: 0,
            last_value: 0,
            maxima: Maxima::new(design.refractory),
            bands: vec![0; kept].into(),
            slopes: vec![0; kept].into(),
        }
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// The first sample that has not been read.
    pub(super) fn next(&self, design: &Design) -> u64 {
        self.origin + (self.groups * design.group) as u64
    }

    /// All waves before this sample have been told of.
    #[inline]
    pub(super) fn horizon(&self, design: &Design) -> u64 {
        let known = self.groups.saturating_sub(design.certain);
        self.origin + (known * design.group) as u64
    }

    /// The exponent of 2 by which samples are scaled.
    pub(super) fn exponent(&self) -> i32 {
        self.scale.exponent
    }

    /// The energy and the band-passed magnitude at the latest group.
    pub(super) fn latest(&self) -> (i64, i64) {
        let at = self.groups.wrapping_sub(1) & (self.bands.len() - 1);
        (self.maxima.previous, self.bands[at])
    }

    /// Reads one group of samples.
    #[inline]
    pub(super) fn read(&mut self, group: &[f64], design: &Design) -> Option<Candidate> {
        let value = self.scale.apply(group);
        self.push(value, design)
    }

    /// Reads on as if the last group repeated.
    pub(super) fn repeat(&mut self, design: &Design) -> Option<Candidate> {
        self.push(self.last_value, design)
    }

    #[inline]
    fn push(&mut self, value: i64, design: &Design) -> Option<Candidate> {
        self.last_value = value;
        let filtered = self.cascade.push(value);
        let at = self.groups & (self.bands.len() - 1);
        self.bands[at] = filtered.band;
        self.slopes[at] = filtered.slope;
        let group = self.groups;
        self.groups += 1;
        let (top, energy) = self.maxima.push(group, filtered.energy)?;
        Some(self.candidate(top, energy, design))
    }

    #[cold]
    fn candidate(&self, top: usize, energy: i64, design: &Design) -> Candidate {
        let mask = self.bands.len() - 1;
        let [far, near] = design.wave_before_energy();
        let first = top.saturating_sub(far);
        // The first of equals: a number past the last group would depend on nothing that was read.
        let (mut wave, mut band) = (first, 0);
        for group in first..=top.saturating_sub(near) {
            if self.bands[group & mask] > band {
                (wave, band) = (group, self.bands[group & mask]);
            }
        }
        let slope = (top.saturating_sub(design.window - 1)..=top)
            .map(|group| self.slopes[group & mask])
            .max()
            .unwrap_or(0);
        let middle = wave.saturating_sub(design.delay) * design.group + (design.group - 1) / 2;
        Candidate {
            centre: self.origin + middle as u64,
            energy: energy as f64,
            band: band as f64,
            slope: slope as f64,
        }
    }
}

/// Maxima that no value within `distance` exceeds. After each, the next begins where the values rise again.
#[derive(Clone, Debug)]
struct Maxima {
    distance: usize,
    best: Option<(usize, i64)>,
    previous: i64,
}

impl Maxima {
    fn new(distance: usize) -> Maxima {
        Maxima {
            distance,
            best: None,
            previous: 0,
        }
    }

    #[inline]
    fn push(&mut self, index: usize, value: i64) -> Option<(usize, i64)> {
        let risen = value > self.previous;
        self.previous = value;
        match self.best {
            Some((_, top)) if value > top => self.best = Some((index, value)),
            Some((at, _)) if index - at >= self.distance => return self.best.take(),
            None if risen => self.best = Some((index, value)),
            _ => {}
        }
        None
    }
}

/// Scales samples to integers by a power of two, after taking away the first of them.
#[derive(Clone, Debug)]
struct Scale {
    exponent: i32,
    /// The power of two in two factors, since one alone may be beyond what a number can hold.
    first: f64,
    second: f64,
    /// What is taken away, for a whole group, times the first factor.
    offset: f64,
}

impl Scale {
    fn new(learning: &[f64], group: usize) -> Scale {
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for &value in learning {
            lowest = lowest.min(value);
            highest = highest.max(value);
        }
        // Half of the range, since the whole may overflow.
        let half = 0.5 * highest - 0.5 * lowest;
        let exponent = BITS - 2 - ((half.to_bits() >> 52) as i32 - 1023);
        let first = power_of_two(exponent / 2);
        Scale {
            exponent,
            first,
            second: power_of_two(exponent - exponent / 2) / group as f64,
            offset: learning.first().copied().unwrap_or(0.0) * first * group as f64,
        }
    }

    #[inline]
    fn apply(&self, group: &[f64]) -> i64 {
        let sum: f64 = group.iter().map(|value| value * self.first).sum();
        let mean = (sum - self.offset) * self.second;
        mean.clamp(-LARGEST, LARGEST) as i64
    }
}

/// 2 to the power of `exponent`, from −1022 to 1023.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_near_maxima_the_higher_is_told_of() {
        #[track_caller]
        fn check(values: &[i64], expected: &[usize]) {
            let mut maxima = Maxima::new(3);
            let found: Vec<usize> = values
                .iter()
                .chain(&[0; 4])
                .enumerate()
                .filter_map(|(index, &value)| maxima.push(index, value))
                .map(|(at, _)| at)
                .collect();
            assert_eq!(found, expected, "{values:?}");
        }
        check(&[], &[]);
        check(&[0, 5, 0], &[1]);
        check(&[0, 5, 0, 6, 0], &[3]);
        check(&[0, 6, 0, 5, 0], &[1]);
        check(&[0, 5, 0, 0, 0, 6, 0], &[1, 5]);
        // The tail of a maximum is none.
        check(&[0, 9, 8, 7, 6, 5, 4, 3, 2, 1], &[1]);
        check(&[4, 4, 4, 4, 4, 4], &[0]);
    }

    #[test]
    fn any_range_is_scaled_to_the_same_size() {
        for size in [5e-324, 1e-300, 1e-3, 1.0, 1e5, 1e300, f64::MAX] {
            let learning = [-0.5 * size, 0.25 * size, 0.5 * size];
            let scale = Scale::new(&learning, 1);
            let value = scale.apply(&[0.5 * size]).unsigned_abs();
            assert!(value < 1 << BITS, "{size}: {value}");
            assert!(size < 1e-310 || value >= 1 << (BITS - 2), "{size}: {value}");
        }
    }
}
