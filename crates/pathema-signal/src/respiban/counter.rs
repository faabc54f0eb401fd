//! The counter of the samples, and what it tells of lost ones.

/// Follows a counter that wraps at a number that nobody says.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    last: Option<u32>,
    most: u32,
    /// Steps in which it stood still.
    pub(super) still: u64,
    /// Steps in which it moved.
    pub(super) moved: u64,
    /// Steps back that no wrap explains.
    pub(super) restarts: u64,
}

/// Where counters wrap.
const ROUNDS: [u32; 4] = [16, 256, 4096, 65536];

impl Counter {
    /// Takes in the next value, and says how many samples were lost before it.
    #[inline]
    pub(super) fn step(&mut self, value: u32) -> u64 {
        self.most = self.most.max(value);
        let Some(last) = self.last.replace(value) else {
            return 0;
        };
        self.moved += 1;
        if value == last.wrapping_add(1) {
            return 0;
        }
        self.leap(last, value)
    }

    #[cold]
    fn leap(&mut self, last: u32, value: u32) -> u64 {
        if value > last {
            return u64::from(value - last) - 1;
        }
        if value == last {
            self.moved -= 1;
            self.still += 1;
            return 0;
        }
        // The smallest round that holds all values so far.
        match ROUNDS.iter().find(|&&round| round > self.most) {
            Some(round) => u64::from(round - last + value) - 1,
            None => {
                self.restarts += 1;
                0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lost(values: &[u32]) -> (u64, Counter) {
        let mut counter = Counter::default();
        let lost = values.iter().map(|&value| counter.step(value)).sum();
        (lost, counter)
    }

    #[test]
    fn leaps_wraps_and_rests() {
        assert_eq!(lost(&[0, 1, 2, 5, 6]).0, 2);
        assert_eq!(lost(&[13, 14, 15, 0, 1]).0, 0);
        assert_eq!(lost(&[13, 14, 2, 3]).0, 3);
        assert_eq!(lost(&[254, 255, 0, 1]).0, 0);
        assert_eq!(lost(&[65534, 65535, 3]).0, 3);
        let (none, counter) = lost(&[7, 7, 7]);
        assert_eq!((none, counter.still, counter.moved), (0, 2, 0));
        let (none, counter) = lost(&[70_000, 70_001, 0]);
        assert_eq!((none, counter.restarts), (0, 1));
    }

    proptest! {
        #[test]
        fn any_losses_short_of_a_round_are_counted(
            round in prop::sample::select(&ROUNDS[..]),
            start in any::<u32>(),
            steps in prop::collection::vec(0u32..15, 1..200),
        ) {
            // After a whole round without loss, so that the counter has shown where it wraps.
            let mut values: Vec<u32> = (0..=round).map(|step| (start % round + step) % round).collect();
            let expected: u64 = steps.iter().map(|&step| u64::from(step)).sum();
            for step in steps {
                values.push((values[values.len() - 1] + 1 + step) % round);
            }
            prop_assert_eq!(lost(&values).0, expected);
        }
    }
}
