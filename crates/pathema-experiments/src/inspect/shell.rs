//! What pages about recordings have around their parts.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("../report/style.css");

/// A page about the recordings at a path: one file that fetches nothing and runs nothing.
pub(crate) struct Shell<'a> {
    /// What the page is about, in a few words.
    pub(crate) about: &'a str,
    pub(crate) path: &'a str,
    pub(crate) format: &'a str,
    pub(crate) simulated: bool,
    /// The recordings, whose sections have the ids `r0`, `r1`, …
    pub(crate) names: &'a [&'a str],
    /// Beside the report's style.
    pub(crate) style: &'a str,
}

impl Shell<'_> {
    /// The text of the page with these sections.
    pub(crate) fn around(&self, sections: Markup) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    title { (self.path) }
                    style { (PreEscaped(STYLE)) (PreEscaped(self.style)) }
                }
                body {
                    header {
                        p.eyebrow { "Pathema · " (self.about) }
                        h1 { (last_part(self.path)) }
                        p.lead { (self.format) " at " code { (self.path) } }
                        @if self.simulated {
                            p.banner { strong { "Simulated data." } " Nothing here was measured on a person." }
                        }
                    }
                    @if self.names.len() > 1 {
                        nav {
                            @for (index, name) in self.names.iter().enumerate() {
                                a href={ "#r" (index) } { (name) }
                            }
                        }
                    }
                    main { (sections) }
                    footer { "Pathema " (env!("CARGO_PKG_VERSION")) }
                }
            }
        }
        .into_string()
    }
}

fn last_part(path: &str) -> &str {
    path.trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
}
