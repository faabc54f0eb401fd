//! What observations are accepted, and the channels derived from them.

use pathema_path::{ControlPath, Ends, Intensity, Observations, PathError, Scheme};

const NAN: f64 = f64::NAN;

fn leading(seen: &Observations, width: usize) -> Vec<&[f64]> {
    seen.rows().map(|row| &row[..width]).collect()
}

#[test]
fn counts_what_was_seen() {
    let seen =
        Observations::new(vec![0.5, 1.0, 2.0], vec![1.0, NAN, NAN, NAN, 3.0, 4.0], 2).unwrap();
    let each = seen.with_intensity(Intensity::PerChannel);
    assert_eq!(leading(&each, 2), [[1.0, 0.0], [1.0, 0.0], [2.0, 1.0]]);
    assert_eq!(each.data_channels(), 2..4);
    let shared = seen.with_intensity(Intensity::Shared).with_time();
    assert_eq!(leading(&shared, 2), [[0.5, 1.0], [1.0, 1.0], [2.0, 2.0]]);
    assert_eq!(
        (shared.time_channel(), shared.intensity_channels()),
        (Some(0), 1..2)
    );
    assert_eq!(shared.value(1, 2), None);
    let mask = seen.with_intensity(Intensity::Mask);
    assert_eq!(leading(&mask, 2), [[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]);
    assert_eq!(mask.data_channels(), 2..4);
}

/// Neither the time nor a count is an observation, in whatever order they are added.
#[test]
fn order_of_calls_does_not_matter() {
    let seen = Observations::new(vec![0.5, 1.0], vec![1.0, NAN, NAN, NAN], 2).unwrap();
    let one = seen.with_time().with_intensity(Intensity::PerChannel);
    let other = seen
        .with_intensity(Intensity::Shared)
        .with_time()
        .with_intensity(Intensity::PerChannel)
        .with_time();
    assert_eq!(leading(&one, 3), [[0.5, 1.0, 0.0], [1.0, 1.0, 0.0]]);
    assert_eq!(one.channels(), 5);
    let bits =
        |seen: &Observations| -> Vec<u64> { seen.values().iter().map(|v| v.to_bits()).collect() };
    assert_eq!(bits(&one), bits(&other));
}

#[test]
fn nothing_seen_has_derived_channels_too() {
    let seen = Observations::new(vec![], vec![], 3).unwrap();
    let all = seen.with_intensity(Intensity::Shared).with_time();
    assert_eq!((all.channels(), all.len()), (5, 0));
    assert!(all.is_empty());
}

#[track_caller]
fn check_refused(times: &[f64], values: &[f64], channels: usize, expected: PathError) {
    let found = Observations::new(times.to_vec(), values.to_vec(), channels).unwrap_err();
    assert_eq!(found, expected);
}

#[test]
fn names_what_is_off() {
    check_refused(&[], &[], 0, PathError::NoChannels);
    let lengths = PathError::Lengths {
        samples: 1,
        channels: 2,
        values: 1,
    };
    check_refused(&[0.0], &[1.0], 2, lengths);
    let order = PathError::TimesNotIncreasing {
        sample: 1,
        previous: 0.0,
        time: 0.0,
    };
    check_refused(&[0.0, 0.0], &[1.0, 1.0], 1, order);
    let time = PathError::TimeNotFinite {
        sample: 0,
        time: f64::INFINITY,
    };
    check_refused(&[f64::INFINITY], &[1.0], 1, time);
    let infinite = PathError::ValueInfinite {
        sample: 1,
        time: 2.0,
        channel: 1,
        value: f64::NEG_INFINITY,
    };
    let values = [1.0, 1.0, 1.0, f64::NEG_INFINITY];
    check_refused(&[0.0, 2.0], &values, 2, infinite);
    let span = PathError::SpanInfinite {
        start: -1e308,
        end: 1e308,
    };
    check_refused(&[-1e308, 1e308], &[1.0, 1.0], 1, span);
    let not_a_time = Observations::new(vec![0.0, NAN], vec![1.0, 1.0], 1).unwrap_err();
    assert!(matches!(
        not_a_time,
        PathError::TimeNotFinite { sample: 1, .. }
    ));
}

/// A number of values that overflows is a wrong number, not a panic.
#[test]
fn absurd_shapes_are_refused() {
    let found = Observations::new(vec![0.0, 1.0], vec![1.0], usize::MAX).unwrap_err();
    assert!(matches!(found, PathError::Lengths { .. }));
}

#[test]
fn overflow_is_named() {
    let values = vec![0.0, -1e308, 1.0, 1e308, 2.0, NAN];
    let seen = Observations::new(vec![0.0, 1.0, 2.0], values, 2).unwrap();
    for scheme in [Scheme::Linear, Scheme::NaturalCubic(Ends::Free)] {
        let found = ControlPath::fit(scheme, &seen).unwrap_err();
        let expected = PathError::Overflow {
            channel: 1,
            time: 0.0,
        };
        assert_eq!(found, expected, "{scheme:?}");
    }
}

#[test]
fn errors_say_what_to_do() {
    let error = Observations::new(vec![0.0, 0.0], vec![1.0, 1.0], 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sample 1 has the time 0, which does not come after 0, the time before it: \
         sort the samples and merge those that share a time"
    );
}
