//! Comparison of beats on cases counted by hand.

use pathema_physio::Undefined;
use pathema_physio::compare::{
    CompareError, Comparison, ComparisonTable, Criteria, average, gross,
};

fn within(reference: &[f64], found: &[f64], tolerance: f64) -> Comparison {
    Comparison::new(reference, found, &Criteria::within(tolerance)).unwrap()
}

#[test]
fn counts_and_statistics() {
    // TP, FN and FP.
    #[track_caller]
    fn check(reference: &[f64], found: &[f64], tolerance: f64, counts: [usize; 3]) {
        let comparison = within(reference, found, tolerance);
        let [matched, missed, invented] = counts;
        assert_eq!(comparison.matched(), matched);
        assert_eq!(comparison.missed(), missed);
        assert_eq!(comparison.invented(), invented);
        assert_eq!(comparison.reference(), reference.len());
        assert_eq!(comparison.found(), found.len());
    }
    check(&[], &[], 0.15, [0, 0, 0]);
    check(&[1.0, 2.0], &[], 0.15, [0, 2, 0]);
    check(&[], &[1.0], 0.15, [0, 0, 1]);
    check(&[1.0, 2.0, 3.0], &[1.1, 2.2, 3.0], 0.15, [2, 1, 1]);
    check(&[1.0, 2.0, 3.0], &[1.1, 2.2, 3.0], 0.25, [3, 0, 0]);
    check(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 0.0, [3, 0, 0]);
    // A beat found twice counts once.
    check(&[1.0], &[0.98, 1.02], 0.15, [1, 0, 1]);

    let statistics = within(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.02, 3.04, 5.0], 0.1).statistics();
    let near = |value: Result<f64, Undefined>, expected: f64| {
        assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?}");
    };
    near(statistics.sensitivity, 0.75);
    near(statistics.predictivity, 0.75);
    near(statistics.f1, 0.75);
    near(statistics.offset, 0.02);
    near(statistics.jitter, (8e-4f64 / 3.0).sqrt());
    near(statistics.distance, 0.02);
}

#[test]
fn rmssd_of_both_and_its_error() {
    // Intervals 1.0, 0.9, 1.0 and 1.0, 0.8, 1.0.
    let comparison = within(&[0.0, 1.0, 1.9, 2.9], &[0.0, 1.0, 1.8, 2.8], 0.15);
    assert!((comparison.rmssd_reference().unwrap() - 0.1).abs() < 1e-12);
    assert!((comparison.rmssd_found().unwrap() - 0.2).abs() < 1e-12);
    assert!((comparison.statistics().rmssd_error.unwrap() - 1.0).abs() < 1e-9);
    // What lies beside a gap are no successive intervals.
    let gap = [0.0, 1.0, 1.9, 12.9, 13.9, 14.8];
    assert!(matches!(
        within(&gap, &gap, 0.15).rmssd_reference(),
        Ok(rmssd) if (rmssd - 0.1).abs() < 1e-12
    ));
}

#[test]
fn undefined_statistics_say_why() {
    let nothing = within(&[], &[], 0.15).statistics();
    let too_few = |what| Undefined::TooFew {
        what,
        found: 0,
        needed: 1,
    };
    assert_eq!(nothing.sensitivity, Err(too_few("reference beats")));
    assert_eq!(nothing.predictivity, Err(too_few("found beats")));
    assert_eq!(nothing.f1, Err(too_few("beats")));
    assert_eq!(nothing.offset, Err(too_few("pairs of beats")));
    assert_eq!(nothing.jitter, Err(too_few("pairs of beats")));
    assert_eq!(
        nothing.rmssd_error,
        Err(too_few("pairs of successive intervals"))
    );
    // Exact in binary, so that nothing varies.
    let steady = [0.0, 0.5, 1.0, 1.5];
    assert!(matches!(
        within(&steady, &steady, 0.15).statistics().rmssd_error,
        Err(Undefined::Zero { .. })
    ));
}

#[test]
fn the_first_minutes_do_not_count() {
    let criteria = Criteria {
        tolerance: 0.15,
        from: 10.0,
    };
    // TP, FN and FP.
    #[track_caller]
    fn check(criteria: &Criteria, reference: &[f64], found: &[f64], counts: [usize; 3]) {
        let comparison = Comparison::new(reference, found, criteria).unwrap();
        assert_eq!(
            [
                comparison.matched(),
                comparison.missed(),
                comparison.invented()
            ],
            counts
        );
    }
    check(&criteria, &[1.0, 11.0], &[5.0, 11.1], [1, 0, 0]);
    check(&criteria, &[9.0, 11.0, 12.0], &[11.0, 13.0], [1, 1, 1]);
    // A pair on either side of the start goes with its reference beat.
    check(&criteria, &[9.95], &[10.05], [0, 0, 0]);
    check(&criteria, &[10.05], &[9.95], [1, 0, 0]);
    assert_eq!(
        (Criteria::EC57.tolerance, Criteria::EC57.from),
        (0.15, 300.0)
    );
}

#[test]
fn impossible_input_is_refused_by_name() {
    #[track_caller]
    fn check(reference: &[f64], found: &[f64], criteria: Criteria, message: &str) {
        let error: CompareError = Comparison::new(reference, found, &criteria).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    let good = Criteria::within(0.15);
    check(&[], &[], Criteria::within(-1.0), "a tolerance of -1 s");
    check(&[], &[], Criteria::within(f64::NAN), "a tolerance of NaN s");
    // All beats would matter to each: the memory for a day of them is not there.
    check(&[], &[], Criteria::within(1e5), "give 0–10 s");
    check(
        &[],
        &[],
        Criteria::within(f64::INFINITY),
        "a tolerance of inf s",
    );
    let from = f64::NAN;
    check(&[], &[], Criteria { from, ..good }, "start at NaN s");
    check(
        &[1.0, f64::NAN],
        &[],
        good,
        "reference beats: time 1 is NaN",
    );
    check(&[], &[f64::INFINITY], good, "found beats: time 0 is inf");
    check(&[2.0, 1.0], &[], good, "reference beats: time 1 is 1 s");
}

#[test]
fn many_records() {
    let perfect = within(&[1.0, 2.0, 3.0, 4.1], &[1.0, 2.0, 3.0, 4.1], 0.1);
    let half = within(&[1.0, 2.0], &[1.02, 5.0, 6.0], 0.1);
    let records = [&perfect, &half];
    assert_eq!(gross(&records).sensitivity, Ok(5.0 / 6.0));
    assert_eq!(gross(&records).predictivity, Ok(5.0 / 7.0));
    assert_eq!(average(&records).sensitivity, Ok(0.75));
    assert!((gross(&records).offset.unwrap() - 0.004).abs() < 1e-12);
    assert!((average(&records).offset.unwrap() - 0.01).abs() < 1e-12);
    // Two intervals are too few for an RMSSD of the second, so that the first stands alone.
    assert_eq!(average(&records).rmssd_error, Ok(0.0));
    assert!(gross(&[]).sensitivity.is_err() && average(&[]).sensitivity.is_err());

    let mut table = ComparisonTable::default();
    assert_eq!(table.to_string().lines().count(), 1);
    table.push("100", perfect);
    assert_eq!(table.to_string().lines().count(), 2);
    table.push("a long name", half);
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].contains("TP") && lines[0].contains("RMSSD"));
    let cells: Vec<&str> = lines[3].split_whitespace().collect();
    assert_eq!(cells[..5], ["gross", "5", "1", "2", "83.33"]);
    let width = |line: &&str| line.chars().count();
    assert!(
        lines.iter().all(|line| width(line) == width(&lines[0])),
        "{text}"
    );
}
