//! What was computed, window by window.

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

impl FeatureTable {
    /// A table of windows of `length` seconds that start at `starts` (seconds): `values` \[windows × names\] row by row,
    /// `coverage` \[windows × modalities\] row by row.
    ///
    /// # Panics
    /// If the lengths disagree.
    pub(crate) fn new(
        names: Vec<&'static str>,
        modalities: Vec<&'static str>,
        length: f64,
        starts: Vec<f64>,
        values: Vec<f64>,
        coverage: Vec<f64>,
    ) -> FeatureTable {
        assert_eq!(values.len(), starts.len() * names.len(), "values");
        assert_eq!(coverage.len(), starts.len() * modalities.len(), "coverage");
        FeatureTable {
            names,
            modalities,
            length,
            starts,
            values,
            coverage,
        }
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
