//! A section about what one sensor saw of the heart.

use maud::{Markup, html};

use super::{measures, percent, poincare, quality, spectrum, strip, tachogram, worn};
use crate::inspect::{clock, rate};
use crate::physio::{Cell, Heart, Measures, Stretch};

/// The section's content.
pub(super) fn section(recording: &str, heart: &Heart, labels: &[Stretch]) -> Markup {
    let corrected: Vec<f64> = heart.corrections.iter().map(|change| change.time).collect();
    html! {
        h2 { (recording) " · " (heart.modality) (worn(heart.placement))
            @if heart.name != heart.modality { " " span.soft { "(" (heart.name) ")" } } }
        p.lead {
            b { (heart.beats.len()) } " beats in " (clock(heart.end() - heart.start)) " at " (rate(Some(heart.rate)))
            @if !heart.beats.is_empty() {
                " · " b { (heart.corrections.len()) } " corrected ("
                (percent(heart.corrections.len() as f64 / heart.beats.len() as f64)) ")"
            }
            @let missing: f64 = heart.gaps.iter().map(|gap| gap[1] - gap[0]).sum();
            (quality::said(&heart.quality))
            @if missing > 0.0 { " · " b { (format!("{missing:.1} s")) } " missing in " (heart.gaps.len()) " gaps" }
        }
        @for problem in &heart.problems { p.note { (problem) } }
        (key())
        @for shown in &heart.strips {
            figure {
                figcaption { (clock(shown.span[0])) "–" (clock(shown.span[1])) " " span.soft { (shown.why) } }
                div.wide {
                    (strip::draw(&strip::Strip {
                        values: &heart.values,
                        rate: heart.rate,
                        start: heart.start,
                        span: shown.span,
                        beats: &heart.beats,
                        corrected: &corrected,
                        gaps: &heart.gaps,
                        unit: &heart.unit,
                    }))
                }
            }
        }
        figure {
            figcaption { "Tachogram " span.soft { "intervals after correction" } }
            div.wide {
                (tachogram::draw(&tachogram::Tachogram {
                    span: [heart.start, heart.end()],
                    times: &heart.intervals.times,
                    intervals: &heart.intervals.seconds,
                    adjacent: &heart.intervals.adjacent,
                    corrected: &corrected,
                    gaps: &heart.gaps,
                    labels,
                }))
                (quality::draw(&heart.quality, &heart.gaps, [heart.start, heart.end()]))
            }
        }
        div.duo {
            figure {
                figcaption { "Poincaré plot " span.soft { "ellipse: SD1 across, SD2 along the diagonal" } }
                (poincare::draw(&heart.intervals.pairs(), deviations(&heart.measures)))
            }
            @if let Some(found) = &heart.spectrum {
                figure {
                    figcaption { "Spectrum " span.soft { (found.method) } }
                    (spectrum::draw(&found.frequencies, &found.density, &found.bands))
                }
            }
        }
        h3 { "Heart rate variability" }
        (measures::table(&heart.measures))
    }
}

fn key() -> Markup {
    html! {
        p.caption {
            span.legend { i.mark.peak {} " beat" }
            span.legend { i.mark.changed {} " corrected" }
            span.legend { i.mark.gap {} " not recorded" }
        }
    }
}

/// SD1 and SD2 of the whole recording, in seconds.
fn deviations(measures: &Measures) -> Option<[f64; 2]> {
    let of = |name: &str| {
        let measure = measures
            .measures
            .iter()
            .find(|measure| measure.name == name)?;
        match measure.cells.first()? {
            Cell::Value(milliseconds) => Some(milliseconds / 1000.0),
            Cell::Undefined(_) => None,
        }
    };
    Some([of("SD1")?, of("SD2")?])
}
