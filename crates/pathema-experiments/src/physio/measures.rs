//! Measures of several stretches side by side, each with a value or the reason why it has none.

use pathema_physio::{Undefined, Value};
use serde::{Serialize, Serializer};

use crate::inspect::short;

/// Measures, a row each, over stretches, a column each.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// What the columns are taken over.
    pub over: Vec<Over>,
    /// The rows.
    pub measures: Vec<Measure>,
}

/// What a column of measures is taken over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Over {
    /// What it is called: `whole`, or the name of a label.
    pub name: String,
    /// Its first instant, in seconds.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}

/// One measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Its name, as papers write it.
    pub name: &'static str,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// A value for each column.
    pub cells: Vec<Cell>,
}

/// A value, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// The value, in the measure's unit.
    Value(f64),
    /// Why it is undefined.
    Undefined(Reason),
}

/// Why a measure is undefined.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    full: String,
    brief: String,
}

impl Reason {
    /// The reason with the figures of this very cell.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// What it would have taken: the same for all columns of a table.
    pub fn brief(&self) -> &str {
        &self.brief
    }
}

impl From<&Undefined> for Reason {
    fn from(undefined: &Undefined) -> Reason {
        let brief = match undefined {
            Undefined::TooShort { needed, .. } => {
                format!("shorter than {} s", short(Some(*needed)))
            }
            Undefined::TooFew { what, needed, .. } => format!("fewer than {needed} {what}"),
            Undefined::Coverage { needed, .. } => {
                format!("less than {} of it present", short(Some(*needed)))
            }
            other => other.to_string(),
        };
        let full = match undefined {
            Undefined::TooShort { found, needed } => format!(
                "{} s are too short: it takes {} s",
                short(Some(*found)),
                short(Some(*needed))
            ),
            other => other.to_string(),
        };
        Reason { full, brief }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.full)
    }
}

impl Measures {
    /// Takes in one column: name, unit and value of each measure, always the same measures in the same order.
    ///
    /// # Panics
    /// If the measures are not those of the columns before.
    pub fn push(&mut self, over: Over, column: &[(&'static str, &'static str, Value)]) {
        if self.over.is_empty() {
            self.measures = column
                .iter()
                .map(|&(name, unit, _)| Measure {
                    name,
                    unit,
                    cells: Vec::new(),
                })
                .collect();
        }
        assert_eq!(self.measures.len(), column.len(), "measures of a column");
        for (measure, (name, _, value)) in self.measures.iter_mut().zip(column) {
            assert_eq!(measure.name, *name, "measures of a column");
            measure.cells.push(match value {
                Ok(value) if value.is_finite() => Cell::Value(*value),
                // What overflowed is no number to be shown, nor one that JSON can hold.
                Ok(value) => {
                    let told = format!("it is {value}");
                    Cell::Undefined(Reason {
                        full: told.clone(),
                        brief: told,
                    })
                }
                Err(undefined) => Cell::Undefined(undefined.into()),
            });
        }
        self.over.push(over);
    }

    /// The distinct reasons for undefined values, in brief, in the order in which they first stand in the table, row by row.
    pub(crate) fn reasons(&self) -> Vec<&str> {
        let mut reasons: Vec<&str> = Vec::new();
        for measure in &self.measures {
            for cell in &measure.cells {
                if let Cell::Undefined(reason) = cell
                    && !reasons.contains(&reason.brief())
                {
                    reasons.push(reason.brief());
                }
            }
        }
        reasons
    }
}

/// The mark of the reason of this number, counted from 0: a, b, … z, aa, ab, …
pub(crate) fn mark(mut index: usize) -> String {
    let mut mark = Vec::new();
    loop {
        mark.insert(0, b'a' + (index % 26) as u8);
        index /= 26;
        if index == 0 {
            return mark.into_iter().map(char::from).collect();
        }
        index -= 1;
    }
}
