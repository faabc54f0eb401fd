//! Measures as a table, with the reasons for those that are undefined below it.

use maud::{Markup, html};

use crate::inspect::{clock, short};
use crate::physio::measures::mark;
use crate::physio::{Cell, Measures};

/// The table.
pub(super) fn table(measures: &Measures) -> Markup {
    let reasons = measures.reasons();
    let number = |reason: &str| reasons.iter().position(|known| *known == reason);
    html! {
        div.wide {
            table.measures {
                thead {
                    tr {
                        th { "measure" } th { "unit" }
                        @for over in &measures.over {
                            th.number { (over.name) br; span.soft { (clock(over.start)) "–" (clock(over.end)) } }
                        }
                    }
                }
                tbody {
                    @for measure in &measures.measures {
                        tr {
                            th { (measure.name) }
                            td.soft { (measure.unit) }
                            @for cell in &measure.cells {
                                @match cell {
                                    Cell::Value(value) => td.number { (short(Some(*value)).replace('-', "−")) },
                                    Cell::Undefined(reason) => td.number.undefined title=(reason.full()) {
                                        "–" sup { (number(reason.brief()).map_or(String::new(), mark)) }
                                    },
                                }
                            }
                        }
                    }
                }
            }
        }
        @if !reasons.is_empty() {
            p.caption.reasons {
                "Undefined: "
                @for (index, reason) in reasons.iter().enumerate() {
                    @if index > 0 { "; " }
                    sup { (mark(index)) } " " (reason)
                }
                "."
            }
        }
    }
}
