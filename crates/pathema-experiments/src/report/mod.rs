//! The page that shows a run: one self-contained HTML file.
//!
//! [`render`] turns a run's records into the text of `report.html`. The page loads nothing, runs no script and states
//! so in its content security policy; its plots are SVG drawn here, coloured by the palette of Okabe and Ito (2008),
//! and follow the reader's light or dark scheme.
//!
//! Only what the records hold is shown: a part whose records are missing says so instead of being drawn empty.

mod confusion;
mod curves;
mod folds;
mod format;
mod headline;
mod models;
mod order;
pub(crate) mod plot;
mod provenance;
mod roc;
mod subjects;
mod timeline;
mod windows;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::run::records::{EpochRecord, ModelResults, Prediction, Results};

const STYLE: &str = include_str!("style.css");

/// What [`render`] shows.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// `results.json`.
    pub results: &'a Results,
    /// `metrics.jsonl`.
    pub epochs: &'a [EpochRecord],
    /// `predictions.csv`, of all models.
    pub predictions: &'a [Prediction],
    /// The resolved config, as TOML.
    pub config_toml: &'a str,
    /// The command that made the run.
    pub command: &'a str,
    /// Name or path of the recordings.
    pub data: &'a str,
    /// When the run was made, ready to be shown.
    pub created: &'a str,
    /// Version of Pathema.
    pub version: &'a str,
}

impl<'a> ReportInput<'a> {
    /// The model that the report is about: the first.
    fn recogniser(&self) -> Option<&'a ModelResults> {
        self.results.models.first()
    }

    fn model(&self, name: &str) -> Option<&'a ModelResults> {
        self.results.models.iter().find(|model| model.model == name)
    }
}

/// The text of `report.html`.
///
/// All text from the records is escaped. Numbers that are not finite and classes that do not exist are shown as such or
/// left out of a plot; no record makes it panic.
///
/// ```
/// use pathema_experiments::report::{ReportInput, render};
/// use pathema_experiments::run::records::Results;
///
/// let results = Results {
///     schema: 1,
///     simulated: true,
///     subjects: vec!["S2".into(), "S3".into()],
///     seed: 7,
///     models: vec![],
///     folds: vec![],
///     parameters: 30_000,
///     seconds: 65.0,
/// };
/// let page = render(&ReportInput {
///     results: &results,
///     epochs: &[],
///     predictions: &[],
///     config_toml: "seed = 7\n",
///     command: "pathema train",
///     data: "simulated",
///     created: "7 June 2024",
///     version: "0.1.0",
/// });
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("Simulated data"));
/// ```
pub fn render(input: &ReportInput) -> String {
    let title = "Pathema: stress recognised in people never seen";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(input))
                main {
                    (section("results", "Results", headline::cards(input)))
                    (section("models", "All models", models::tables(input)))
                    (section("training", "Training", curves::panels(input)))
                    (section("subjects", "Each subject", subjects::table(input)))
                    (section("confusion", "What was taken for what", confusion::matrices(input)))
                    (section("roc", "Stress against the rest", roc::curves(input)))
                    (section("timeline", "One session", timeline::median_subject(input)))
                    (section("sessions", "All sessions", timeline::all_subjects(input)))
                    (section("folds", "Folds", folds::table(input)))
                    (section("made", "How this was made", provenance::details(input)))
                }
                footer { "Pathema " (input.version) }
            }
        }
    }
    .into_string()
}

fn header(input: &ReportInput) -> Markup {
    let windows = input
        .recogniser()
        .map(|model| model.binary.pooled.windows)
        .unwrap_or_default();
    let links = [
        ("results", "Results"),
        ("models", "Models"),
        ("training", "Training"),
        ("subjects", "Subjects"),
        ("confusion", "Confusion"),
        ("roc", "ROC"),
        ("timeline", "Session"),
        ("sessions", "All sessions"),
        ("folds", "Folds"),
        ("made", "How made"),
    ];
    html! {
        header {
            p.eyebrow { "Pathema · report of a run" }
            h1 { "Stress recognised in people never seen" }
            p.lead {
                (input.results.subjects.len()) " subjects, each held out once · "
                (format::count(windows)) " windows · data: " b { (input.data) } " · " (input.created)
            }
            @if input.results.simulated {
                p.banner role="note" {
                    strong { "Simulated data." }
                    " The recordings were made by a simulator, not by people. No number on this page says how well "
                    "stress is recognised in anyone."
                }
            }
            nav aria-label="Parts of this page" {
                @for (id, name) in links { a href={ "#" (id) } { (name) } " " }
            }
        }
    }
}

fn section(id: &str, title: &str, content: Markup) -> Markup {
    html! {
        section id=(id) {
            h2 { (title) }
            (content)
        }
    }
}

/// What stands where records are missing.
fn missing(what: &str) -> Markup {
    html! { p.missing { "This run has no " (what) "." } }
}
