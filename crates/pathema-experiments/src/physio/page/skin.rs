//! A section about skin conductance.

use maud::{Markup, html};

use super::chart::{Area, LEFT, RIGHT, WIDTH, shown};
use super::trace::sampled;
use super::{measures, quality, worn};
use crate::inspect::{clock, rate};
use crate::physio::{Certificate, Skin, Stretch};
use crate::report::plot::{Axis, Frame, px};

/// The section's content.
pub(super) fn section(recording: &str, skin: &Skin, labels: &[Stretch]) -> Markup {
    let traces = &skin.traces;
    let whole = [traces.start, traces.end()];
    html! {
        h2 { (recording) " · EDA" (worn(skin.placement))
            @if skin.name != "EDA" { " " span.soft { "(" (skin.name) ")" } } }
        p.lead {
            b { (skin.responses.len()) } " responses in " (clock(whole[1] - whole[0])) " at " (rate(Some(traces.rate)))
            (quality::said(&skin.quality))
        }
        @for problem in &skin.problems { p.note { (problem) } }
        p.caption {
            span.legend { i.mark.measured {} " measured" }
            span.legend { i.mark.tonic {} " tonic" }
            span.legend { i.mark {} " phasic" }
            span.legend { i.mark.driver {} " driver" }
            span.legend { i.mark.response {} " response" }
            span.legend { i.mark.gap {} " not recorded" }
        }
        figure {
            figcaption { "Whole recording" }
            div.wide {
                (draw(skin, labels, whole, 60.0))
                (quality::draw(&skin.quality, &skin.gaps, whole))
            }
        }
        @if let Some(close) = skin.close() {
            figure {
                figcaption {
                    (clock(close[0])) "–" (clock(close[1])) " "
                    span.soft { "the two minutes with the most responses" }
                }
                div.wide { (draw(skin, labels, close, 1.0)) }
            }
        }
        h3 { "Level and responses" }
        (measures::table(&skin.measures))
        @if !skin.certificates.is_empty() {
            h3 { "Certificate " small { (skin.method) } }
            (certificates(&skin.certificates))
        }
    }
}

/// Three panels over one time: measured and tonic, phasic with responses, driver. `unit` is the abscissa's, in seconds.
fn draw(skin: &Skin, labels: &[Stretch], span: [f64; 2], unit: f64) -> Markup {
    const PANELS: [(f64, f64); 3] = [(22.0, 152.0), (186.0, 286.0), (320.0, 390.0)];
    const HEIGHT: f64 = 432.0;
    let traces = &skin.traces;
    let range = traces.range(span);
    let part = |values: &Vec<f64>| -> Vec<f64> {
        values
            .get(range.clone())
            .map(<[f64]>::to_vec)
            .unwrap_or_default()
    };
    let [measured, tonic, phasic, driver] = [
        &traces.measured,
        &traces.tonic,
        &traces.phasic,
        &traces.driver,
    ]
    .map(part);
    let start = (traces.start + range.start as f64 / traces.rate) / unit;
    let rate = traces.rate * unit;
    let x = Axis::new((span[0] / unit, span[1] / unit), (LEFT, RIGHT));
    let upper = shown(measured.iter().chain(&tonic).copied(), 0.0005);
    let names = ["", "phasic", "driver"];
    let ranges = [
        upper,
        shown(phasic.iter().copied(), 0.0005),
        shown(driver.iter().copied(), 0.0005),
    ];
    let level = format!(
        "conductance{}{}",
        if skin.unit.is_empty() { "" } else { ", " },
        skin.unit
    );
    let inside = |time: f64| (span[0]..=span[1]).contains(&time);
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img"
            aria-label="Skin conductance and its parts over time" {
            @for (index, ((top, bottom), range)) in PANELS.into_iter().zip(ranges).enumerate() {
                @let y = Axis::new(range, (bottom, top));
                @let area = Area { x: &x, unit, top, bottom };
                @let last = index == 2;
                @let frame = Frame {
                    x,
                    y,
                    x_ticks: if last { x.ticks(10) } else { Vec::new() },
                    y_ticks: y.ticks(if index == 0 { 4 } else { 3 }),
                    x_label: match (last, unit > 1.0) {
                        (false, _) => "",
                        (true, true) => "minutes",
                        (true, false) => "seconds",
                    },
                    y_label: names[index],
                };
                (area.labels(labels))
                (area.gaps(&skin.gaps))
                (frame.axes())
                @let place = |time: f64, value: f64| (x.at(time / unit), y.at(value).clamp(top - 3.0, bottom));
                @if index == 0 {
                    text.name x=(px(LEFT)) y=(px(top - 8.0)) { (level) }
                    path.measured d=(sampled(&measured, start, rate, &x, &y)) {}
                    path.tonic d=(sampled(&tonic, start, rate, &x, &y)) {}
                } @else if index == 1 {
                    path.phasic d=(sampled(&phasic, start, rate, &x, &y)) {}
                    g.responses {
                        @for response in skin.responses.iter().filter(|response| inside(response.peak)) {
                            @let value = value_at(skin, response.peak);
                            @let (at, height) = place(response.peak, value);
                            path d={ "M" (px(at)) " " (px(height - 3.0)) "v-6" } {}
                        }
                    }
                } @else {
                    path.driver d=(sampled(&driver, start, rate, &x, &y)) {}
                }
            }
        }
    }
}

/// The phasic part at a time; 0 outside.
fn value_at(skin: &Skin, time: f64) -> f64 {
    let traces = &skin.traces;
    let index = ((time - traces.start) * traces.rate).round().max(0.0) as usize;
    traces.phasic.get(index).copied().unwrap_or(0.0)
}

fn certificates(certificates: &[Certificate]) -> Markup {
    let figure = |value: f64| format!("{value:.1e}").replace('-', "−");
    html! {
        p.caption {
            "By how much each solved stretch misses the conditions of Karush, Kuhn and Tucker. The problem is convex: where all \
            four are zero, no other solution is better."
        }
        div.wide {
            table.measures {
                thead { tr {
                    th { "stretch" } th.number { "stationarity" } th.number { "driver below 0" }
                    th.number { "multiplier below 0" } th.number { "complementarity" } th.number { "objective" }
                } }
                tbody {
                    @for certificate in certificates {
                        tr {
                            th { (clock(certificate.span[0])) "–" (clock(certificate.span[1])) }
                            td.number { (figure(certificate.stationarity)) }
                            td.number { (figure(certificate.primal)) }
                            td.number { (figure(certificate.dual)) }
                            td.number { (figure(certificate.gap)) }
                            td.number { (format!("{:.6}", certificate.objective)) }
                        }
                    }
                }
            }
        }
    }
}
