//! Reads the reference numbers that the scripts in `golden` wrote, and compares with them.

use pathema_physio::filter::Window;

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

/// The window of that name.
pub(crate) fn window(name: &str) -> Window {
    match name {
        "rectangular" => Window::Rectangular,
        "hann" => Window::Hann,
        "hamming" => Window::Hamming,
        "blackman" => Window::Blackman,
        "kaiser" => Window::Kaiser(8.5),
        _ => panic!("{name}"),
    }
}

/// The largest error so far, relative to the scale of what was compared.
#[derive(Default)]
pub(crate) struct Worst {
    error: f64,
    at: String,
    pub(crate) compared: usize,
}

impl Worst {
    /// Asserts that two arrays agree to 1e-10 of the largest expected value, or of `at_least` if that is larger.
    #[track_caller]
    pub(crate) fn compare(&mut self, name: &str, ours: &[f64], expected: &[f64], at_least: f64) {
        assert_eq!(ours.len(), expected.len(), "{name}");
        let scale = expected.iter().fold(at_least, |a, b| a.max(b.abs()));
        for (index, (ours, expected)) in ours.iter().zip(expected).enumerate() {
            let error = (ours - expected).abs() / scale;
            assert!(error < 1e-10, "{name}, {index}: {ours} is not {expected}");
            if error > self.error {
                self.error = error;
                self.at = name.to_owned();
            }
        }
        self.compared += 1;
    }

    pub(crate) fn report(&self, what: &str) {
        let Worst {
            error,
            at,
            compared,
        } = self;
        eprintln!("{what}: {compared} arrays, largest error {error:.1e} ({at})");
    }
}
