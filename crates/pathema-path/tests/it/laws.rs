//! Laws that hold for any observations.

use pathema_path::{ControlPath, Ends, Gaps, Intensity, Observations, Scheme, Smoothness};
use proptest::prelude::*;

use crate::THIRD;

const SCHEMES: [Scheme; 6] = [
    Scheme::Linear,
    Scheme::SmoothedLinear(THIRD),
    Scheme::Hermite(Gaps::FillLinear),
    Scheme::Hermite(Gaps::FitAcross),
    Scheme::NaturalCubic(Ends::Free),
    Scheme::NaturalCubic(Ends::FlatKnots),
];

/// Those fitted on a channel's own observations alone.
const OWN: [Scheme; 3] = [
    Scheme::Linear,
    Scheme::Hermite(Gaps::FitAcross),
    Scheme::NaturalCubic(Ends::Free),
];

/// Rows of two channels at increasing times; more than the 64 of one word of a mask, too.
fn rows(value: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = Observations> {
    prop::collection::vec((0.05..2.0_f64, value.clone(), value), 1..100).prop_map(|rows| {
        let mut time = -1.0;
        let mut times = Vec::new();
        let mut values = Vec::new();
        for (step, x, y) in rows {
            time += step;
            times.push(time);
            values.extend([x, y]);
        }
        Observations::new(times, values, 2).unwrap()
    })
}

/// A third of the values missing.
pub(crate) fn observations() -> impl Strategy<Value = Observations> {
    rows(prop_oneof![2 => -5.0..5.0_f64, 1 => Just(f64::NAN)])
}

pub(crate) fn complete() -> impl Strategy<Value = Observations> {
    rows(-5.0..5.0_f64)
}

fn fit(scheme: Scheme, seen: &Observations) -> ControlPath {
    ControlPath::fit(scheme, seen).unwrap()
}

fn at(path: &ControlPath, time: f64) -> [[f64; 2]; 3] {
    let mut x = [[0.0; 2]; 3];
    path.value(time, &mut x[0]);
    path.derivative(time, &mut x[1]);
    path.second_derivative(time, &mut x[2]);
    x
}

fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.iter()
        .zip(b)
        .all(|(a, b)| (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs())))
}

/// The first samples alone.
pub(crate) fn first(seen: &Observations, samples: usize) -> Observations {
    let values = seen.values()[..samples * seen.channels()].to_vec();
    Observations::new(seen.times()[..samples].to_vec(), values, seen.channels()).unwrap()
}

/// Times within and around the observations.
pub(crate) fn probes(seen: &Observations) -> Vec<f64> {
    let times = seen.times();
    let (start, end) = (times[0] - 0.5, times[times.len() - 1] + 0.5);
    (0..50)
        .map(|k| start + (end - start) * (f64::from(k) + 0.37) / 50.0)
        .collect()
}

proptest! {
    #[test]
    fn passes_through_what_was_seen(seen in observations()) {
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            for (&time, row) in seen.times().iter().zip(seen.rows()) {
                let [x, ..] = at(&path, time);
                for (x, value) in x.iter().zip(row) {
                    prop_assert!(value.is_nan() || x == value, "{scheme:?}: {x} at {time}");
                }
            }
        }
    }

    #[test]
    fn is_as_smooth_as_it_says(seen in observations()) {
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            let jumps = path.verify_continuity();
            prop_assert!(jumps.holds(path.smoothness(), 1e-12), "{scheme:?}: {jumps:?}");
            let wide = path.spanning(-2.0, 299.0).unwrap();
            let jumps = wide.verify_continuity();
            prop_assert!(jumps.holds(wide.smoothness(), 1e-12), "wide {scheme:?}: {jumps:?}");
        }
    }

    #[test]
    fn complete_natural_splines_are_twice_differentiable(seen in complete()) {
        for ends in [Ends::Free, Ends::FlatKnots] {
            let path = fit(Scheme::NaturalCubic(ends), &seen);
            prop_assert_eq!(path.smoothness(), Smoothness::C2);
            prop_assert!(path.verify_continuity().holds(Smoothness::C2, 1e-12));
            let (start, end) = path.interval();
            for bend in [at(&path, start)[2], at(&path, end)[2]] {
                prop_assert!(close(&bend, &[0.0; 2], 1e-9), "{bend:?}");
            }
        }
    }

    /// The report measures: the bend that is known at the first inner knot is in it.
    #[test]
    fn hermite_bends_are_seen(seen in complete()) {
        prop_assume!(seen.len() > 2);
        let report = fit(Scheme::Hermite(Gaps::FitAcross), &seen).verify_continuity();
        let chords: Vec<f64> = (1..seen.len())
            .map(|i| (seen.values()[2 * i] - seen.values()[2 * i - 2]) / (seen.times()[i] - seen.times()[i - 1]))
            .collect();
        let width = seen.times()[2] - seen.times()[1];
        // At the first inner knot the bend goes from 0 to 4 (Δ₁ − Δ₀) / h.
        let jump = (4.0 * (chords[1] - chords[0]) / width).abs();
        prop_assert!(report.second_derivative.size >= jump * (1.0 - 1e-9) - 1e-9);
    }

    #[test]
    fn missing_values_are_as_if_never_asked_for(seen in observations()) {
        let column = |channel: usize| {
            let rows = seen.times().iter().zip(seen.rows());
            let observed = rows.filter(|(_, row)| !row[channel].is_nan());
            let (times, values): (Vec<f64>, Vec<f64>) =
                observed.map(|(&time, row)| (time, row[channel])).unzip();
            Observations::new(times, values, 1).unwrap()
        };
        for scheme in OWN {
            let path = fit(scheme, &seen);
            for channel in 0..2 {
                let alone = fit(scheme, &column(channel));
                for time in probes(&seen) {
                    let (mut x, mut slope) = ([0.0], [0.0]);
                    alone.value(time, &mut x);
                    alone.derivative(time, &mut slope);
                    let [y, other_slope, _] = at(&path, time);
                    prop_assert!(close(&x, &y[channel..=channel], 1e-9), "{scheme:?}");
                    prop_assert!(close(&slope, &other_slope[channel..=channel], 1e-9), "{scheme:?}");
                }
            }
        }
    }

    #[test]
    fn channels_do_not_touch_each_other(seen in observations()) {
        let only = seen.rows().map(|row| row[1]).collect();
        let only = Observations::new(seen.times().to_vec(), only, 1).unwrap();
        for scheme in SCHEMES {
            let (both, alone) = (fit(scheme, &seen), fit(scheme, &only));
            let second: Vec<f64> = both.coefficients().iter().skip(1).step_by(2).copied().collect();
            prop_assert_eq!(second, alone.coefficients());
        }
    }

    #[test]
    fn moves_and_scales_with_its_observations(
        seen in observations(), shift in -9.0..9.0_f64, scale in 0.1..9.0_f64
    ) {
        let times = seen.times().iter().map(|time| (time + shift) * scale).collect();
        let values = seen.values().iter().map(|value| value * scale).collect();
        let moved = Observations::new(times, values, 2).unwrap();
        for scheme in SCHEMES {
            let (path, moved) = (fit(scheme, &seen), fit(scheme, &moved));
            for time in probes(&seen) {
                let [x, slope, _] = at(&path, time);
                let [y, moved_slope, _] = at(&moved, (time + shift) * scale);
                prop_assert!(close(&x.map(|x| x * scale), &y, 1e-9), "{scheme:?}");
                prop_assert!(close(&slope, &moved_slope, 1e-9), "{scheme:?}");
            }
        }
    }

    #[test]
    fn straight_lines_stay_straight(
        steps in prop::collection::vec((0.05..2.0_f64, prop::bool::weighted(0.3)), 2..20),
        slope in -3.0..3.0_f64,
        start in -3.0..3.0_f64,
    ) {
        let last = steps.len() - 1;
        let mut time = 0.0;
        let (mut times, mut values) = (Vec::new(), Vec::new());
        for (i, (step, hidden)) in steps.into_iter().enumerate() {
            time += step;
            times.push(time);
            let missing = hidden && i != 0 && i != last;
            values.push(if missing { f64::NAN } else { start + slope * time });
        }
        let seen = Observations::new(times, values, 1).unwrap();
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            let (from, to) = path.interval();
            for k in 0..=50 {
                let time = (from + (to - from) * f64::from(k) / 50.0).min(to);
                let (mut x, mut found) = ([0.0], [0.0]);
                path.value(time, &mut x);
                path.derivative(time, &mut found);
                prop_assert!((x[0] - start - slope * time).abs() < 1e-10, "{scheme:?}");
                prop_assert!((found[0] - slope).abs() < 1e-10, "{scheme:?}");
            }
        }
    }

    /// Points on the path, taken for observations, give the path again.
    #[test]
    fn refitted_on_its_own_values_it_is_the_same(
        seen in observations(), share in prop::collection::vec(0.1..0.9_f64, 100)
    ) {
        for scheme in [Scheme::Linear, Scheme::NaturalCubic(Ends::Free)] {
            let path = fit(scheme, &seen);
            let mut times = seen.times().to_vec();
            let between = seen.times().windows(2).zip(&share);
            times.extend(between.map(|(pair, share)| pair[0] + share * (pair[1] - pair[0])));
            times.sort_by(f64::total_cmp);
            // Where a channel rests, the path is no spline: there nothing is asked.
            let within = [0, 1].map(|channel| {
                let rows = seen.times().iter().zip(seen.rows());
                let mut seen = rows.filter(|(_, row)| !row[channel].is_nan()).map(|(&time, _)| time);
                let first = seen.next().unwrap_or(f64::INFINITY);
                (first, seen.last().unwrap_or(first))
            });
            let values = times.iter().flat_map(|&time| {
                let x = at(&path, time)[0];
                [0, 1].map(|c| if within[c].0 <= time && time <= within[c].1 { x[c] } else { f64::NAN })
            });
            let again = fit(scheme, &Observations::new(times.clone(), values.collect(), 2).unwrap());
            for time in probes(&seen) {
                let (before, after) = (at(&path, time), at(&again, time));
                prop_assert!(close(&before[0], &after[0], 1e-9), "{scheme:?} at {time}");
                prop_assert!(close(&before[1], &after[1], 1e-7), "{scheme:?} at {time}");
            }
        }
    }

    #[test]
    fn further_knots_change_nothing(
        seen in observations(), more in prop::collection::vec(-2.0..99.0_f64, 0..9)
    ) {
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            let refined = path.refined(&more).unwrap();
            for time in more.iter().chain(path.knots()) {
                prop_assert!(refined.knots().contains(time));
            }
            prop_assert!(refined.knots().is_sorted_by(|a, b| a < b));
            prop_assert!(refined.smoothness() <= path.smoothness());
            for time in probes(&seen) {
                let (before, after) = (at(&path, time), at(&refined, time));
                for order in 0..3 {
                    prop_assert!(
                        close(&before[order], &after[order], 1e-9),
                        "{scheme:?}, derivative {order} at {time}"
                    );
                }
            }
            prop_assert_eq!(refined.refined(&more).unwrap(), refined);
        }
    }

    /// `is_causal`: every path on the first samples alone is the beginning of the whole.
    #[test]
    fn causal_paths_follow_from_the_past(complete in complete(), gappy in observations()) {
        for seen in [complete, gappy] {
            for scheme in SCHEMES {
                let path = fit(scheme, &seen);
                if !path.is_causal() {
                    continue;
                }
                for samples in 1..=seen.len() {
                    let early = fit(scheme, &first(&seen, samples));
                    let now = seen.times()[samples - 1];
                    for time in probes(&seen).into_iter().filter(|&time| time < now) {
                        prop_assert_eq!(at(&early, time), at(&path, time), "{:?}", scheme);
                    }
                    prop_assert_eq!(at(&early, now)[0], at(&path, now)[0], "{:?}", scheme);
                }
            }
        }
    }

    #[test]
    fn complete_paths_are_causal_but_natural_splines(seen in complete()) {
        let causal = SCHEMES.map(|scheme| fit(scheme, &seen.with_time()).is_causal());
        prop_assert_eq!(causal, [true, true, true, true, false, false]);
    }

    /// Up to a sample in which everything was seen, nothing that is seen later moves the path.
    #[test]
    fn causal_schemes_do_not_rewrite_the_past(
        seen in observations(), now in prop::array::uniform2(-5.0..5.0_f64), later in -5.0..5.0_f64
    ) {
        let last = seen.times()[seen.len() - 1];
        let add = |to: &Observations, time: f64, row: &[f64]| {
            let (mut times, mut values) = (to.times().to_vec(), to.values().to_vec());
            times.push(time);
            values.extend_from_slice(row);
            Observations::new(times, values, 2).unwrap()
        };
        let before = add(&seen, last + 0.3, &now);
        let after = add(&before, last + 1.0, &[later, f64::NAN]);
        for scheme in &SCHEMES[..4] {
            let (early, late) = (fit(*scheme, &before), fit(*scheme, &after));
            for time in probes(&seen).into_iter().filter(|&time| time < last + 0.3) {
                prop_assert_eq!(at(&early, time), at(&late, time));
            }
        }
    }

    #[test]
    fn counts_rise_by_what_was_seen(seen in observations()) {
        let each = seen.with_intensity(Intensity::PerChannel);
        let shared = seen.with_intensity(Intensity::Shared);
        let mut counts = [0.0; 3];
        for (sample, row) in seen.rows().enumerate() {
            for channel in 0..2 {
                counts[channel] += f64::from(u8::from(!row[channel].is_nan()));
                prop_assert_eq!(each.value(sample, channel), Some(counts[channel]));
                prop_assert_eq!(each.value(sample, 2 + channel), seen.value(sample, channel));
            }
            counts[2] += f64::from(u8::from(row.iter().any(|value| !value.is_nan())));
            prop_assert_eq!(shared.value(sample, 0), Some(counts[2]));
        }
    }
}
