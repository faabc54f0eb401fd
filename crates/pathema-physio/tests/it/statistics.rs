//! Statistics against NumPy and SciPy, and windows of one signal against its slices.

use pathema_physio::statistics::{
    Moments, SlidingMoments, SlidingQuantiles, absolute_integral, kurtosis, max, mean, median, min,
    percentile, range, root_mean_square, skewness, slope, std,
};
use pathema_physio::{Undefined, Value};
use proptest::prelude::*;

use crate::golden;

const NAN: f64 = f64::NAN;
const RATE: f64 = 4.0;

#[test]
fn agree_with_numpy_and_scipy() {
    let lines = golden::read(include_str!("golden/windows.txt"));
    let of = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1;
    let signal = of("signal");
    let moments = Moments::of(signal);
    #[track_caller]
    fn check(ours: Value, reference: &[f64]) {
        let ours = ours.unwrap();
        assert!(
            (ours - reference[0]).abs() < 1e-12 * reference[0].abs().max(1.0),
            "{ours} is not {reference:?}"
        );
    }
    check(mean(signal), of("mean"));
    check(moments.mean(), of("mean"));
    check(std(signal), of("std"));
    check(moments.std(), of("std"));
    check(min(signal), of("min"));
    check(moments.min(), of("min"));
    check(max(signal), of("max"));
    check(moments.max(), of("max"));
    check(range(signal), of("range"));
    check(moments.range(), of("range"));
    check(root_mean_square(signal), of("rms"));
    check(moments.root_mean_square(), of("rms"));
    check(slope(signal, RATE), of("slope"));
    check(moments.slope(RATE), of("slope"));
    check(skewness(signal), of("skewness"));
    check(kurtosis(signal), of("kurtosis"));
    let quantiles = SlidingQuantiles::new(signal);
    for (percent, value) in of("percents").iter().zip(of("percentiles")) {
        check(percentile(signal, *percent), &[*value]);
        check(quantiles.percentile(0..signal.len(), *percent), &[*value]);
    }
}

#[test]
fn undefined_values_say_why() {
    #[track_caller]
    fn check(value: Value, message: &str) {
        assert_eq!(value.unwrap_err().to_string(), message);
    }
    check(mean(&[]), "0 samples are too few: it takes 1");
    check(std(&[1.0]), "1 samples are too few: it takes 2");
    check(
        min(&[NAN, f64::INFINITY]),
        "0 samples are too few: it takes 1",
    );
    check(range(&[1e101]), "0 samples are too few: it takes 1");
    check(slope(&[1.0, NAN], 4.0), "1 samples are too few: it takes 2");
    check(skewness(&[2.0; 9]), "the samples do not vary");
    check(kurtosis(&[0.1; 9]), "the samples do not vary");
    check(median(&[NAN; 3]), "0 samples are too few: it takes 1");
    check(
        percentile(&[1.0], NAN),
        "there is no percentile outside 0–100",
    );
    check(
        percentile(&[1.0], -1.0),
        "there is no percentile outside 0–100",
    );
    for rate in [0.0, -1.0, NAN, f64::INFINITY] {
        let refused = |value: Value| assert!(matches!(value, Err(Undefined::Rate { .. })));
        refused(slope(&[1.0, 2.0], rate));
        refused(absolute_integral(&[1.0, 2.0], rate));
        refused(Moments::of(&[1.0, 2.0]).slope(rate));
        refused(Moments::of(&[1.0, 2.0]).absolute_integral(rate));
    }
    let sliding = SlidingMoments::new(&[1.0, 2.0][..]);
    check(
        sliding.window(5..9).mean(),
        "0 samples are too few: it takes 1",
    );
    let quantiles = SlidingQuantiles::new(&[]);
    check(quantiles.median(0..9), "0 samples are too few: it takes 1");
}

#[test]
fn a_window_beyond_the_end_is_partly_missing() {
    let signal = [1.0; 100];
    let sliding = SlidingMoments::new(&signal[..]);
    assert_eq!(sliding.window(60..140).coverage(), 0.5);
    assert_eq!(sliding.window(60..140).absolute_integral(1.0), Ok(80.0));
    assert_eq!(sliding.window(200..300).len(), 100);
    assert_eq!(sliding.window(0..usize::MAX).count(), 100);
    #[expect(clippy::reversed_empty_ranges, reason = "what a careless caller gives")]
    let reversed = sliding.window(80..20);
    assert!(reversed.is_empty());
}

/// A burst, and large values before the window, leave nothing behind.
#[test]
fn nothing_drifts_along_a_recording() {
    let mut signal = vec![1e9; 200_000];
    for (index, value) in signal.iter_mut().enumerate().skip(100_000) {
        *value = 33.0 + 1e-3 * (0.7 * index as f64).sin();
    }
    let sliding = SlidingMoments::new(&signal);
    for first in [100_000, 123_457, 199_000] {
        let window = first..first + 977;
        let plain = std(&signal[window.clone()]).unwrap();
        assert!((sliding.window(window).std().unwrap() - plain).abs() < 1e-14);
    }
    assert_eq!(sliding.window(5..99_000).std(), Ok(0.0));
    assert_eq!(sliding.window(5..99_000).slope(1.0), Ok(0.0));
}

fn samples() -> impl Strategy<Value = Vec<f64>> {
    let sample = prop_oneof![
        8 => -1.0..1.0f64,
        2 => (-3i32..4).prop_map(f64::from),
        2 => Just(NAN),
    ];
    (
        prop::collection::vec(sample, 0..400),
        -1e4..1e4f64,
        -6.0..6.0f64,
    )
        .prop_map(|(mut samples, offset, gain)| {
            let gain = 10f64.powf(gain);
            samples
                .iter_mut()
                .for_each(|value| *value = gain * (*value + offset));
            samples
        })
}

proptest! {
    #[test]
    fn windows_are_slices(signal in samples(), first in 0usize..400, length in 0usize..400) {
        let first = first.min(signal.len());
        let window = first..(first + length).min(signal.len());
        let slice = &signal[window.clone()];
        let scale = slice.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let moments = SlidingMoments::new(&signal).window(window.clone());
        let alike = |ours: Value, plain: Value| match (ours, plain) {
            (Ok(ours), Ok(plain)) => (ours - plain).abs() <= 1e-10 * scale,
            (ours, plain) => ours == plain,
        };
        prop_assert!(alike(moments.mean(), mean(slice)));
        prop_assert!(alike(moments.std(), std(slice)));
        prop_assert!(alike(moments.slope(RATE), slope(slice, RATE)));
        prop_assert!(alike(moments.root_mean_square(), root_mean_square(slice)));
        prop_assert!(alike(
            moments.absolute_integral(RATE).map(|value| value / slice.len() as f64),
            absolute_integral(slice, RATE).map(|value| value / slice.len() as f64),
        ));
        prop_assert_eq!(moments.min(), min(slice));
        prop_assert_eq!(moments.max(), max(slice));
        prop_assert_eq!(moments.range(), range(slice));
        prop_assert_eq!(moments.len(), slice.len());
        prop_assert_eq!(moments.count(), slice.iter().filter(|value| !value.is_nan()).count());
    }

    #[test]
    fn quantiles_of_windows_are_those_of_slices(
        signal in samples(),
        first in 0usize..400,
        length in 0usize..400,
        percent in 0.0..=100.0f64,
    ) {
        let first = first.min(signal.len());
        let window = first..(first + length).min(signal.len());
        let quantiles = SlidingQuantiles::new(&signal);
        let slice = &signal[window.clone()];
        prop_assert_eq!(quantiles.percentile(window.clone(), percent), percentile(slice, percent));
        prop_assert_eq!(quantiles.percentile(window.clone(), 0.0), min(slice));
        prop_assert_eq!(quantiles.percentile(window.clone(), 100.0), max(slice));
        prop_assert_eq!(quantiles.median(window), median(slice));
    }

    #[test]
    fn merging_is_joining(signal in samples(), cut in 0usize..400) {
        let cut = cut.min(signal.len());
        let merged = Moments::of(&signal[..cut]).merge(Moments::of(&signal[cut..]));
        let whole = Moments::of(&signal);
        prop_assert_eq!(merged.count(), whole.count());
        let scale = signal.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        if let (Ok(merged), Ok(whole)) = (merged.slope(1.0), whole.slope(1.0)) {
            prop_assert!((merged - whole).abs() <= 1e-10 * scale);
        }
    }

    #[test]
    fn any_samples_give_a_number_or_a_reason(signal in prop::collection::vec(any::<f64>(), 0..40), rate in any::<f64>()) {
        let moments = Moments::of(&signal);
        let values = [
            mean(&signal), std(&signal), min(&signal), max(&signal), range(&signal), median(&signal),
            root_mean_square(&signal), skewness(&signal), kurtosis(&signal), slope(&signal, rate),
            absolute_integral(&signal, rate), moments.mean(), moments.std(), moments.slope(rate),
            moments.absolute_integral(rate), moments.root_mean_square(),
            SlidingQuantiles::new(&signal).percentile(0..signal.len(), 12.5),
        ];
        for value in values {
            prop_assert!(!value.is_ok_and(f64::is_nan), "{:?}", values);
        }
    }
}
