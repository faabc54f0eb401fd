//! Reads the reference numbers that `golden/make.py` wrote.

/// Each line's name and numbers.
pub(crate) fn read(text: &str) -> Vec<(&str, Vec<f64>)> {
    text.lines()
        .map(|line| {
            let (name, values) = line.split_once(": ").unwrap();
            (
                name,
                values.split(' ').map(|v| v.parse().unwrap()).collect(),
            )
        })
        .collect()
}
