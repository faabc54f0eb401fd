//! Spectra against SciPy and statsmodels, at gaps, by their laws, and at what they must refuse.

use pathema_physio::Undefined;
use pathema_physio::spectrum::{
    AutoregressionMethod, Detrend, LombScargle, Normalisation, Spectrum, SpectrumError, Welch,
    WelchPlan, Window, autoregressive, lomb_scargle, periodogram, welch,
};
use proptest::prelude::*;

use crate::golden;

const NAN: f64 = f64::NAN;

fn detrend(name: &str) -> Detrend {
    match name {
        "none" => Detrend::None,
        "constant" => Detrend::Constant,
        "linear" => Detrend::Linear,
        _ => panic!("{name}"),
    }
}

#[test]
fn agrees_with_scipy_and_statsmodels() {
    let lines = golden::read(include_str!("golden/spectrum.txt"));
    let array = |name: &str| &lines.iter().find(|line| line.0 == name).unwrap().1[..];
    let walk = array("walk");
    let mut worst = golden::Worst::default();
    for (name, expected) in &lines {
        let words: Vec<&str> = name.split(' ').collect();
        let count = |index: usize| words[index].parse::<usize>().unwrap();
        let rate = |index: usize| words[index].parse::<f64>().unwrap();
        let ours = match words[0] {
            "welch" => {
                let settings = Welch {
                    segment: count(3),
                    overlap: count(4),
                    transform: Some(count(5)),
                    window: golden::window(words[1]),
                    detrend: detrend(words[2]),
                };
                welch(walk, rate(6), &settings).unwrap().density
            }
            "periodogram" => {
                let walk = &walk[..count(3)];
                let (window, detrend) = (golden::window(words[1]), detrend(words[2]));
                periodogram(walk, rate(4), window, detrend).unwrap().density
            }
            "lomb" => {
                let settings = LombScargle {
                    normalisation: match words[2] {
                        "power" => Normalisation::Power,
                        _ => Normalisation::Explained,
                    },
                    floating_mean: words[3] == "True",
                };
                let frequencies = array(&format!("frequencies {}", words[1]));
                let spectrum =
                    lomb_scargle(array("times"), array("values"), frequencies, &settings);
                spectrum.unwrap().density
            }
            "burg" | "yule-walker" => {
                let method = match words[0] {
                    "burg" => AutoregressionMethod::Burg,
                    _ => AutoregressionMethod::YuleWalker,
                };
                let fitted = autoregressive(walk, 1.0, count(1), method).unwrap();
                [&[fitted.variance], &fitted.coefficients[..]].concat()
            }
            _ => continue,
        };
        worst.compare(name, &ours, expected, f64::MIN_POSITIVE);
    }
    assert_eq!(worst.compared, 6 + 4 + 8 + 8);
    worst.report("spectra");
}

#[test]
fn segments_with_gaps_are_left_out() {
    let signal: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37)).collect();
    let settings = Welch::of(20);
    let mut plan = WelchPlan::new(4.0, &settings).unwrap();
    let mut spectrum = Spectrum::default();
    assert_eq!(plan.estimate(&signal, &mut spectrum), Ok(9));
    let mut broken = signal.clone();
    broken[50] = NAN;
    broken[99] = f64::INFINITY;
    // Segments start at 0, 10, …, 80: those at 40 and 50 hold sample 50, that at 80 the last one.
    assert_eq!(plan.estimate(&broken, &mut spectrum), Ok(6));
    let mut mean = vec![0.0; 11];
    for start in [0, 10, 20, 30, 60, 70] {
        let part = welch(&signal[start..start + 20], 4.0, &settings).unwrap();
        mean.iter_mut()
            .zip(part.density)
            .for_each(|(sum, value)| *sum += value / 6.0);
    }
    for (ours, mean) in spectrum.density.iter().zip(&mean) {
        assert!((ours - mean).abs() < 1e-12 * mean);
    }
}

#[test]
fn without_a_whole_segment_there_is_no_spectrum() {
    #[track_caller]
    fn check(signal: &[f64], found: usize) {
        let error = welch(signal, 4.0, &Welch::of(20)).unwrap_err();
        let expected = Undefined::TooFew {
            what: "samples of a segment",
            found,
            needed: 20,
        };
        assert_eq!(error, SpectrumError::Undefined(expected));
    }
    check(&[], 0);
    check(&[1.0; 19], 19);
    check(&[NAN; 40], 0);
    let mut holes = [1.0; 40];
    holes[9] = NAN;
    holes[25] = NAN;
    check(&holes, 19);
    assert!(matches!(
        periodogram(&[], 4.0, Window::Hann, Detrend::None),
        Err(SpectrumError::Undefined(Undefined::TooFew { found: 0, .. }))
    ));
}

#[test]
fn measures_of_a_spectrum() {
    let spectrum = Spectrum {
        frequencies: vec![0.0, 1.0, 2.0, 3.0, 4.0],
        density: vec![1.0, 0.0, 4.0, 2.0, 1.0],
    };
    assert_eq!(spectrum.power(0.0, 10.0), Ok(8.0));
    assert_eq!(spectrum.power(1.0, 3.0), Ok(4.0));
    assert_eq!(spectrum.power_by_trapezoids(1.0, 3.5), Ok(5.0));
    assert_eq!(spectrum.peak(0.0, 2.0), Ok(0.0));
    assert_eq!(spectrum.peak(0.0, 5.0), Ok(2.0));
    let mean = spectrum.mean_frequency(2.0, 4.0).unwrap();
    assert!((mean - 14.0 / 6.0).abs() < 1e-15);
    // Half of 8 is reached three quarters into the cell from 1.5 to 2.5 Hz.
    assert_eq!(spectrum.median_frequency(0.0, 5.0), Ok(2.25));
    let none = |what| Err(Undefined::Absent { what });
    assert_eq!(spectrum.peak(1.0, 2.0), none("peak"));
    let empty = Err(Undefined::TooFew {
        what: "frequencies in the band",
        found: 0,
        needed: 1,
    });
    for (low, high) in [
        (0.2, 0.8),
        (3.0, 3.0),
        (3.0, 1.0),
        (NAN, NAN),
        (5.0, f64::INFINITY),
    ] {
        assert_eq!(spectrum.power(low, high), empty, "{low} {high}");
    }
    assert_eq!(
        spectrum.mean_frequency(1.0, 2.0),
        Err(Undefined::Zero {
            what: "power in the band"
        })
    );
    assert!(Spectrum::default().power(0.0, 1.0).is_err());
}

#[test]
fn autoregressions_do_not_cross_gaps() {
    let signal: Vec<f64> = (0..400)
        .map(|i| (0.7 * f64::from(i)).sin() + f64::from(i * i % 13))
        .collect();
    for method in [AutoregressionMethod::Burg, AutoregressionMethod::YuleWalker] {
        let whole = autoregressive(&signal, 10.0, 4, method).unwrap();
        // Two copies with a gap between them say the same as one.
        let twice = [&signal[..], &[NAN, NAN], &signal].concat();
        let fitted = autoregressive(&twice, 10.0, 4, method).unwrap();
        for (a, b) in whole.coefficients.iter().zip(&fitted.coefficients) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!((whole.variance - fitted.variance).abs() < 1e-12 * whole.variance);
        // Its spectrum holds the variance of the signal.
        let frequencies: Vec<f64> = (1..=20_000)
            .map(|i| f64::from(i) * 2.5e-4 - 1.25e-4)
            .collect();
        let power = fitted
            .spectrum(&frequencies)
            .unwrap()
            .power(0.0, 5.0)
            .unwrap();
        let mean = signal.iter().sum::<f64>() / 400.0;
        let variance = signal.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 400.0;
        assert!(
            (power - variance).abs() < 0.02 * variance,
            "{method:?}: {power} {variance}"
        );
    }
}

#[test]
fn what_has_no_spectrum_is_refused() {
    #[track_caller]
    fn check<T>(result: Result<T, SpectrumError>, message: &str) {
        let error = result.err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
    let signal = [1.0, 2.0, 1.5, 0.5, 1.0];
    for rate in [0.0, -1.0, NAN, f64::INFINITY] {
        check(welch(&signal, rate, &Welch::of(4)), "sampling rate of");
        check(
            periodogram(&[], rate, Window::Hann, Detrend::None),
            "sampling rate of",
        );
        check(
            autoregressive(&signal, rate, 1, AutoregressionMethod::Burg),
            "sampling rate of",
        );
    }
    check(
        welch(&signal, 1.0, &Welch::of(0)),
        "0 samples that overlap by 0",
    );
    check(
        welch(
            &signal,
            1.0,
            &Welch {
                overlap: 4,
                ..Welch::of(4)
            },
        ),
        "overlap < segment",
    );
    check(
        welch(
            &signal,
            1.0,
            &Welch {
                transform: Some(3),
                ..Welch::of(4)
            },
        ),
        "with 3 samples",
    );
    check(welch(&signal, 1.0, &Welch::of(usize::MAX)), "268435456");
    for beta in [-1.0, NAN, 701.0] {
        let settings = Welch {
            window: Window::Kaiser(beta),
            ..Welch::of(4)
        };
        check(welch(&signal, 1.0, &settings), "β from 0 to 700");
    }
    let times = [0.0, 1.0, 2.0, 4.0, 5.0];
    let defaults = LombScargle::default();
    check(
        lomb_scargle(&times[..4], &signal, &[0.1], &defaults),
        "4 times do not fit 5 values",
    );
    check(
        lomb_scargle(&[0.0, NAN, 1.0], &signal[..3], &[0.1], &defaults),
        "time 1 is NaN s",
    );
    check(
        lomb_scargle(&times, &signal, &[0.1, 0.1], &defaults),
        "frequency 1 is 0.1 Hz",
    );
    check(lomb_scargle(&times, &signal, &[0.0], &defaults), "above 0");
    check(lomb_scargle(&times, &signal, &[NAN], &defaults), "NaN Hz");
    check(
        lomb_scargle(&times[..2], &signal[..2], &[0.1], &defaults),
        "2 values are too few",
    );
    check(
        lomb_scargle(&[3.0; 5], &signal, &[0.1], &defaults),
        "times do not vary",
    );
    let explained = LombScargle {
        normalisation: Normalisation::Explained,
        ..defaults
    };
    check(
        lomb_scargle(&times, &[2.0; 5], &[0.1], &explained),
        "values do not vary",
    );
    check(
        autoregressive(&signal, 1.0, 0, AutoregressionMethod::Burg),
        "order 0",
    );
    check(
        autoregressive(&signal, 1.0, 1001, AutoregressionMethod::Burg),
        "1 to 1000",
    );
    check(
        autoregressive(&signal, 1.0, 3, AutoregressionMethod::Burg),
        "5 samples in a row",
    );
    check(
        autoregressive(&[0.1; 99], 1.0, 3, AutoregressionMethod::YuleWalker),
        "do not vary",
    );
}

#[test]
fn values_without_a_number_are_left_out_of_lomb_scargle() {
    let times: Vec<f64> = (0..60)
        .map(|i| f64::from(i) + 0.3 * f64::from(i).cos())
        .collect();
    let values: Vec<f64> = times.iter().map(|t| (0.9 * t).sin()).collect();
    let frequencies = [0.05, 0.1, 0.15];
    let settings = LombScargle::default();
    let whole = lomb_scargle(&times, &values, &frequencies, &settings).unwrap();
    let mut more_times = times.clone();
    let mut more_values = values.clone();
    more_times.insert(20, NAN);
    more_values.insert(20, NAN);
    // The same clock, but counted from 1970.
    more_times.iter_mut().for_each(|time| *time += 1_048_576.0);
    let other = lomb_scargle(&more_times, &more_values, &frequencies, &settings).unwrap();
    for (a, b) in whole.density.iter().zip(&other.density) {
        assert!((a - b).abs() < 1e-7 * a);
    }
}

fn samples(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-100.0..100.0f64, len)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_periodogram_holds_the_variance(signal in samples(2..300), rate in 0.1..1000.0f64) {
        let spectrum = periodogram(&signal, rate, Window::Rectangular, Detrend::Constant).unwrap();
        let count = signal.len() as f64;
        let mean = signal.iter().sum::<f64>() / count;
        let variance = signal.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
        let power = spectrum.power(0.0, f64::INFINITY).unwrap();
        prop_assert!((power - variance).abs() < 1e-10 * variance.max(1.0), "{} {}", power, variance);
    }

    #[test]
    fn lomb_scargle_at_even_times_is_the_periodogram(signal in samples(5..120), rate in 0.5..50.0f64) {
        let spectrum = periodogram(&signal, rate, Window::Rectangular, Detrend::Constant).unwrap();
        let times: Vec<f64> = (0..signal.len()).map(|i| i as f64 / rate).collect();
        // Not at half the rate, where a sine has but one phase.
        let inner = 1..signal.len().div_ceil(2);
        let settings = LombScargle::default();
        let lomb = lomb_scargle(&times, &signal, &spectrum.frequencies[inner.clone()], &settings).unwrap();
        let scale = spectrum.density.iter().copied().fold(0.0, f64::max);
        for (a, b) in lomb.density.iter().zip(&spectrum.density[inner]) {
            prop_assert!((a - b).abs() < 1e-10 * scale, "{} {}", a, b);
        }
    }

    #[test]
    fn bands_add_up_and_halves_are_halves(signal in samples(32..200), cut in 0.0..32.0f64) {
        let spectrum = welch(&signal, 64.0, &Welch::of(32)).unwrap();
        let all = spectrum.power(0.0, 33.0).unwrap();
        let parts = spectrum.power(0.0, cut).unwrap_or(0.0) + spectrum.power(cut, 33.0).unwrap_or(0.0);
        prop_assert!((all - parts).abs() <= 1e-12 * all);
        let median = spectrum.median_frequency(0.0, 33.0).unwrap();
        let mean = spectrum.mean_frequency(0.0, 33.0).unwrap();
        prop_assert!((0.0..=33.0).contains(&mean));
        let below: f64 = spectrum.frequencies.iter().zip(&spectrum.density)
            .map(|(f, d)| d * 2.0 * ((median - f) / 2.0 + 0.5).clamp(0.0, 1.0))
            .sum();
        prop_assert!((below - 0.5 * all).abs() < 1e-9 * all);
    }

    #[test]
    fn a_plan_estimates_what_one_call_does(signal in samples(40..200), gap in 0usize..400) {
        let mut signal = signal;
        if let Some(sample) = signal.get_mut(gap) {
            *sample = NAN;
        }
        let mut plan = WelchPlan::new(8.0, &Welch::of(40)).unwrap();
        let mut spectrum = Spectrum { frequencies: vec![1.0; 500], density: vec![7.0; 3] };
        let planned = plan.estimate(&signal, &mut spectrum).map(|_| spectrum);
        match welch(&signal, 8.0, &Welch::of(40)) {
            Ok(expected) => prop_assert_eq!(planned, Ok(expected)),
            Err(SpectrumError::Undefined(reason)) => prop_assert_eq!(planned, Err(reason)),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn powers_that_overflow_are_undefined() {
    let signal = [1e200, -1e200, 3e200, 0.0, 1e200, -2e200, 1e200, 1e200];
    let spectrum = periodogram(&signal, 4.0, Window::Rectangular, Detrend::Constant).unwrap();
    for power in [
        spectrum.power(0.0, 3.0),
        spectrum.power_by_trapezoids(0.0, 3.0),
        spectrum.mean_frequency(0.0, 3.0),
        spectrum.median_frequency(0.0, 3.0),
    ] {
        assert!(matches!(power, Err(Undefined::Absent { .. })), "{power:?}");
    }
}

#[test]
fn segments_that_overlap_are_not_counted_one_by_one() {
    let mut signal = vec![0.5; 400_000];
    signal.iter_mut().step_by(2).for_each(|value| *value = NAN);
    let settings = Welch {
        overlap: 199_999,
        ..Welch::of(200_000)
    };
    let started = std::time::Instant::now();
    let error = welch(&signal, 4.0, &settings).unwrap_err();
    assert!(matches!(
        error,
        SpectrumError::Undefined(Undefined::TooFew { found: 100_000, .. })
    ));
    // Each by itself they took a minute.
    assert!(started.elapsed().as_secs() < 10);
}
