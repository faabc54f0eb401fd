//! How every held-out subject fared.

use maud::{Markup, html};

use super::format::{count, score};
use super::order::natural;
use super::plot::px;
use super::{ReportInput, missing};
use crate::run::records::{Scores, TaskResults};

pub(super) fn table(input: &ReportInput) -> Markup {
    let Some(model) = input.recogniser() else {
        return missing("results of any model");
    };
    let mut subjects: Vec<&str> = model
        .binary
        .per_subject
        .iter()
        .map(|subject| subject.subject.as_str())
        .collect();
    subjects.sort_by(|a, b| natural(a, b));
    let clock = input.model("clock");
    html! {
        p {
            "Bars are the accuracy"
            @if clock.is_some() { "; the mark on each is the clock's" }
            "."
        }
        div.wide {
            table.subjects {
                thead {
                    tr {
                        td {}
                        td {}
                        th.group scope="colgroup" colspan="4" { "Stress or not" }
                        th.group scope="colgroup" colspan="4" { "Which state" }
                    }
                    tr {
                        th scope="col" { "Subject" }
                        th.number scope="col" { "Windows" }
                        @for _ in 0..2 {
                            th scope="col" colspan="2" { "Accuracy" }
                            th.number scope="col" { "Macro F1" }
                            th.number scope="col" { "ROC-AUC" }
                        }
                    }
                }
                tbody {
                    @for subject in subjects {
                        @let windows = of(&model.binary, subject).map_or(0, |s| s.windows);
                        tr {
                            th scope="row" { (subject) }
                            td.number { (count(windows)) }
                            (cells(of(&model.binary, subject), clock.and_then(|c| of(&c.binary, subject))))
                            (cells(of(&model.three_class, subject), clock.and_then(|c| of(&c.three_class, subject))))
                        }
                    }
                }
            }
        }
    }
}

fn of<'a>(results: &'a TaskResults, subject: &str) -> Option<&'a Scores> {
    let found = results.per_subject.iter().find(|s| s.subject == subject);
    found.map(|s| &s.scores)
}

fn cells(scores: Option<&Scores>, clock: Option<&Scores>) -> Markup {
    let get = |score: fn(&Scores) -> Option<f64>| scores.and_then(score);
    let accuracy = get(|s| s.accuracy);
    html! {
        td.number { (score(accuracy)) }
        td.bar { (bar(accuracy, clock.and_then(|s| s.accuracy))) }
        td.number { (score(get(|s| s.macro_f1))) }
        td.number { (score(get(|s| s.roc_auc))) }
    }
}

/// A bar of `share`, and a mark where the clock is.
fn bar(share: Option<f64>, clock: Option<f64>) -> Markup {
    let width = |share: f64| 100.0 * share.clamp(0.0, 1.0);
    html! {
        svg.bar viewBox="0 0 102 14" aria-hidden="true" {
            rect.track x="1" y="3" width="100" height="8" rx="2" {}
            @if let Some(share) = share {
                rect.fill x="1" y="3" width=(px(width(share))) height="8" rx="2" {}
            }
            @if let Some(clock) = clock {
                rect.mark x=(px(width(clock))) y="0" width="2.6" height="14" {
                    title { "Clock: " (score(Some(clock))) }
                }
            }
        }
    }
}
