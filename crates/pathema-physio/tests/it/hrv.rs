//! Tachograms, and heart rate variability that is known beforehand.

use std::ops::RangeInclusive;

use pathema_physio::hrv::{
    Band, Method, Scan, Tachogram, TachogramError, detrended_fluctuation, frequency_domain,
    higuchi, nonlinear, poincare, sample_entropy, time_domain,
};
use pathema_physio::{Beat, Undefined, Value};

const NONE: f64 = f64::NAN;

#[track_caller]
fn near(value: Value, expected: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

fn too_few(value: Value) -> bool {
    matches!(value, Err(Undefined::TooFew { .. }))
}

#[test]
fn breaks_part_intervals() {
    /// `pairs` in seconds, flat.
    #[track_caller]
    fn check(times: &[f64], intervals: &[f64], pairs: &[f64], stretches: usize) {
        let tachogram = Tachogram::from_beat_times(times).unwrap();
        assert_eq!(tachogram.intervals(), intervals);
        let window = tachogram.whole();
        let found: Vec<f64> = window
            .pairs()
            .flat_map(|(before, after)| [before, after])
            .collect();
        assert_eq!(found, pairs);
        assert_eq!(window.stretches().count(), stretches);
        // Beats tell the same.
        let beats: Vec<Beat> = times
            .windows(2)
            .filter(|pair| !pair[1].is_nan())
            .map(|pair| Beat {
                time: pair[1],
                amplitude: 1.0,
                interval: Some(pair[1] - pair[0]).filter(|interval| !interval.is_nan()),
            })
            .collect();
        let of_beats = Tachogram::from_beats(&beats).unwrap();
        assert_eq!(of_beats.intervals(), tachogram.intervals());
        assert!(of_beats.whole().pairs().eq(window.pairs()));
    }
    check(&[], &[], &[], 0);
    check(&[1.0], &[], &[], 0);
    check(&[1.0, 2.0], &[1.0], &[], 1);
    check(&[NONE, 1.0, 2.0, NONE], &[1.0], &[], 1);
    check(&[0.0, 1.0, 3.0], &[1.0, 2.0], &[1.0, 2.0], 1);
    check(&[0.0, 1.0, NONE, 3.0, 5.0], &[1.0, 2.0], &[], 2);
    check(
        &[0.0, 1.0, NONE, NONE, 3.0, NONE, 5.0, 6.0, 8.0],
        &[1.0, 1.0, 2.0],
        &[1.0, 2.0],
        2,
    );
}

#[test]
fn refuses_what_is_no_tachogram() {
    let order = |index, time, before| {
        Err(TachogramError::Order {
            index,
            time,
            before,
        })
    };
    let of_times = Tachogram::from_beat_times;
    assert_eq!(of_times(&[0.0, 1.0, 1.0]), order(2, 1.0, 1.0));
    assert_eq!(of_times(&[0.0, 1.0, NONE, 0.5]), order(3, 0.5, 1.0));
    let infinite = f64::INFINITY;
    assert_eq!(
        of_times(&[infinite]),
        Err(TachogramError::Time {
            index: 0,
            time: infinite
        })
    );
    assert!(matches!(
        of_times(&[1e300]),
        Err(TachogramError::Time { .. })
    ));

    for interval in [0.0, -1.0, NONE, infinite, 1e300, 1e-300] {
        let error = Tachogram::from_intervals(0.0, &[0.8, interval]).unwrap_err();
        assert!(
            matches!(error, TachogramError::Interval { index: 1, .. }),
            "{error}"
        );
    }
    assert!(Tachogram::from_intervals(NONE, &[0.8]).is_err());
    // Time stands still where intervals are too small for it.
    assert!(matches!(
        Tachogram::from_intervals(9e9, &[2e-6, 1e-7, 1.0]),
        Err(TachogramError::Interval { index: 1, .. })
    ));

    let beat = |time, interval| Beat {
        time,
        amplitude: NONE,
        interval,
    };
    let of_beats = |beats: &[Beat]| Tachogram::from_beats(beats).unwrap_err();
    assert_eq!(
        of_beats(&[beat(2.0, None), beat(1.0, None)]).to_string(),
        "beat 1 at 1 s does not come after the beat at 2 s; sort the beats and drop repeated ones"
    );
    assert!(matches!(
        of_beats(&[beat(NONE, None)]),
        TachogramError::Time { .. }
    ));
    assert!(matches!(
        of_beats(&[beat(1.0, Some(NONE))]),
        TachogramError::Interval { .. }
    ));
}

#[test]
fn a_window_holds_the_intervals_within() {
    let tachogram = Tachogram::from_beat_times(&[0.0, 1.0, 2.0, NONE, 5.0, 6.0, 7.5]).unwrap();
    let held = |start, end| tachogram.window(start, end).intervals().to_vec();
    assert_eq!(held(0.0, 10.0), [1.0, 1.0, 1.0, 1.5]);
    // Its end is not part of it.
    assert_eq!(held(0.0, 2.0), [1.0]);
    assert_eq!(held(0.5, 5.5), [1.0]);
    assert_eq!(held(6.0, 8.0), [1.5]);
    for (start, end) in [
        (3.0, 4.0),
        (8.0, 9.0),
        (-5.0, -1.0),
        (5.0, 1.0),
        (NONE, NONE),
    ] {
        assert!(held(start, end).is_empty(), "{start}–{end}");
    }
    // A window that starts within a stretch has no pair with what lies before.
    assert_eq!(tachogram.window(1.0, 6.5).pairs().count(), 0);
    assert_eq!(tachogram.window(1.0, 8.0).span(), 6.5);
}

#[test]
fn a_break_costs_its_difference_only() {
    // Differences of 60, −20, 10 ms; the break hides one of 250 ms.
    let tachogram =
        Tachogram::from_beat_times(&[0.0, 0.80, 1.66, 2.50, NONE, 10.0, 11.09, 12.19]).unwrap();
    let hrv = time_domain(&tachogram.whole());
    assert_eq!((hrv.intervals, hrv.pairs), (5, 3));
    near(hrv.rmssd, ((0.0036 + 0.0004 + 0.0001) / 3.0f64).sqrt());
    near(hrv.nn50, 1.0);
    near(hrv.pnn50, 100.0 / 3.0);
    let mean = (0.06 - 0.02 + 0.01) / 3.0;
    let squares: f64 = [0.06f64, -0.02, 0.01]
        .iter()
        .map(|step| (step - mean).powi(2))
        .sum();
    near(hrv.sdsd, (squares / 2.0).sqrt());
    near(poincare(&tachogram.whole()).sd1, (squares / 4.0).sqrt());
    near(hrv.mean, (0.80 + 0.86 + 0.84 + 1.09 + 1.10) / 5.0);
    near(hrv.median, 0.86);
    near(hrv.shortest, 0.80);
    near(hrv.longest, 1.10);
    near(hrv.iqr, 0.25);
    near(hrv.mad, 1.4826 * 0.06);
}

#[test]
fn few_beats_leave_reasons() {
    for beats in 0..4usize {
        let times: Vec<f64> = [0.0, 0.8, 1.7, 2.5][..beats].to_vec();
        let tachogram = Tachogram::from_beat_times(&times).unwrap();
        let window = tachogram.whole();
        let hrv = time_domain(&window);
        assert_eq!(hrv.intervals, beats.saturating_sub(1));
        assert_eq!(too_few(hrv.mean), beats < 2);
        assert_eq!(too_few(hrv.tinn), beats < 2);
        assert_eq!(too_few(hrv.heart_rate), beats < 2);
        for value in [
            hrv.sdnn,
            hrv.rmssd,
            hrv.pnn50,
            hrv.nn20,
            hrv.iqr,
            hrv.heart_rate_deviation,
        ] {
            assert_eq!(too_few(value), beats < 3, "{beats}");
        }
        assert!(too_few(hrv.sdsd) && matches!(hrv.sdann, Err(Undefined::TooShort { .. })));
        let beyond = nonlinear(&window);
        for value in [
            beyond.sample_entropy,
            beyond.approximate_entropy,
            beyond.dfa_alpha1,
            beyond.higuchi,
            beyond.poincare.sd2,
        ] {
            assert!(value.is_err(), "{beats}");
        }
        for method in [Method::LombScargle, Method::WELCH, Method::AUTOREGRESSIVE] {
            let spectrum = frequency_domain(&window, &method, &Band::TASK_FORCE).unwrap();
            assert!(spectrum.bands.iter().all(|band| band.power.is_err()));
            assert!(spectrum.total.is_err() && spectrum.lf_hf.is_err());
        }
        assert!(
            Scan::new(tachogram.clone(), 60.0)
                .measure(0.0)
                .powers
                .iter()
                .all(Value::is_err)
        );
    }
}

#[test]
fn constant_intervals_vary_nowhere() {
    // Rounded times make intervals that differ in the last digits.
    let times: Vec<f64> = (0..400).map(|beat| 0.8 * f64::from(beat)).collect();
    let tachogram = Tachogram::from_beat_times(&times).unwrap();
    let window = tachogram.window(0.0, 320.0);
    let hrv = time_domain(&window);
    near(hrv.mean, 0.8);
    near(hrv.heart_rate, 75.0);
    near(hrv.rmssd, 0.0);
    near(hrv.nn50, 0.0);
    let constant = Err(Undefined::Constant { what: "intervals" });
    let beyond = nonlinear(&window);
    for value in [
        beyond.sample_entropy,
        beyond.approximate_entropy,
        beyond.dfa_alpha1,
        beyond.dfa_alpha2,
        beyond.higuchi,
    ] {
        assert_eq!(value, constant);
    }
    for method in [Method::LombScargle, Method::WELCH, Method::AUTOREGRESSIVE] {
        let spectrum = frequency_domain(&window, &method, &Band::WESAD).unwrap();
        assert_eq!(spectrum.bands[1].power, Ok(0.0));
        assert!(matches!(
            spectrum.bands[1].peak,
            Err(Undefined::Absent { .. })
        ));
        assert!(matches!(spectrum.lf_hf, Err(Undefined::Zero { .. })));
    }
    assert_eq!(
        Scan::new(tachogram.clone(), 60.0).measure(0.0).powers[2],
        Ok(0.0)
    );
}

#[test]
fn rounded_times_change_no_count() {
    // 18 samples of 360 Hz are 50 ms, and no more, wherever the beats lie; 19 are more.
    for (step, over) in [(18, 0.0), (19, 100.0)] {
        for start in 0..50 {
            let at = |beat: u32| 37 * start + beat / 2 * (280 + 280 + step) + beat % 2 * 280;
            let times: Vec<f64> = (0..400).map(|beat| f64::from(at(beat)) / 360.0).collect();
            let hrv = time_domain(&Tachogram::from_beat_times(&times).unwrap().whole());
            assert_eq!(hrv.pnn50, Ok(over), "{step} samples from {start}");
        }
    }
    // 0.75 s lie on the edge between two bins: a constant rhythm stays in one of them.
    let times: Vec<f64> = (0..200).map(|beat| 0.1 + 0.75 * f64::from(beat)).collect();
    let hrv = time_domain(&Tachogram::from_beat_times(&times).unwrap().whole());
    near(hrv.triangular_index, 1.0);
    near(hrv.tinn, 2.0 / 128.0);
}

#[test]
fn the_triangle_fits_the_histogram() {
    #[track_caller]
    fn check(bins: &[(u32, usize)], index: f64, base: f64) {
        let intervals: Vec<f64> = bins
            .iter()
            .flat_map(|&(bin, count)| vec![(f64::from(bin) + 0.5) / 128.0; count])
            .collect();
        let tachogram = Tachogram::from_intervals(0.0, &intervals).unwrap();
        let hrv = time_domain(&tachogram.whole());
        near(hrv.triangular_index, index);
        near(hrv.tinn, base / 128.0);
    }
    // One bin: a flank on either side of it.
    check(&[(100, 7)], 1.0, 2.0);
    // A triangle is its own best fit: flanks of 4 and 2 bins.
    check(&[(97, 3), (98, 6), (99, 9), (100, 12), (101, 6)], 3.0, 6.0);
    // A lone interval far away bends no flank.
    check(
        &[(98, 4), (99, 8), (100, 12), (101, 6), (250, 1)],
        31.0 / 12.0,
        5.0,
    );
    // Of equally full bins, the lowest is the top. Right of it: 1, 1 and then 0 is nearest to a flank of 3 or 4 bins;
    // 3 misses by 1/9 + 4/9, 4 by 1/16 + 4/16 + 1/16.
    check(&[(100, 1), (101, 1), (102, 1)], 3.0, 1.0 + 4.0);
}

#[test]
fn the_triangle_is_the_best_of_all() {
    let intervals: Vec<f64> = (0..300)
        .map(|beat| {
            0.8 + 0.06 * (1.7 * f64::from(beat)).sin() + 0.03 * (0.37 * f64::from(beat)).cos()
        })
        .collect();
    let tachogram = Tachogram::from_intervals(0.0, &intervals).unwrap();
    let mut counts = vec![0.0f64; 256];
    for interval in &intervals {
        counts[(interval * 128.0) as usize] += 1.0;
    }
    let height = counts.iter().fold(0.0f64, |a, &b| a.max(b));
    let top = counts.iter().position(|&count| count == height).unwrap();
    // Every flank, on either side.
    let best = |side: f64| {
        let cost = |length: usize| -> f64 {
            (1..=100)
                .map(|away| {
                    let count = counts[(top as f64 + side * away as f64) as usize];
                    let flank = height * (1.0 - away as f64 / length as f64).max(0.0);
                    (count - flank).powi(2)
                })
                .sum()
        };
        (1..=60)
            .min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
            .unwrap()
    };
    let base = (best(-1.0) + best(1.0)) as f64 / 128.0;
    near(time_domain(&tachogram.whole()).tinn, base);
}

#[test]
fn five_minute_segments() {
    // 20 min: 0.8, 0.9, 0.8 and 1.0 s in turns of 5 min (multiples of all), and a rest of 100 s.
    let mut times = vec![0.0];
    for (segment, interval) in [0.75, 1.0, 0.75, 1.25, 0.5].into_iter().enumerate() {
        let end = 300.0 * segment as f64 + if segment == 4 { 100.0 } else { 300.0 };
        while *times.last().unwrap() + 1e-9 < end {
            times.push(times.last().unwrap() + interval);
        }
    }
    let tachogram = Tachogram::from_beat_times(&times).unwrap();
    let hrv = time_domain(&tachogram.whole());
    let means = [0.75f64, 1.0, 0.75, 1.25];
    let squares: f64 = means.iter().map(|mean| (mean - 0.9375).powi(2)).sum();
    near(hrv.sdann, (squares / 3.0).sqrt());
    near(hrv.sdnn_index, 0.0);
    // Without most of the second segment it does not count.
    times
        .iter_mut()
        .filter(|time| (310.0..590.0).contains(*time))
        .for_each(|time| *time = NONE);
    let tachogram = Tachogram::from_beat_times(&times).unwrap();
    let mean = (0.75 + 0.75 + 1.25) / 3.0;
    let squares: f64 = [0.75f64, 0.75, 1.25]
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum();
    near(
        time_domain(&tachogram.whole()).sdann,
        (squares / 2.0).sqrt(),
    );
    let window = tachogram.window(0.0, 599.0);
    assert_eq!(
        time_domain(&window).sdann,
        Err(Undefined::TooShort {
            found: 599.0,
            needed: 600.0
        })
    );
    // Nor does a break that lasts for years cost time.
    let tachogram = Tachogram::from_beat_times(&[0.0, 1.0, 2.0, NONE, 9e9, 9e9 + 1.0]).unwrap();
    assert!(too_few(time_domain(&tachogram.whole()).sdann));
}

#[test]
#[allow(
    clippy::reversed_empty_ranges,
    reason = "what a caller may give by mistake"
)]
fn noise_has_the_exponent_of_noise() {
    // White noise by a linear congruential generator: α = 0.5, Higuchi's dimension 2; its sums: α = 1.5, dimension 1.5.
    let mut state = 1u64;
    let white: Vec<f64> = (0..4000)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / 2f64.powi(31) - 0.5
        })
        .collect();
    let mut sum = 0.0;
    let brown: Vec<f64> = white
        .iter()
        .map(|step| {
            sum += 1e-4 * step;
            0.8 + sum
        })
        .collect();
    let white: Vec<f64> = white.iter().map(|value| 0.8 + 0.1 * value).collect();
    for (intervals, alpha, dimension) in [(white, 0.5, 2.0), (brown, 1.5, 1.5)] {
        let tachogram = Tachogram::from_intervals(0.0, &intervals).unwrap();
        let window = tachogram.whole();
        let found = detrended_fluctuation(&window, 16..=64).unwrap();
        assert!((found - alpha).abs() < 0.08, "{found}");
        let found = higuchi(&window, 10).unwrap();
        assert!((found - dimension).abs() < 0.05, "{found}");
    }
    // What cannot be asked for.
    let tachogram = Tachogram::from_intervals(0.0, &[0.8, 0.9, 0.85].repeat(40)).unwrap();
    let window = tachogram.whole();
    for scales in [
        0..=0,
        2..=16,
        RangeInclusive::new(16, 4),
        4..=4,
        4..=usize::MAX,
    ] {
        assert!(too_few(detrended_fluctuation(&window, scales)));
    }
    for farthest in [0, 1, 13, usize::MAX] {
        assert!(too_few(higuchi(&window, farthest)));
    }
    for length in [0, 119, 120, usize::MAX] {
        assert!(sample_entropy(&window, length, 0.2).is_err());
    }
    for tolerance in [f64::NAN, -1.0] {
        assert!(sample_entropy(&window, 2, tolerance).is_err());
    }
}

#[test]
fn no_pattern_spans_a_break() {
    // Broken into threes, each pattern of two has one interval after it, and pairs of threes are all there is.
    let mut times = Vec::new();
    for triple in 0..20 {
        let start = 10.0 * f64::from(triple);
        let late = 0.001 * f64::from(triple % 5);
        times.extend([
            start,
            start + 0.8,
            start + 1.7 + late,
            start + 2.5 + late,
            NONE,
        ]);
    }
    let tachogram = Tachogram::from_beat_times(&times).unwrap();
    // Every pattern (0.8, 0.9 + late) is followed by 0.8: alike in two is alike in three.
    near(sample_entropy(&tachogram.whole(), 2, 0.2), 0.0);
    assert!(sample_entropy(&tachogram.whole(), 3, 0.2).is_err());
    assert!(detrended_fluctuation(&tachogram.whole(), 4..=16).is_err());
}
