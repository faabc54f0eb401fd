use serde::{Deserialize, Serialize};

use crate::FormatError;
use crate::error::quoted;

/// Named columns of equal length.
///
/// ```
/// use pathema_signal::table::{Column, Table, Values};
/// let mut table = Table::new("features", "One row a window of 60 s.");
/// table.push(Column::new("subject", Values::Text(vec![Some("S2".into()), Some("S3".into())])))?;
/// table.push(Column::new("hr_mean", Values::F64(vec![Some(71.5), None])).unit("1/min"))?;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("features.csv");
/// table.write_csv(&path)?;
/// assert_eq!(Table::read_csv(&path)?, table);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it is called.
    pub name: String,
    /// What a row is, and whatever else a reader must know.
    pub description: String,
    columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it is called; no two of a table are called the same.
    pub name: String,
    /// The unit of its values; empty where there is none.
    pub unit: String,
    /// What it is.
    pub description: String,
    /// Its values, one a row.
    pub values: Values,
}

/// The values of a column; `None` where one is missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Double precision.
    F64(Vec<Option<f64>>),
    /// Single precision.
    F32(Vec<Option<f32>>),
    /// Whole numbers.
    I64(Vec<Option<i64>>),
    /// Yes or no.
    Bool(Vec<Option<bool>>),
    /// Text.
    Text(Vec<Option<String>>),
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::F64(values) => values.len(),
            Values::F32(values) => values.len(),
            Values::I64(values) => values.len(),
            Values::Bool(values) => values.len(),
            Values::Text(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `f64`, `f32`, `i64`, `bool` or `text`.
    pub fn kind(&self) -> &'static str {
        match self {
            Values::F64(_) => "f64",
            Values::F32(_) => "f32",
            Values::I64(_) => "i64",
            Values::Bool(_) => "bool",
            Values::Text(_) => "text",
        }
    }
}

impl Column {
    /// A column without a unit and a description.
    pub fn new(name: impl Into<String>, values: Values) -> Column {
        Column {
            name: name.into(),
            unit: String::new(),
            description: String::new(),
            values,
        }
    }

    /// The column, of values in this unit.
    pub fn unit(self, unit: impl Into<String>) -> Column {
        Column {
            unit: unit.into(),
            ..self
        }
    }

    /// The column, described so.
    pub fn described(self, description: impl Into<String>) -> Column {
        Column {
            description: description.into(),
            ..self
        }
    }
}

impl Table {
    /// A table of no column.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Table {
        Table {
            name: name.into(),
            description: description.into(),
            columns: Vec::new(),
        }
    }

    /// Adds a column.
    ///
    /// # Errors
    /// If it is not as long as the others, or one of them has its name, or it has none.
    pub fn push(&mut self, column: Column) -> Result<(), FormatError> {
        let refused = |problem: String, way_out: &str| {
            Err(FormatError::Unwritable {
                what: format!("the column {}", quoted(&column.name)),
                format: "a table",
                problem,
                way_out: way_out.to_owned(),
            })
        };
        if column.name.is_empty() {
            return refused("it has no name".to_owned(), "name it");
        }
        if self.column(&column.name).is_some() {
            return refused(
                "there is one of this name".to_owned(),
                "rename one of the two",
            );
        }
        if !self.columns.is_empty() && column.values.len() != self.rows() {
            let problem = format!(
                "it has {} rows, and the table {}",
                column.values.len(),
                self.rows()
            );
            return refused(problem, "fill in what is missing as missing");
        }
        self.columns.push(column);
        Ok(())
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name, if there is one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// All but the values.
    pub(super) fn about(&self) -> About {
        let columns = self.columns.iter().map(|column| AboutColumn {
            name: column.name.clone(),
            kind: column.values.kind().to_owned(),
            unit: column.unit.clone(),
            description: column.description.clone(),
        });
        About {
            name: self.name.clone(),
            description: self.description.clone(),
            columns: columns.collect(),
        }
    }
}

/// What a file says of a table beside its values.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) columns: Vec<AboutColumn>,
}

/// What a file says of a column beside its values.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AboutColumn {
    pub(super) name: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) description: String,
}
