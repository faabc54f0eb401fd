//! The page with everything drawn: one self-contained HTML file.

mod chart;
mod heart;
mod measures;
mod poincare;
mod quality;
mod skin;
mod spectrum;
mod strip;
mod tachogram;
mod trace;

#[cfg(test)]
mod tests;

use maud::{Markup, html};

use super::{Body, Examined, Physiology, Present, Stretch};
use crate::inspect::{Shell, clock, rate};

const OWN_STYLE: &str = include_str!("../style.css");

/// The text of the page.
pub fn page(physiology: &Physiology) -> String {
    let names: Vec<&str> = physiology
        .recordings
        .iter()
        .map(|recording| recording.name.as_str())
        .collect();
    let shell = Shell {
        about: "what the body did",
        path: &physiology.path,
        format: &physiology.format,
        simulated: physiology.simulated,
        names: &names,
        style: OWN_STYLE,
    };
    shell.around(html! {
        @for (index, recording) in physiology.recordings.iter().enumerate() {
            (recording_of(index, recording))
        }
    })
}

fn recording_of(index: usize, recording: &Examined) -> Markup {
    html! {
        section id={ "r" (index) } {
            h2 { (recording.name) }
            @if let Some(body) = &recording.body {
                p.lead { (clock(body.duration)) }
                (signals(&body.signals))
                (labels(&body.labels))
                @if !body.odd.is_empty() { ul.findings { @for odd in &body.odd { li { (odd) } } } }
            }
            @if let Some(error) = &recording.error { p.note { b { "Cannot be read. " } (error) } }
        }
        @if let Some(body) = &recording.body { (sensors(&recording.name, body)) }
    }
}

fn sensors(name: &str, body: &Body) -> Markup {
    html! {
        @for heart in &body.hearts {
            section { (heart::section(name, heart, &body.labels)) }
        }
        @for skin in &body.skins {
            section { (skin::section(name, skin, &body.labels)) }
        }
    }
}

fn signals(signals: &[Present]) -> Markup {
    html! {
        div.wide {
            table.signals {
                thead { tr {
                    th { "signal" } th { "worn" } th.number { "rate" } th.number { "lasts" } th.number { "present" }
                } }
                tbody {
                    @for signal in signals {
                        tr {
                            th { (signal.modality) @if signal.name != signal.modality { " " span.soft { (signal.name) } } }
                            td { (signal.placement) }
                            td.number { (rate(signal.rate)) }
                            td.number { (clock(signal.seconds)) }
                            td.number { (percent(signal.present)) }
                        }
                    }
                }
            }
        }
    }
}

/// What each shade stands for.
fn labels(labels: &[Stretch]) -> Markup {
    let mut seen: Vec<(u8, &str, f64, usize)> = Vec::new();
    for label in labels {
        match seen.iter_mut().find(|(_, name, ..)| *name == label.name) {
            Some((.., seconds, runs)) => {
                *seconds += label.end - label.start;
                *runs += 1;
            }
            None => seen.push((label.code, label.name, label.end - label.start, 1)),
        }
    }
    seen.sort_by_key(|(code, ..)| *code);
    html! {
        @if !seen.is_empty() {
            p.caption {
                @for (index, (code, name, seconds, runs)) in seen.into_iter().enumerate() {
                    @if index > 0 { " · " }
                    @if let Some(class) = shade(code) { i class={ "shade " (class) } {} " " }
                    (name) " " (clock(seconds))
                    @if runs > 1 { " in " (runs) }
                }
            }
        }
    }
}

/// The class that shades a label: those that models are to tell apart, and the meditation.
fn shade(code: u8) -> Option<&'static str> {
    match code {
        1 => Some("label-baseline"),
        2 => Some("label-stress"),
        3 => Some("label-amusement"),
        4 => Some("label-meditation"),
        _ => None,
    }
}

/// Where a sensor was worn, behind its name; nothing where the file does not say.
fn worn(placement: &str) -> String {
    match placement {
        "unknown" => String::new(),
        known => format!(" {known}"),
    }
}

fn percent(part: f64) -> String {
    // What is not all of it must not read as if it were.
    let percent = 100.0 * part;
    if part < 1.0 && percent > 99.9 {
        "> 99.9 %".to_owned()
    } else if part > 0.0 && percent < 0.1 {
        "< 0.1 %".to_owned()
    } else {
        format!(
            "{} %",
            crate::inspect::short(Some((10.0 * percent).round() / 10.0))
        )
    }
}
