//! What was computed, window by window.

use thiserror::Error;

/// Features of the windows of one recording: a row a window, a column a feature, NaN where a feature is undefined.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureTable {
    names: Vec<&'static str>,
    modalities: Vec<&'static str>,
    length: f64,
    starts: Vec<f64>,
    values: Vec<f64>,
    coverage: Vec<f64>,
}

/// Why columns and rows do not make a table.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum TableError {
    /// Numbers that do not fill the rows.
    #[error(
        "{found} numbers of {what} for {windows} windows: it takes {expected}, one a window and column"
    )]
    Size {
        /// `features` or `coverage`.
        what: &'static str,
        /// How many numbers there are.
        found: usize,
        /// How many it takes.
        expected: usize,
        /// How many windows start.
        windows: usize,
    },
    /// Starts that do not rise, or are no numbers.
    #[error(
        "window {window} starts at {start} s, which is not after the one before: starts must rise"
    )]
    Starts {
        /// From 0.
        window: usize,
        /// Its start in seconds.
        start: f64,
    },
    /// A length that no window has.
    #[error("windows of {length} s: the length must be finite and above zero")]
    Length {
        /// Seconds.
        length: f64,
    },
}

impl FeatureTable {
    /// A table of windows of `length` seconds that start at `starts` (seconds): `values` \[windows × names\] row by row,
    /// `coverage` \[windows × modalities\] row by row.
    ///
    /// ```
    /// use pathema_physio::features::FeatureTable;
    /// let starts = vec![0.0, 0.25];
    /// let table = FeatureTable::new(vec!["eda_mean"], vec!["eda"], 60.0, starts, vec![0.4, f64::NAN], vec![1.0, 0.0])?;
    /// assert_eq!(table.row(0), [0.4]);
    /// # Ok::<(), pathema_physio::features::TableError>(())
    /// ```
    ///
    /// # Errors
    /// [`TableError`] if the lengths disagree, starts do not rise or windows have no length.
    pub fn new(
        names: Vec<&'static str>,
        modalities: Vec<&'static str>,
        length: f64,
        starts: Vec<f64>,
        values: Vec<f64>,
        coverage: Vec<f64>,
    ) -> Result<FeatureTable, TableError> {
        let windows = starts.len();
        if !(length.is_finite() && length > 0.0) {
            return Err(TableError::Length { length });
        }
        for (window, &start) in starts.iter().enumerate() {
            if !start.is_finite() || (window > 0 && start <= starts[window - 1]) {
                return Err(TableError::Starts { window, start });
            }
        }
        let size = |what, found, columns: usize| match windows * columns {
            expected if expected == found => Ok(()),
            expected => Err(TableError::Size {
                what,
                found,
                expected,
                windows,
            }),
        };
        size("features", values.len(), names.len())?;
        size("coverage", coverage.len(), modalities.len())?;
        Ok(FeatureTable {
            names,
            modalities,
            length,
            starts,
            values,
            coverage,
        })
    }

    /// Names of the features, in the order of a row.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Names of the modalities, in the order of a row of [`coverage`](Self::coverage).
    pub fn modalities(&self) -> &[&'static str] {
        &self.modalities
    }

    /// Seconds that a window lasts.
    pub fn length(&self) -> f64 {
        self.length
    }

    /// When the windows start, in seconds since the start of the recording, rising.
    pub fn starts(&self) -> &[f64] {
        &self.starts
    }

    /// The features of one window; NaN where undefined.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn row(&self, window: usize) -> &[f64] {
        let width = self.names.len();
        &self.values[window * width..(window + 1) * width]
    }

    /// Which part of one window each modality covers, from 0 to 1.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn coverage(&self, window: usize) -> &[f64] {
        let width = self.modalities.len();
        &self.coverage[window * width..(window + 1) * width]
    }
}
