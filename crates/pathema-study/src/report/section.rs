//! What stands where: a [`Section`] is a page of Markdown, and a part of the HTML page.

use super::block::{Block, experiments, extent, rows_of};
use super::figures;
use super::material::{ExperimentText, Layout, Material, Task};
use super::svg::Figure;
use super::table::Table;
use super::tables::{self, Factor};

/// Tables and figures under a heading.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// Its file is `<name>.md`.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) purpose: String,
    /// Of how many subjects, windows and seeds; empty where each table says it.
    pub(crate) extent: String,
    /// Whether all of it is simulated.
    pub(crate) simulated: bool,
    /// Files of comma-separated values beside it.
    pub(crate) data: Vec<String>,
    pub(crate) parts: Vec<Part>,
}

/// On the page, what is not `open` is folded under its title.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Figure { figure: Figure, open: bool },
    Table { table: Table, open: bool },
}

impl Section {
    fn extend(
        &mut self,
        figures: impl IntoIterator<Item = Figure>,
        tables: impl IntoIterator<Item = Table>,
        open: bool,
    ) {
        self.parts.extend(
            figures
                .into_iter()
                .map(|figure| Part::Figure { figure, open }),
        );
        self.parts
            .extend(tables.into_iter().map(|table| Part::Table { table, open }));
    }

    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.parts.iter().filter_map(|part| match part {
            Part::Figure { figure, .. } => Some(figure),
            Part::Table { .. } => None,
        })
    }
}

/// Experiments in their order, then what is of all models: calibration, cost, and a look inside.
pub(crate) fn sections(material: &Material) -> Vec<Section> {
    let mut sections: Vec<Section> = experiments(material)
        .iter()
        .map(|text| experiment(material, text))
        .collect();
    let mut add = |name: &str,
                   title: &str,
                   purpose: &str,
                   data: &[&str],
                   figures: Vec<Figure>,
                   tables: Vec<Table>| {
        if figures.is_empty() && tables.is_empty() {
            return;
        }
        let simulated = figures.iter().all(|figure| figure.simulated)
            && tables.iter().all(|table| table.simulated);
        // An experiment of the same name takes them in, so that no file is written twice.
        if sections.iter().all(|section| section.name != name) {
            sections.push(Section {
                name: name.into(),
                title: title.into(),
                purpose: purpose.into(),
                extent: String::new(),
                simulated,
                data: Vec::new(),
                parts: Vec::new(),
            });
        }
        if let Some(section) = sections.iter_mut().find(|section| section.name == name) {
            section.data.extend(data.iter().map(|&file| file.into()));
            section.extend(figures, tables, true);
        }
    };
    add(
        "calibration",
        "Calibration and ROC",
        "Whether a probability may be taken at its word, and what a threshold would buy.",
        if material.reliability.is_empty() {
            &[]
        } else {
            &["reliability.csv"]
        },
        figures::reliability(material)
            .into_iter()
            .chain(figures::roc(material))
            .collect(),
        tables::calibration(material).into_iter().collect(),
    );
    add(
        "cost",
        "Cost",
        "What each model costs per second of signal on one core, and what accuracy that buys.",
        if material.costs.is_empty() {
            &[]
        } else {
            &["cost.csv"]
        },
        figures::cost(material).into_iter().collect(),
        tables::costs(material).into_iter().collect(),
    );
    if let Some(inside) = &material.inside {
        let figures = [
            figures::timeline(material, inside),
            figures::attention(material, inside),
            figures::trajectory(material, inside),
        ];
        let purpose = format!(
            "One held-out subject's session: what was said of it, which modality asked which, and where the latent state went. {}",
            inside.told
        );
        add(
            "inside",
            "Looking inside",
            purpose.trim_end(),
            &[],
            figures.into_iter().flatten().collect(),
            Vec::new(),
        );
    }
    sections
}

fn experiment(material: &Material, text: &ExperimentText) -> Section {
    let blocks = Block::all(material, text);
    let mut section = Section {
        name: text.name.clone(),
        title: text.title.clone(),
        purpose: text.purpose.clone(),
        extent: extent(&rows_of(material, text)),
        simulated: blocks.iter().all(|block| block.simulated),
        data: ["", "-subjects", "-confusion"]
            .map(|kind| format!("{}{kind}.csv", text.name))
            .into(),
        parts: Vec::new(),
    };
    if text.layout == Layout::Honesty {
        for contrast in Factor::ALL
            .into_iter()
            .filter_map(|factor| tables::contrast(material, text, factor))
        {
            section.extend([figures::contrast(text, &contrast)], [], true);
            section.extend(
                [],
                Task::ALL.map(|task| tables::contrasts(material, text, &contrast, task)),
                true,
            );
        }
        section.extend(
            figures::meditation(material, text),
            tables::meditation(material, text),
            true,
        );
    }
    for (index, block) in blocks.iter().enumerate() {
        let open = index == 0 && text.layout != Layout::Honesty;
        // What is shown only because papers do it does not catch the eye.
        let sound = block.warning().is_empty();
        let scores = |section: &mut Section, figure: Option<Figure>| {
            section.extend(figure, [], sound);
            section.extend(
                [],
                Task::ALL.map(|task| tables::scores(material, block, task)),
                open,
            );
        };
        match text.layout {
            Layout::Missing => {
                section.extend(figures::missing(material, block), [], sound);
                for task in Task::ALL {
                    let [accuracy, f1] = tables::missing(material, block, task);
                    section.extend([], [accuracy], open);
                    section.extend([], [f1], false);
                }
            }
            Layout::Generic | Layout::Ablation | Layout::Honesty => {
                scores(&mut section, figures::forest(material, block));
            }
            Layout::Method => {
                scores(&mut section, figures::bars(material, block));
                section.extend(figures::curves(block), [], sound);
                section.extend(
                    [],
                    Task::ALL
                        .into_iter()
                        .filter_map(|task| tables::ends(material, block, task)),
                    open,
                );
                section.extend(figures::confusion(block, Task::ThreeClass), [], sound);
                section.extend(
                    [],
                    Task::ALL.map(|task| tables::subjects(block, task)),
                    false,
                );
            }
            Layout::Comparison => {
                scores(&mut section, figures::forest(material, block));
                // Drawn once, where nothing speaks against the figures; the numbers are in the tables of all blocks.
                if index == 0 {
                    section.extend(figures::bars(material, block), [], true);
                    section.extend(figures::subjects(material, block), [], true);
                    section.extend(
                        Task::ALL
                            .into_iter()
                            .filter_map(|task| figures::confusion(block, task)),
                        [],
                        true,
                    );
                }
                section.extend(
                    [],
                    Task::ALL.map(|task| tables::subjects(block, task)),
                    false,
                );
            }
        }
    }
    section.extend([], tables::choices(material, text), false);
    section
}
