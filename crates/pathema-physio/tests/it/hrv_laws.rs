//! What must hold for every tachogram.

use pathema_physio::Value;
use pathema_physio::hrv::{
    Band, Method, Scan, Tachogram, correct_artefacts, frequency_domain, nonlinear, poincare,
    time_domain,
};
use proptest::prelude::*;

/// Times of beats, some missing.
fn beats() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((0.4..1.4f64, prop::bool::weighted(0.06)), 0..250).prop_map(|steps| {
        let mut now = 0.0;
        steps
            .into_iter()
            .map(|(step, missing)| {
                now += step;
                if missing { f64::NAN } else { now }
            })
            .collect()
    })
}

fn measures(tachogram: &Tachogram) -> Vec<Value> {
    let window = tachogram.whole();
    let time = time_domain(&window);
    let beyond = nonlinear(&window);
    let spectrum = frequency_domain(&window, &Method::LombScargle, &Band::TASK_FORCE).unwrap();
    let mut all = vec![
        time.mean,
        time.sdnn,
        time.rmssd,
        time.sdsd,
        time.median,
        time.mad,
        time.iqr,
        time.shortest,
        time.longest,
        beyond.poincare.sd1,
        beyond.poincare.sd2,
        beyond.higuchi,
        beyond.dfa_alpha1,
    ];
    all.extend(spectrum.bands.iter().map(|band| band.power));
    all
}

fn close(a: Value, b: Value, tolerance: f64) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1e-6),
        (a, b) => a.is_err() && b.is_err(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_later_start_changes_nothing(times in beats(), late in -1e4..1e4f64) {
        let shifted: Vec<f64> = times.iter().map(|time| time + late).collect();
        let (here, there) = (Tachogram::from_beat_times(&times).unwrap(), Tachogram::from_beat_times(&shifted).unwrap());
        for (index, (here, there)) in measures(&here).into_iter().zip(measures(&there)).enumerate() {
            prop_assert!(close(here, there, 1e-6), "{index}: {here:?} {there:?}");
        }
    }

    #[test]
    fn a_slower_clock_scales_intervals(times in beats(), exponent in -2..3i32) {
        // Powers of two round nothing.
        let scale = 2f64.powi(exponent);
        let scaled: Vec<f64> = times.iter().map(|time| time * scale).collect();
        let (here, there) = (Tachogram::from_beat_times(&times).unwrap(), Tachogram::from_beat_times(&scaled).unwrap());
        // Powers are of other bands; dimensions and exponents stay.
        for (index, (here, there)) in measures(&here).into_iter().zip(measures(&there)).take(13).enumerate() {
            let here = if index < 11 { here.map(|value| value * scale) } else { here };
            prop_assert!(close(here, there, 1e-9), "{index}: {here:?} {there:?}");
        }
    }

    #[test]
    fn stretches_in_another_order_give_the_same(times in beats()) {
        // Each stretch a tachogram of its own, and then in reverse order.
        let mut stretches: Vec<&[f64]> = times.split(|time| time.is_nan()).filter(|stretch| !stretch.is_empty()).collect();
        stretches.reverse();
        let mut reordered = Vec::new();
        let mut now = 0.0;
        for stretch in stretches {
            reordered.extend(stretch.iter().map(|time| now + time - stretch[0]));
            now += stretch[stretch.len() - 1] - stretch[0] + 5.0;
            reordered.push(f64::NAN);
        }
        let (here, there) = (Tachogram::from_beat_times(&times).unwrap(), Tachogram::from_beat_times(&reordered).unwrap());
        let (a, b) = (time_domain(&here.whole()), time_domain(&there.whole()));
        prop_assert_eq!(a.pairs, b.pairs);
        for (a, b) in [(a.rmssd, b.rmssd), (a.sdsd, b.sdsd), (a.sdnn, b.sdnn), (a.iqr, b.iqr)] {
            prop_assert!(close(a, b, 1e-8), "{a:?} {b:?}");
        }
        let (a, b) = (nonlinear(&here.whole()), nonlinear(&there.whole()));
        prop_assert!(close(a.sample_entropy, b.sample_entropy, 1e-2) || times.len() < 60);
        prop_assert!(close(a.poincare.sd2, b.poincare.sd2, 1e-8));
        prop_assert!(close(a.dfa_alpha1, b.dfa_alpha1, 1e-6));
    }

    #[test]
    fn the_ellipse_holds_the_variance(steps in prop::collection::vec(0.4..1.4f64, 3..250)) {
        let tachogram = Tachogram::from_intervals(0.0, &steps).unwrap();
        let (sd1, sd2) = (poincare(&tachogram.whole()).sd1.unwrap(), poincare(&tachogram.whole()).sd2.unwrap());
        // Exactly so for the pairs: their first and their second intervals vary as much as the ellipse, on average.
        let variance = |values: &[f64]| {
            let tachogram = Tachogram::from_intervals(0.0, values).unwrap();
            time_domain(&tachogram.whole()).sdnn.unwrap().powi(2)
        };
        let halves = 0.5 * (variance(&steps[1..]) + variance(&steps[..steps.len() - 1]));
        prop_assert!((0.5 * (sd1 * sd1 + sd2 * sd2) - halves).abs() < 1e-12);
        // And so SDNN² in all but the ends.
        let all = variance(&steps);
        prop_assert!((halves - all).abs() < 1.0 / (steps.len() - 2) as f64);
    }

    #[test]
    fn windows_equal_tachograms_of_their_beats(times in beats(), start in 0.0..100.0f64, length in 5.0..80.0f64) {
        let end = start + length;
        let tachogram = Tachogram::from_beat_times(&times).unwrap();
        let cut: Vec<f64> = times.iter().copied().filter(|time| time.is_nan() || (start..end).contains(time)).collect();
        let cut = Tachogram::from_beat_times(&cut).unwrap();
        let (a, b) = (tachogram.window(start, end), cut.window(start, end));
        prop_assert_eq!(a.intervals(), b.intervals());
        prop_assert!(a.pairs().eq(b.pairs()));
        prop_assert_eq!(time_domain(&a), time_domain(&b));
        let fast = |tachogram: &Tachogram| Scan::new(tachogram.clone(), length).measure(start);
        let (a, b) = (fast(&tachogram), fast(&cut));
        prop_assert!(close(a.total, b.total, 1e-9));
    }

    #[test]
    fn correction_gives_beats_in_order(times in beats()) {
        let corrected = correct_artefacts(&times).unwrap();
        let before = times.iter().filter(|time| !time.is_nan()).count();
        let after = corrected.times.iter().filter(|time| !time.is_nan()).count();
        let of = |kind| corrected.corrections.iter().filter(|c| c.repair == kind).count();
        use pathema_physio::hrv::Repair;
        prop_assert_eq!(after, before + of(Repair::Inserted) - of(Repair::Removed));
        prop_assert_eq!(corrected.times.len() - after, times.len() - before + of(Repair::LeftOut));
        prop_assert!(corrected.tachogram().is_ok());
        prop_assert!(corrected.corrections.iter().all(|c| !times[c.beat].is_nan()));
    }
}
