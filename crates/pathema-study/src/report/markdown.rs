//! The report as Markdown: an index, and a page for each section.

use super::material::{Material, Task};
use super::number::duration;
use super::section::{Part, Section};
use super::table::{Table, escaped};
use super::tables;

/// `README.md`: the headline table, then where everything is.
pub(crate) fn index(material: &Material, sections: &[Section]) -> String {
    let mut text = format!("# {}\n\n", escaped(&material.title));
    if material.simulated {
        text.push_str(BANNER);
    }
    text.push_str("[`index.html`](index.html) shows all of it on one page: tables, figures and how it was made.\n\n");
    if !material.aims.is_empty() {
        for task in Task::ALL {
            text.push_str(&tables::aims(material, task).markdown());
            text.push('\n');
        }
        if super::figures::aims(material).is_some() {
            text.push_str("![The aims, and what was reached](figures/aims.svg)\n\n");
        }
    }
    text.push_str("## All tables and figures\n\n");
    for section in sections {
        let simulated = if section.simulated {
            " – **simulated**"
        } else {
            ""
        };
        text.push_str(&format!(
            "### [{}]({}.md){simulated}\n\n",
            escaped(&section.title),
            section.name
        ));
        if !section.purpose.is_empty() {
            text.push_str(&format!("{}\n\n", escaped(&section.purpose)));
        }
        for part in &section.parts {
            match part {
                Part::Table { table, .. } => {
                    text.push_str(&format!("- {}\n", escaped(&table.caption)))
                }
                Part::Figure { figure, .. } => text.push_str(&format!(
                    "- Figure: [{}](figures/{}.svg)\n",
                    escaped(&figure.title),
                    figure.name
                )),
            }
        }
        if !section.data.is_empty() {
            text.push_str(&format!("- All digits: {}\n", data_links(section)));
        }
        text.push('\n');
    }
    text.push_str("## How this was made\n\n| | |\n|:--|:--|\n");
    for (name, value) in provenance(material) {
        text.push_str(&format!("| {name} | {} |\n", escaped(&value)));
    }
    text
}

const BANNER: &str = "> **Simulated.** All numbers here are of simulated recordings. They show that the study runs; of people they say nothing.\n\n";

/// One section's page.
pub(crate) fn page(section: &Section) -> String {
    let mut text = format!("# {}\n\n", escaped(&section.title));
    if section.simulated {
        text.push_str(BANNER);
    }
    for line in [&section.purpose, &section.extent]
        .into_iter()
        .filter(|line| !line.is_empty())
    {
        text.push_str(&format!(
            "{}{}\n\n",
            escaped(line),
            if line.ends_with('.') { "" } else { "." }
        ));
    }
    for part in &section.parts {
        match part {
            Part::Table { table, .. } => text.push_str(&with_gap(table)),
            Part::Figure { figure, .. } => {
                let simulated = if figure.simulated { " (simulated)" } else { "" };
                let title = escaped(&figure.title);
                text.push_str(&format!(
                    "![{title}{simulated}](figures/{}.svg)\n\n*{title}{simulated}.* {}\n\n",
                    figure.name,
                    escaped(&figure.caption)
                ));
            }
        }
    }
    if !section.data.is_empty() {
        text.push_str(&format!(
            "All digits: {}. Back to the [index](README.md).\n",
            data_links(section)
        ));
    }
    text
}

fn with_gap(table: &Table) -> String {
    format!("{}\n", table.markdown())
}

fn data_links(section: &Section) -> String {
    section
        .data
        .iter()
        .map(|file| format!("[`{file}`]({file})"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How it was made: name and value, where known.
pub(crate) fn provenance(material: &Material) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("Recordings", material.data.clone()),
        ("Profile", material.profile.clone()),
        ("Commit", material.commit.clone()),
        ("Machine", material.machine.clone()),
        (
            "Wall time",
            if material.wall_seconds > 0.0 {
                duration(material.wall_seconds)
            } else {
                String::new()
            },
        ),
        ("Made", material.created.clone()),
    ];
    lines.retain(|line| !line.1.is_empty());
    lines
}
