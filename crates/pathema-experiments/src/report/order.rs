//! The order in which people expect names that hold numbers.

use std::cmp::Ordering;

/// Compares names so that S2 comes before S10: runs of digits by value, the rest by character.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (x, x_rest) = split(left);
        let (y, y_rest) = split(right);
        let order = match (is_number(x), is_number(y)) {
            (true, true) => {
                // By length, then by digit: names may hold more digits than any integer type.
                let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
            _ => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
        if x_rest.is_empty() || y_rest.is_empty() {
            // Equal so far, as S02 and S2 are: any fixed order will do.
            return x_rest.len().cmp(&y_rest.len()).then_with(|| a.cmp(b));
        }
        (left, right) = (x_rest, y_rest);
    }
}

/// The first run of digits or of other characters, and what follows it.
fn split(name: &str) -> (&str, &str) {
    let number = is_number(name);
    let end = name
        .find(|c: char| c.is_ascii_digit() != number)
        .unwrap_or(name.len());
    name.split_at(end)
}

fn is_number(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_by_value() {
        let mut names = [
            "S10", "S2", "S17", "S9", "", "P1-2", "P1-10", "S", "S02", "10", "9",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "", "9", "10", "P1-2", "P1-10", "S", "S02", "S2", "S9", "S10", "S17"
            ]
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[S0-2é-]{0,6}", b in "[S0-2é-]{0,6}", c in "[S0-2é-]{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b) == Ordering::Equal, a == b);
            if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
                prop_assert!(natural(&a, &c).is_le());
            }
        }
    }
}
