//! The report as one HTML page that loads nothing and runs no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::markdown::provenance;
use super::material::{Material, Task};
use super::number::share;
use super::section::{Part, Section};
use super::svg::{COLOURS, PLOT};
use super::tables::{self, reached};
use super::{figures, names};

const STYLE: &str = include_str!("page.css");

/// The text of `index.html`.
pub(crate) fn page(material: &Material, sections: &[Section]) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (material.title) }
                style { (PreEscaped(COLOURS)) (PreEscaped(STYLE)) (PreEscaped(PLOT)) }
            }
            body {
                (header(material, sections))
                main {
                    @if !material.aims.is_empty() { (headline(material)) }
                    @for section in sections { (show(section)) }
                    (made(material))
                }
            }
        }
    }
    .into_string()
}

fn header(material: &Material, sections: &[Section]) -> Markup {
    html! {
        header {
            p.eyebrow { "Pathema · the study" }
            h1 { (material.title) }
            p.lead {
                @for (index, (name, value)) in provenance(material).iter().filter(|line| line.0 != "Machine").enumerate() {
                    @if index > 0 { " · " }
                    span.fact { (name) " " b { (value) } }
                }
            }
            @if material.simulated {
                p.banner { strong { "Simulated." } " All numbers here are of simulated recordings. They show that the study runs; of people they say nothing." }
            }
            nav aria-label="Contents" {
                @if !material.aims.is_empty() { a href="#headline" { "Headline" } }
                @for section in sections { a href={ "#" (section.name) } { (section.title) } }
                a href="#made" { "How this was made" }
            }
        }
    }
}

/// The aims: cards of the first, the figure, both tables.
fn headline(material: &Material) -> Markup {
    html! {
        section id="headline" {
            h2 { "What was to be reached" }
            p {
                "Leave-one-subject-out (LOSO) holds out each subject by itself; cross-order holds out all who were stressed first, then all who were "
                "amused first. Normalisations are never mixed in a table; those marked † are confounded. Every table carries the clock, which looks "
                "at no signal: it knows only how long the session has run."
            }
            (cards(material))
            @if let Some(figure) = figures::aims(material) { (figure.inline()) }
            @for task in Task::ALL { (tables::aims(material, task).html()) }
        }
    }
}

/// The first aim's nested figures, large, beside the clock's.
fn cards(material: &Material) -> Markup {
    let Some(first) = material
        .aims
        .first()
        .and_then(|aim| reached(material, aim).into_iter().next())
    else {
        return html! {};
    };
    let simulated = super::block::is_simulated(material, first.row);
    html! {
        div.cards {
            @for (task, what) in [(Task::Binary, "stress against the rest"), (Task::ThreeClass, "baseline, stress or amusement")] {
                @let summary = task.of(first.row);
                div.card {
                    p.what { (what) @if simulated { " " span.simulated { "simulated" } } }
                    p.big { (share(summary.accuracy.mean)) span.unit { " accuracy" } }
                    p.beside {
                        "95 % interval " b { (super::number::interval(summary.accuracy.interval)) }
                        " · macro F1 " b { (share(summary.macro_f1.mean)) }
                        " · aim " b { "≥ " (share(first.aim.least(task).0)) }
                        @for (name, row) in [("clock", first.clock), ("majority", first.majority)] {
                            @if let Some(row) = row { " · " (name) " " b { (share(task.of(row).accuracy.mean)) } }
                        }
                    }
                    p.caption {
                        (names::model(&material.headline)) ", " (first.aim.title) ", settings " (selection(&first.row.info.selection)) ", "
                        (super::block::extent(&[first.row])) "."
                    }
                }
            }
        }
    }
}

fn selection(selection: &str) -> String {
    match selection {
        "nested" => "chosen by nested selection".into(),
        "post-hoc" => "found post hoc".into(),
        other => other.into(),
    }
}

fn show(section: &Section) -> Markup {
    html! {
        section id=(section.name) {
            h2 { (section.title) @if section.simulated { " " span.simulated { "simulated" } } }
            @if !section.purpose.is_empty() { p { (section.purpose) } }
            @if !section.extent.is_empty() { p.extent { (section.extent) } }
            @for part in &section.parts {
                @match part {
                    Part::Figure { figure, open: true } => (figure.inline()),
                    Part::Figure { figure, open: false } => details {
                        summary { "Figure: " (figure.title) @if figure.simulated { " " span.simulated { "simulated" } } }
                        (figure.inline())
                    },
                    Part::Table { table, open: true } => (table.html()),
                    Part::Table { table, open: false } => details {
                        summary { (table.caption) @if table.simulated { " " span.simulated { "simulated" } } }
                        (table.html())
                    },
                }
            }
            @if !section.data.is_empty() {
                p.caption { "All digits: " @for (index, file) in section.data.iter().enumerate() { @if index > 0 { ", " } code { (file) } } "." }
            }
        }
    }
}

fn made(material: &Material) -> Markup {
    html! {
        section id="made" {
            h2 { "How this was made" }
            dl.facts {
                @for (name, value) in provenance(material) { dt { (name) } dd { (value) } }
            }
            p {
                "Accuracy and macro F1 are means over subjects; ± is the standard deviation over seeds; intervals are 95 % bootstrap intervals over "
                "subjects of the mean over seeds. " "Seeds together" ": the mean of the seeds' probabilities. Windows never cross a change of label. "
                (tables::NESTED) " " (tables::CROSS_ORDER)
            }
        }
    }
}
