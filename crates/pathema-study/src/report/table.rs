//! A table, once for Markdown and the page alike.

use maud::{Markup, html};

/// A column's name, and whether it holds numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) numbers: bool,
}

impl Column {
    pub(crate) fn text(name: impl Into<String>) -> Column {
        Column {
            name: name.into(),
            numbers: false,
        }
    }

    pub(crate) fn numbers(name: impl Into<String>) -> Column {
        Column {
            name: name.into(),
            numbers: true,
        }
    }
}

/// How a line stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    Plain,
    /// The model that the study is about.
    Headline,
    /// Clock or majority.
    Reference,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) cells: Vec<String>,
    pub(crate) role: Role,
}

/// Rows under a caption.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) caption: String,
    /// Whether any number comes from simulated recordings.
    pub(crate) simulated: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) lines: Vec<Line>,
    /// Under it.
    pub(crate) notes: Vec<String>,
}

impl Table {
    pub(crate) fn push(&mut self, role: Role, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "{}", self.caption);
        self.lines.push(Line { cells, role });
    }

    /// A column whose cells all say the same of the rows with data is said once, under the table.
    pub(crate) fn fold_constant(&mut self, columns: &[&str]) {
        let mut said = Vec::new();
        for name in columns {
            let Some(index) = self.columns.iter().position(|column| column.name == *name) else {
                continue;
            };
            let own = || {
                self.lines
                    .iter()
                    .filter(|line| line.role != Role::Reference)
                    .map(|line| &line.cells[index])
            };
            let first = own().next().cloned().unwrap_or_default();
            if own().all(|cell| *cell == first) {
                self.columns.remove(index);
                self.lines
                    .iter_mut()
                    .for_each(|line| drop(line.cells.remove(index)));
                if !first.is_empty() && first != "–" {
                    said.push(format!("{}: {first}.", capitalised(name)));
                }
            }
        }
        self.notes.splice(0..0, said);
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "**{}**{}\n\n",
            escaped(&self.caption),
            if self.simulated {
                " – **simulated**"
            } else {
                ""
            }
        );
        let mut line = |cells: &mut dyn Iterator<Item = String>| {
            text.push('|');
            cells.for_each(|cell| text.push_str(&format!(" {cell} |")));
            text.push('\n');
        };
        line(&mut self.columns.iter().map(|column| escaped(&column.name)));
        line(
            &mut self
                .columns
                .iter()
                .map(|column| if column.numbers { "--:" } else { ":--" }.to_owned()),
        );
        for row in &self.lines {
            let mut cells =
                row.cells
                    .iter()
                    .enumerate()
                    .map(|(index, cell)| match (index, row.role) {
                        (0, Role::Headline) => format!("**{}**", escaped(cell)),
                        (0, Role::Reference) => format!("*{}*", escaped(cell)),
                        _ => escaped(cell),
                    });
            line(&mut cells);
        }
        let notes: Vec<String> = self.notes.iter().map(|note| escaped(note)).collect();
        if !notes.is_empty() {
            text.push_str(&format!("\n{}\n", notes.join(" ")));
        }
        text
    }

    pub(crate) fn html(&self) -> Markup {
        html! {
            div.table {
                div.wide tabindex="0" role="group" aria-label={ (self.caption) ", scrollable" } {
                    table {
                        caption { (self.caption) @if self.simulated { " " span.simulated { "simulated" } } }
                        thead { tr { @for column in &self.columns { th.number[column.numbers] scope="col" { (column.name) } } } }
                        tbody {
                            @for line in &self.lines {
                                tr class=(role_class(line.role)) {
                                    @for (index, (cell, column)) in line.cells.iter().zip(&self.columns).enumerate() {
                                        @if index == 0 { th scope="row" { (cell) } }
                                        @else { td class=[class(column, cell)] { (cell) } }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !self.notes.is_empty() { p.caption { (self.notes.join(" ")) } }
            }
        }
    }
}

fn role_class(role: Role) -> &'static str {
    match role {
        Role::Plain => "plain",
        Role::Headline => "headline",
        Role::Reference => "reference",
    }
}

/// Numbers stand to the right; an aim met or missed is seen at a glance.
fn class(column: &Column, cell: &str) -> Option<&'static str> {
    match column.numbers {
        true if cell.starts_with("met, ") => Some("number met"),
        true if cell.starts_with("missed") => Some("number missed"),
        true => Some("number"),
        false => None,
    }
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Text that Markdown takes for text, on one line.
pub(crate) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' => {
                written.push('\\');
                written.push(letter);
            }
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '&' => written.push_str("&amp;"),
            '\n' | '\r' => written.push(' '),
            letter => written.push(letter),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Table {
        let mut table = Table {
            caption: "LOSO, population".into(),
            simulated: true,
            columns: vec![
                Column::text("model"),
                Column::text("trained"),
                Column::numbers("accuracy"),
            ],
            notes: vec!["Means over subjects.".into()],
            ..Table::default()
        };
        table.push(
            Role::Headline,
            vec!["neural CDE".into(), "clean".into(), ".943 ± .004".into()],
        );
        table.push(
            Role::Plain,
            vec!["a|b".into(), "clean".into(), ".871 ± .010".into()],
        );
        table.push(
            Role::Reference,
            vec!["clock".into(), "–".into(), ".957".into()],
        );
        table
    }

    #[test]
    fn markdown_of_a_small_table() {
        insta::assert_snapshot!(small().markdown());
    }

    #[test]
    fn what_is_the_same_in_all_rows_is_said_once() {
        let mut table = small();
        table.fold_constant(&["trained"]);
        assert_eq!(table.columns.len(), 2);
        assert!(table.lines.iter().all(|line| line.cells.len() == 2));
        assert_eq!(table.notes[0], "Trained: clean.");
    }
}
