use super::*;
use crate::physio::tests::shown;
use crate::report::plot::Axis;

fn lines(markup: Markup) -> String {
    markup.into_string().replace("><", ">\n<")
}

#[test]
fn the_page_draws_everything_and_escapes_names() {
    let page = page(&shown());
    for drawn in [
        "Ten seconds with their beats",
        "Intervals over time",
        "Signal quality over time",
        "Each interval against the one before",
        "Spectrum of the intervals",
        "Skin conductance and its parts over time",
    ] {
        assert_eq!(page.matches(drawn).count(), 1, "{drawn}");
    }
    assert!(page.contains("&lt;lead&gt;") && !page.contains("<lead>"));
    assert!(page.contains("Simulated data") && page.contains("Cannot be read"));
    assert!(page.contains("40 s are too short: it takes 303 s"));
    assert!(page.contains("shorter than 303 s"));
    // Nothing is fetched, nothing runs.
    assert!(!page.contains("<script") && !page.contains("://"));
}

#[test]
fn a_page_of_measured_data_says_nothing_of_simulation() {
    let measured = Physiology {
        simulated: false,
        ..shown()
    };
    assert!(!page(&measured).contains("Simulated data"));
}

#[test]
fn a_strip_marks_its_beats() {
    let values: Vec<f64> = (0..40).map(|sample| f64::from(sample % 10 == 5)).collect();
    insta::assert_snapshot!(lines(strip::draw(&strip::Strip {
        values: &values,
        rate: 10.0,
        start: 0.0,
        span: [0.0, 4.0],
        beats: &[0.5, 1.5, 2.5, 9.5],
        corrected: &[1.5],
        gaps: &[[3.0, 4.0]],
        unit: "mV",
    })));
}

#[test]
fn a_tachogram_breaks_and_is_shaded() {
    insta::assert_snapshot!(lines(tachogram::draw(&tachogram::Tachogram {
        span: [0.0, 120.0],
        times: &[1.0, 2.0, 60.0, 61.5],
        intervals: &[0.8, 0.9, 1.0, 0.9],
        adjacent: &[false, true, false, true],
        corrected: &[61.5],
        gaps: &[[10.0, 50.0]],
        labels: &shown().recordings[0].body.clone().unwrap().labels,
    })));
}

#[test]
fn a_poincare_plot_has_its_ellipse() {
    insta::assert_snapshot!(lines(poincare::draw(
        &[[0.8, 0.9], [0.9, 1.0], [1.0, 0.9]],
        Some([0.05, 0.1])
    )));
}

#[test]
fn a_spectrum_has_its_bands() {
    insta::assert_snapshot!(lines(spectrum::draw(
        &[0.1, 0.2, 0.3],
        &[1e-4, 3e-4, 1e-4],
        &[("LF", [0.04, 0.15]), ("HF", [0.15, 0.4])]
    )));
}

#[test]
fn what_cannot_be_drawn_is_left_out() {
    // No beat, no sample, nothing but gaps: axes and no panic.
    let strip = strip::draw(&strip::Strip {
        values: &[f64::NAN; 3],
        rate: 10.0,
        start: 0.0,
        span: [0.0, 10.0],
        beats: &[],
        corrected: &[],
        gaps: &[[0.0, 0.3]],
        unit: "",
    });
    assert!(!strip.into_string().contains("NaN"));
    assert!(!poincare::draw(&[], None).into_string().contains("NaN"));
    assert!(!spectrum::draw(&[], &[], &[]).into_string().contains("NaN"));
}

#[test]
fn a_long_signal_is_drawn_with_few_points_and_keeps_its_peaks_and_gaps() {
    let mut values = vec![0.0; 1_000_000];
    values[500_000] = 10.0;
    values[700_000..700_100].fill(f64::NAN);
    let x = Axis::new((0.0, 1000.0), (0.0, 1000.0));
    let y = Axis::new((0.0, 10.0), (100.0, 0.0));
    let path = trace::sampled(&values, 0.0, 1000.0, &x, &y);
    assert!(path.len() < 40_000, "{}", path.len());
    assert!(path.contains("L500 0L"), "the peak is kept");
    assert_eq!(path.matches('M').count(), 2, "and so is the gap");
    let few = trace::sampled(&values[..5], 0.0, 1.0, &x, &y);
    assert_eq!(few, "M0 100h0L1 100L2 100L3 100L4 100");
}

#[test]
fn points_on_one_place_are_drawn_once() {
    let many = (0..1000).map(|index| (f64::from(index % 2), 3.0));
    assert_eq!(trace::dots(many), "M0 3h0M1 3h0");
    let gone = [(f64::NAN, 1.0), (1.0, f64::INFINITY)];
    assert_eq!(trace::dots(gone.into_iter()), "");
}

#[test]
fn parts_are_told_from_all_and_nothing() {
    let told = [0.0, 0.0001, 0.05, 0.5, 0.9995, 1.0].map(percent);
    assert_eq!(told, ["0 %", "< 0.1 %", "5 %", "50 %", "> 99.9 %", "100 %"]);
}
