//! What was compared, and what of it is off.

use std::fmt::Debug;

use tch::Tensor;

#[derive(Default)]
pub(crate) struct Tally {
    checked: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Numbers, each within `allowed` of what is expected, relative to 1 + its size.
    pub(crate) fn close(&mut self, name: &str, found: &Tensor, expected: &[f64], allowed: f64) {
        self.within(name, distance(&numbers(found), expected), allowed);
    }

    pub(crate) fn within(&mut self, name: &str, found: f64, allowed: f64) {
        self.checked += 1;
        // Not a number is within nothing.
        if found.is_nan() || found > allowed {
            self.wrong.push(format!("{name}: {found:e} > {allowed:e}"));
        }
    }

    pub(crate) fn same<T: PartialEq + Debug>(&mut self, name: &str, found: T, expected: T) {
        self.checked += 1;
        if found != expected {
            self.wrong
                .push(format!("{name}: {found:?}, theirs {expected:?}"));
        }
    }

    /// Names all that is off. So many comparisons there must have been, lest a filter let records fall unseen.
    #[track_caller]
    pub(crate) fn finish(self, checked: usize) {
        let wrong = self.wrong;
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            self.checked,
            wrong.join("\n")
        );
        assert_eq!(self.checked, checked, "comparisons");
    }
}

pub(crate) fn numbers(x: &Tensor) -> Vec<f64> {
    Vec::try_from(x.detach().flatten(0, -1)).unwrap()
}

/// The largest difference relative to 1 + the size of what is expected.
pub(crate) fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let differences = found
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs() / (1.0 + b.abs()));
    // f64::max would pass over what is not a number.
    differences.fold(0.0, |most: f64, next| {
        if most.is_nan() || most >= next {
            most
        } else {
            next
        }
    })
}

#[test]
fn a_distance_does_not_overlook_nan() {
    assert!(distance(&[f64::NAN, 0.0], &[0.0, 1.0]).is_nan());
    assert_eq!(distance(&[1.0, 3.0], &[1.0, 1.0]), 1.0);
}
