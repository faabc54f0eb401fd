//! Who was held out, who chose the epoch, who was learnt from.

use maud::{Markup, html};

use super::order::natural;
use super::{ReportInput, missing};
use crate::run::records::FoldSummary;

pub(super) fn table(input: &ReportInput) -> Markup {
    if input.results.folds.is_empty() {
        return missing("record of its folds");
    }
    let mut folds: Vec<&FoldSummary> = input.results.folds.iter().collect();
    folds.sort_by(|a, b| natural(&a.held_out, &b.held_out));
    html! {
        p {
            @if folds.iter().any(|fold| fold.epochs > 0) {
                "The epoch is chosen by the inner validation subjects. "
            } @else {
                "These models have no epochs to choose from: all subjects but the one held out are fitted on. "
            }
            @let leaks: Vec<&str> = folds.iter().filter(|fold| leaks(fold)).map(|fold| fold.held_out.as_str()).collect();
            @if leaks.is_empty() {
                "No held-out subject is among those fitted or validated on, and no subject is both."
            } @else {
                strong {
                    "These folds are not sound, since a subject has more than one part in them: " (leaks.join(", ")) "."
                }
            }
        }
        div.wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Held out" }
                        th.number scope="col" { "Epoch chosen" }
                        th scope="col" { "Validated on" }
                        th scope="col" { "Fitted on" }
                    }
                }
                tbody {
                    @for fold in folds {
                        tr {
                            th scope="row" { (fold.held_out) }
                            td.number {
                                @if fold.epochs > 0 { (fold.chosen_epoch) " of " (fold.epochs) } @else { "–" }
                            }
                            td { (names(&fold.validated_on)) }
                            td { (names(&fold.fitted_on)) }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a subject of the fold has more than one of its three parts.
fn leaks(fold: &FoldSummary) -> bool {
    let known = |name: &String| fold.fitted_on.contains(name) || fold.validated_on.contains(name);
    known(&fold.held_out)
        || fold
            .validated_on
            .iter()
            .any(|name| fold.fitted_on.contains(name))
}

fn names(subjects: &[String]) -> String {
    if subjects.is_empty() {
        return "–".to_owned();
    }
    let mut sorted: Vec<&str> = subjects.iter().map(String::as_str).collect();
    sorted.sort_by(|a, b| natural(a, b));
    sorted.join(", ")
}
