//! What is needed to make the run again.

use maud::{Markup, html};

use super::ReportInput;
use super::format::{count, duration};

pub(super) fn details(input: &ReportInput) -> Markup {
    let results = input.results;
    html! {
        dl.facts {
            dt { "Command" }
            dd { code { (input.command) } }
            dt { "Data" }
            dd { (input.data) @if results.simulated { " (simulated)" } }
            dt { "Made" }
            dd { (input.created) ", in " (duration(results.seconds)) }
            dt { "Seed" }
            dd { (results.seed) }
            @if results.parameters > 0 {
                dt { "Trainable parameters" }
                dd { (count(results.parameters as u64)) }
            }
            dt { "Pathema" }
            dd { (input.version) }
        }
        details {
            summary { "Config, as resolved" }
            pre { code { (input.config_toml) } }
        }
    }
}
