//! The example draws what it says.

// Its program is not run here, only what it draws.
#[allow(dead_code)]
#[path = "../../examples/fit_and_plot.rs"]
mod fit_and_plot;

#[test]
fn draws_every_scheme() {
    let svg = fit_and_plot::plot().unwrap();
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<polyline").count(), 7);
    assert_eq!(svg.matches("causal, C").count(), 1);
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}
