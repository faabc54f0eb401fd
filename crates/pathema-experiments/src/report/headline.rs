//! Both tasks at a glance, and what elapsed time alone would have said.

use maud::{Markup, html};

use super::format::{METRICS, model_class, model_name, score, spread};
use super::plot::{Axis, px};
use super::{ReportInput, missing};
use crate::run::records::{ModelResults, TaskResults};

/// Which task's results of a model.
type View = fn(&ModelResults) -> &TaskResults;

pub(super) fn cards(input: &ReportInput) -> Markup {
    let Some(recogniser) = input.recogniser() else {
        return missing("results of any model");
    };
    let tasks: [(&str, &str, View); 2] = [
        (
            "Stress or not",
            "stress against baseline and amusement",
            |m| &m.binary,
        ),
        ("Which state", "baseline, stress or amusement", |m| {
            &m.three_class
        }),
    ];
    html! {
        div.cards {
            @for (title, what, view) in tasks {
                (card(title, what, view, recogniser, &input.results.models))
            }
        }
        (clock_note(input, recogniser))
    }
}

fn card(
    title: &str,
    what: &str,
    view: View,
    recogniser: &ModelResults,
    models: &[ModelResults],
) -> Markup {
    let results = view(recogniser);
    html! {
        article.card {
            h3 { (title) " " small { (what) } }
            p.big {
                span.value { (score(results.mean.accuracy)) }
                " accuracy "
                @if results.std.accuracy.is_some() {
                    span.sd { "± " (score(results.std.accuracy)) }
                }
            }
            p.caption {
                (model_name(&recogniser.model)) ", mean ± standard deviation over subjects. "
                "Each dot is one subject, each bar a mean."
            }
            (strip(title, view, models))
            dl.tiles {
                @for metric in &METRICS {
                    div {
                        dt { (metric.name) @if !metric.more_is_better { span title="less is better" { " ↓" } } }
                        dd {
                            (spread((metric.of)(&results.mean), (metric.of)(&results.std)))
                            @for (index, model) in models.iter().enumerate().skip(1) {
                                span.against {
                                    i class={ "key " (model_class(&model.model, index)) } {}
                                    (model_name(&model.model)) " "
                                    (spread((metric.of)(&view(model).mean), (metric.of)(&view(model).std)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The accuracy of every subject by every model, one row a model.
fn strip(title: &str, view: View, models: &[ModelResults]) -> Markup {
    const ROW: f64 = 26.0;
    let lowest = models
        .iter()
        .flat_map(|model| &view(model).per_subject)
        .filter_map(|subject| subject.scores.accuracy)
        .fold(1.0, f64::min);
    let axis = Axis::new(((lowest * 10.0).floor() / 10.0, 1.0), (90.0, 436.0));
    let bottom = ROW * models.len() as f64 + 4.0;
    html! {
        svg.strips viewBox={ "0 0 450 " (px(bottom + 24.0)) } role="img"
            aria-label={ "Accuracy of each subject by each model: " (title) } {
            g.axes {
                @for (value, text) in axis.ticks(5) {
                    @let x = px(axis.at(value));
                    line.grid x1=(x) x2=(x) y1="4" y2=(px(bottom)) {}
                    text x=(x) y=(px(bottom + 16.0)) text-anchor="middle" { (text) }
                }
            }
            @for (index, model) in models.iter().enumerate() {
                @let y = ROW * (index as f64 + 0.5) + 4.0;
                g class={ "strip " (model_class(&model.model, index)) } {
                    text x="80" y=(px(y)) dy="0.35em" text-anchor="end" { (model_name(&model.model)) }
                    @for subject in &view(model).per_subject {
                        @if let Some(accuracy) = subject.scores.accuracy {
                            circle cx=(px(axis.at(accuracy))) cy=(px(y)) r="4" {
                                title { (subject.subject) ": " (score(Some(accuracy))) }
                            }
                        }
                    }
                    @if let Some(mean) = view(model).mean.accuracy {
                        @let x = px(axis.at(mean));
                        line x1=(x) x2=(x) y1=(px(y - 9.0)) y2=(px(y + 9.0)) {}
                    }
                }
            }
        }
    }
}

fn clock_note(input: &ReportInput, recogniser: &ModelResults) -> Markup {
    let Some(clock) = input.model("clock") else {
        return html! {};
    };
    let against = |view: View| -> Option<Markup> {
        let (ours, its) = (view(recogniser).mean.accuracy?, view(clock).mean.accuracy?);
        // Compared as shown: a difference that rounding hides is none.
        let (ours, its) = (score(Some(ours)), score(Some(its)));
        let word = match ours.cmp(&its) {
            std::cmp::Ordering::Less => "below",
            std::cmp::Ordering::Equal => "level with",
            std::cmp::Ordering::Greater => "above",
        };
        Some(html! { b { (word) } " the clock (" (ours) " against " (its) ")" })
    };
    let verdict = match (against(|m| &m.binary), against(|m| &m.three_class)) {
        (Some(binary), Some(three_class)) => html! {
            " Here " (model_name(&recogniser.model)) " is " (binary) " in telling stress from the rest, and "
            (three_class) " in telling three states apart."
        },
        _ => html! {},
    };
    html! {
        aside.note {
            h3 { "Read this against the clock" }
            p {
                "The clock looks at no signal: it knows only how long the session has run. On WESAD that alone beats "
                "most models, because the protocol fixes when things happen." (verdict)
            }
            p {
                "A recogniser below the clock still does what the clock cannot do outside such a protocol. One above "
                "it is not thereby shown to read physiology: whatever drifts while a device is worn can tell the time."
            }
        }
    }
}
