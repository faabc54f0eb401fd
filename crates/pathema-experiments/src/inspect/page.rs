//! The page with the signals drawn: one self-contained HTML file.

use maud::{Markup, html};
use pathema_signal::inspect::{ChannelReport, Envelope, Extent, Report};

use super::shell::Shell;
use super::table::odd;
use super::{Inspected, Inspection, clock, rate, short};
use crate::report::plot::{Axis, px};

const OWN_STYLE: &str = include_str!("style.css");

/// Width and height of a signal's drawing, with room for the numbers on the left.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 92.0;
const LEFT: f64 = 64.0;

/// The text of the page.
pub fn page(inspection: &Inspection) -> String {
    let names: Vec<&str> = inspection
        .recordings
        .iter()
        .map(|recording| recording.name.as_str())
        .collect();
    let shell = Shell {
        about: "what was recorded",
        path: &inspection.path,
        format: &inspection.format,
        simulated: inspection.simulated,
        names: &names,
        style: OWN_STYLE,
    };
    shell.around(html! {
        @for (index, recording) in inspection.recordings.iter().enumerate() {
            (section(index, recording))
        }
    })
}

fn section(index: usize, recording: &Inspected) -> Markup {
    html! {
        section id={ "r" (index) } {
            h2 { (recording.name) }
            @if let Some(report) = &recording.report {
                p.lead {
                    (clock(report.duration))
                    @if let Some(start) = &report.start { ", from " (start) }
                }
                (labels(report))
                @for channel in &report.channels { (signal(channel, report)) }
                (time_axis(report.duration))
                @if !report.odd.is_empty() { ul.findings { @for odd in &report.odd { li { (odd) } } } }
            }
            @if let Some(error) = &recording.error { p.note { b { "Cannot be read. " } (error) } }
        }
    }
}

fn labels(report: &Report) -> Markup {
    html! {
        @if !report.labels.is_empty() {
            p.caption {
                @for (index, label) in report.labels.iter().enumerate() {
                    @if index > 0 { " · " }
                    @if let Some(class) = class(label.code) { i class={ "key " (class) } {} " " }
                    (label.name) " " (clock(label.seconds))
                    @if label.runs.len() > 1 { " in " (label.runs.len()) }
                }
            }
        }
        @if !report.annotations.is_empty() {
            p.caption {
                "Annotations: "
                @for (index, (kind, count)) in report.annotations.iter().take(24).enumerate() {
                    @if index > 0 { ", " }
                    b { (kind) } " " (count)
                }
            }
        }
    }
}

fn signal(channel: &ChannelReport, report: &Report) -> Markup {
    let odd = odd(channel, report);
    html! {
        figure.signal {
            figcaption {
                (channel.name) " "
                span.soft {
                    (channel.placement) " · " (rate(channel.rate)) " · " (channel.samples) " samples · "
                    (short(channel.low)) " … " (short(channel.high)) " " (channel.unit)
                }
                @if !odd.is_empty() { span.odd { (odd.join(" · ")) } }
            }
            div.wide { (drawing(channel, report)) }
        }
    }
}

fn drawing(channel: &ChannelReport, report: &Report) -> Markup {
    let x = Axis::new((0.0, report.duration), (LEFT, WIDTH));
    let (low, high) = shown(&channel.outline);
    let y = Axis::new((low, high), (HEIGHT - 6.0, 6.0));
    html! {
        svg viewBox={ "0 0 " (px(WIDTH)) " " (px(HEIGHT)) } role="img" aria-label={ (channel.name) " over time" } {
            @for label in &report.labels {
                @if let Some(class) = class(label.code) {
                    @for run in &label.runs { (band(class, &x, *run)) }
                }
            }
            @for span in &channel.first_gaps { (band("gap", &x, *span)) }
            @for span in &channel.first_flat { (band("flat", &x, *span)) }
            @for value in [low, high] {
                text.soft x=(px(LEFT - 6.0)) y=(px(y.at(value))) dy="0.35em" text-anchor="end" { (short(Some(value))) }
            }
            @for (axis, outline) in channel.outline.iter().enumerate() {
                path class={ "axis" (axis % 3) } d=(path(outline, &x, &y)) {}
            }
        }
    }
}

/// The labels that are shaded: those that models are to tell apart, and the meditation.
fn class(code: u8) -> Option<&'static str> {
    match code {
        1 => Some("run baseline"),
        2 => Some("run stress"),
        3 => Some("run amusement"),
        4 => Some("run meditation"),
        _ => None,
    }
}

fn band(class: &str, x: &Axis, [start, end]: [f64; 2]) -> Markup {
    let (left, right) = (x.at(start), x.at(end));
    html! { rect class=(class) x=(px(left)) y="0" width=(px((right - left).max(1.0))) height=(px(HEIGHT)) {} }
}

/// The range that is drawn: without the few stretches at the very extremes, where an artefact would flatten the rest.
fn shown(outline: &[Envelope]) -> (f64, f64) {
    let extents = || {
        outline
            .iter()
            .flat_map(|outline| outline.extents.iter().flatten())
    };
    let at = |mut values: Vec<f64>, share: f64| {
        values.sort_by(f64::total_cmp);
        let index = (share * values.len().saturating_sub(1) as f64).round() as usize;
        values.get(index).copied().unwrap_or(0.0)
    };
    let low = at(extents().map(|extent| extent.low).collect(), 0.005);
    let high = at(extents().map(|extent| extent.high).collect(), 0.995);
    if high > low {
        (low, high)
    } else {
        (low - 0.5, low + 0.5)
    }
}

/// A filled outline: along the greatest values and back along the least, anew after each stretch without a value.
fn path(outline: &Envelope, x: &Axis, y: &Axis) -> String {
    let (low, high) = (y.range().1, y.range().0);
    let place = |value: f64| px(y.at(value).clamp(low - 5.0, high + 5.0));
    let mut text = String::new();
    let mut first = 0;
    for part in outline.extents.split(Option::is_none) {
        let extents: Vec<&Extent> = part.iter().flatten().collect();
        if !extents.is_empty() {
            let across = |index: usize| px(x.at((first + index) as f64 * outline.step));
            let mut points: Vec<String> = Vec::with_capacity(4 * part.len());
            for (index, extent) in extents.iter().enumerate() {
                points.push(format!("{} {}", across(index), place(extent.high)));
                points.push(format!("{} {}", across(index + 1), place(extent.high)));
            }
            for (index, extent) in extents.iter().enumerate().rev() {
                points.push(format!("{} {}", across(index + 1), place(extent.low)));
                points.push(format!("{} {}", across(index), place(extent.low)));
            }
            text += &format!("M{}Z", points.join("L"));
        }
        first += part.len() + 1;
    }
    text
}

fn time_axis(duration: f64) -> Markup {
    let x = Axis::new((0.0, duration / 60.0), (LEFT, WIDTH));
    html! {
        div.wide {
            svg viewBox={ "0 0 " (px(WIDTH)) " 34" } aria-hidden="true" {
                @for (value, text) in x.ticks(10) {
                    text.soft x=(px(x.at(value))) y="14" text-anchor="middle" { (text) }
                }
                text.soft x=(px(LEFT)) y="30" { "minutes" }
            }
        }
    }
}
