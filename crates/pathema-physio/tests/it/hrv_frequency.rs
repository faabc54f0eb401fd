//! Powers that are known beforehand, and the fast path against the plain one.

use std::f64::consts::TAU;

use pathema_physio::hrv::{
    Band, FrequencyDomain, Method, Scan, Tachogram, frequency_domain, time_domain,
};
use pathema_physio::spectrum::SpectrumError;
use pathema_physio::{Undefined, Value};

/// Beats whose intervals are 0.8 s, and waves of frequency and amplitude.
fn waves(seconds: f64, waves: &[(f64, f64)]) -> Vec<f64> {
    let mut times = vec![0.0];
    while times[times.len() - 1] < seconds {
        let now = times[times.len() - 1];
        let sum: f64 = waves
            .iter()
            .map(|(frequency, size)| size * (TAU * frequency * now).sin())
            .sum();
        times.push(now + 0.8 + sum);
    }
    times
}

#[test]
fn a_sine_has_half_its_squared_amplitude() {
    let tachogram =
        Tachogram::from_beat_times(&waves(300.0, &[(0.1, 0.02), (0.25, 0.01)])).unwrap();
    let window = tachogram.window(0.0, 300.0);
    for method in [Method::LombScargle, Method::WELCH, Method::AUTOREGRESSIVE] {
        let hrv = frequency_domain(&window, &method, &Band::WESAD).unwrap();
        let [lf, hf] = [&hrv.bands[1], &hrv.bands[2]];
        for (band, power, peak) in [(lf, 2e-4, 0.1), (hf, 5e-5, 0.25)] {
            let found = band.peak.unwrap();
            assert!((found - peak).abs() < 0.005, "{method:?} {found} {peak}");
            // A model's line of a sine without noise is narrower than any step of frequency.
            if method != Method::AUTOREGRESSIVE {
                let found = band.power.unwrap();
                assert!(
                    (found / power - 1.0).abs() < 0.03,
                    "{method:?} {found} {power}"
                );
            }
        }
        if method != Method::AUTOREGRESSIVE {
            assert!((hrv.lf_hf.unwrap() / 4.0 - 1.0).abs() < 0.05, "{method:?}");
            assert!((hrv.lf_normalised.unwrap() - 0.8).abs() < 0.03);
            assert!((hrv.hf_normalised.unwrap() - 0.2).abs() < 0.03);
        }
        let parts: f64 = hrv.bands.iter().filter_map(|band| band.relative.ok()).sum();
        // Two minutes, Welch's segments, hold a period of ULF too.
        assert!((parts - 1.0).abs() < 1e-9, "{method:?} {parts}");
    }
}

#[test]
fn breaks_cost_no_power() {
    let whole = waves(300.0, &[(0.1, 0.02)]);
    let mut broken = whole.clone();
    for time in &mut broken {
        if (40.0..70.0).contains(time) || (200.0..230.0).contains(time) {
            *time = f64::NAN;
        }
    }
    let tachogram = Tachogram::from_beat_times(&broken).unwrap();
    let window = tachogram.window(0.0, 300.0);
    let lf = |method| {
        frequency_domain(&window, &method, &[Band::LF])
            .unwrap()
            .bands[0]
            .power
            .unwrap()
    };
    for method in [Method::LombScargle, Method::WELCH] {
        let found = lf(method);
        assert!((found / 2e-4 - 1.0).abs() < 0.1, "{method:?}: {found}");
    }
}

#[test]
fn what_is_too_short_is_not_resolved() {
    let tachogram =
        Tachogram::from_beat_times(&waves(300.0, &[(0.1, 0.02), (0.25, 0.04)])).unwrap();
    /// A `+` for each of ULF, LF, HF, UHF that is defined, then one for the total.
    #[track_caller]
    fn check(hrv: &FrequencyDomain, expected: &str) {
        let powers = hrv.bands.iter().map(|band| band.power).chain([hrv.total]);
        let signs: String = powers
            .map(|power: Value| if power.is_ok() { '+' } else { '-' })
            .collect();
        assert_eq!(signs, expected);
    }
    for method in [Method::LombScargle, Method::WELCH, Method::AUTOREGRESSIVE] {
        let measure =
            |end| frequency_domain(&tachogram.window(0.0, end), &method, &Band::WESAD).unwrap();
        check(&measure(150.0), "+++++");
        check(&measure(60.0), "-++++");
        check(&measure(20.0), "--+++");
        // 4 s at 4 Hz are too few values for a model of order 16.
        let modelled = matches!(method, Method::Autoregressive { .. });
        check(&measure(5.0), if modelled { "-----" } else { "---++" });
        check(&measure(1.0), "-----");
        assert!(matches!(
            measure(60.0).bands[0].power,
            Err(Undefined::TooShort { needed: 100.0, .. })
        ));
        assert!(matches!(
            measure(20.0).lf_hf,
            Err(Undefined::TooShort { .. })
        ));
    }
    // A window of 60 s may hold LF; one with beats in 10 s of it does not, and its sum would not be that of others.
    let few: Vec<f64> = tachogram
        .times()
        .iter()
        .copied()
        .filter(|time| *time < 10.0)
        .collect();
    let few = Tachogram::from_beat_times(&few).unwrap();
    check(
        &frequency_domain(&few.window(0.0, 60.0), &Method::LombScargle, &Band::WESAD).unwrap(),
        "--++-",
    );
    // Beyond half of 4 Hz nothing is known.
    let fast = Band::new("fast", 1.0, 3.0).unwrap();
    let hrv = frequency_domain(&tachogram.whole(), &Method::WELCH, &[fast]).unwrap();
    let beyond = Undefined::Rate {
        rate: 4.0,
        needed: 3.0,
    };
    assert_eq!(hrv.bands[0].power, Err(beyond));
}

#[test]
fn no_curve_is_drawn_over_years() {
    // Nobody marked the break: at 4 Hz its curve would take gigabytes.
    let times: Vec<f64> = (0..30).map(f64::from).chain([9e9]).collect();
    let tachogram = Tachogram::from_beat_times(&times).unwrap();
    for method in [Method::WELCH, Method::AUTOREGRESSIVE] {
        let hrv = frequency_domain(&tachogram.whole(), &method, &[Band::HF]).unwrap();
        assert!(
            matches!(hrv.bands[0].power, Err(Undefined::TooFew { found: 30, .. })),
            "{hrv:?}"
        );
    }
}

#[test]
fn refuses_methods_that_cannot_be() {
    let tachogram = Tachogram::from_beat_times(&waves(60.0, &[(0.1, 0.02)])).unwrap();
    for times in [tachogram.whole(), tachogram.window(900.0, 960.0)] {
        for segment in [f64::NAN, 0.0, -1.0, 0.01] {
            let refused = frequency_domain(&times, &Method::Welch { segment }, &Band::WESAD);
            assert!(
                matches!(refused, Err(SpectrumError::Segment { .. })),
                "{segment}: {refused:?}"
            );
        }
        for order in [0, usize::MAX] {
            let refused = frequency_domain(&times, &Method::Autoregressive { order }, &Band::WESAD);
            assert!(
                matches!(refused, Err(SpectrumError::Order { .. })),
                "{order}"
            );
        }
    }
    // A segment longer than what there is is what there is.
    let long = frequency_domain(
        &tachogram.whole(),
        &Method::Welch { segment: f64::MAX },
        &[Band::LF],
    )
    .unwrap();
    assert!(long.bands[0].power.is_ok());
    for (low, high) in [
        (0.0, 1.0),
        (0.4, 0.15),
        (0.1, 0.1),
        (f64::NAN, 1.0),
        (0.1, f64::NAN),
        (0.1, 1e9),
    ] {
        assert!(Band::new("mine", low, high).is_err(), "{low}–{high}");
    }
}

/// A quarter of an hour of a heart that breathes now faster, now slower, seen by a sensor that drops out.
fn broken_rhythm() -> Tachogram {
    let mut times = Vec::new();
    let (mut now, mut state) = (0.0f64, 7u64);
    while now < 900.0 {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let noise = (state >> 33) as f64 / 2f64.powi(31) - 0.5;
        now += 0.75 + 0.1 * (now / 200.0).sin() + 0.04 * (TAU * 0.25 * now).sin() + 0.03 * noise;
        times.push(
            if state.is_multiple_of(41) || (400.0..520.0).contains(&now) {
                f64::NAN
            } else {
                now
            },
        );
    }
    Tachogram::from_beat_times(&times).unwrap()
}

#[test]
fn the_scan_equals_the_plain_measures() {
    let tachogram = broken_rhythm();
    for length in [60.0, 130.0, 400.0] {
        let mut scan = Scan::new(tachogram.clone(), length);
        // Backwards, too: a window does not depend on those before it.
        let starts = (0..900)
            .step_by(7)
            .chain((0..900).rev().step_by(13))
            .map(|s| f64::from(s) + 0.25);
        for start in starts {
            let window = tachogram.window(start, start + length);
            let fast = scan.measure(start);
            let time = time_domain(&window);
            let frequency = frequency_domain(&window, &Method::LombScargle, &Band::WESAD).unwrap();
            let mut pairs = vec![
                (fast.heart_rate, time.heart_rate),
                (fast.heart_rate_deviation, time.heart_rate_deviation),
                (fast.mean, time.mean),
                (fast.sdnn, time.sdnn),
                (fast.nn50, time.nn50),
                (fast.pnn50, time.pnn50),
                (fast.tinn, time.tinn),
                (fast.rmssd, time.rmssd),
                (fast.total, frequency.total),
                (fast.lf_hf, frequency.lf_hf),
                (fast.lf_normalised, frequency.lf_normalised),
                (fast.hf_normalised, frequency.hf_normalised),
            ];
            for (index, band) in frequency.bands.iter().enumerate() {
                pairs.push((fast.powers[index], band.power));
                pairs.push((fast.relative[index], band.relative));
            }
            for (index, (fast, plain)) in pairs.into_iter().enumerate() {
                match (fast, plain) {
                    (Ok(fast), Ok(plain)) => assert!(
                        (fast - plain).abs() <= 1e-9 * plain.abs(),
                        "{length} s from {start}, {index}: {fast} {plain}"
                    ),
                    (fast, plain) => assert_eq!(fast, plain, "{length} s from {start}, {index}"),
                }
            }
        }
    }
}

/// Measured with `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn scans_fast() {
    let tachogram = broken_rhythm();
    let mut scan = Scan::new(tachogram.clone(), 60.0);
    let began = std::time::Instant::now();
    let mut sum = 0.0;
    let windows = 20_000;
    for window in 0..windows {
        let hrv = scan.measure(0.25 * f64::from(window % 1320));
        sum += hrv.total.unwrap_or(0.0) + hrv.tinn.unwrap_or(0.0);
    }
    eprintln!(
        "{:.1} µs a window of 60 s (sum {sum})",
        began.elapsed().as_secs_f64() * 1e6 / f64::from(windows)
    );
}
