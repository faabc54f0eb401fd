//! What is asked and what is answered.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A failure in words.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error>>;

/// What the benchmark asks; it explains the fields (xtask/src/bench/worker.rs).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Workload {
    pub(crate) kind: String,
    pub(crate) batch: i64,
    pub(crate) channels: i64,
    pub(crate) length: i64,
    pub(crate) hidden: i64,
    pub(crate) width: i64,
    pub(crate) seconds: f64,
    pub(crate) interpolation: String,
    pub(crate) method: String,
    pub(crate) gradient: String,
    pub(crate) rtol: f64,
    pub(crate) atol: f64,
    pub(crate) knots: bool,
    pub(crate) evaluations: usize,
    pub(crate) missing: f64,
    pub(crate) engine: String,
    pub(crate) threads: usize,
    pub(crate) runs: usize,
    pub(crate) data: Option<PathBuf>,
    pub(crate) truth: Option<PathBuf>,
    pub(crate) out: Option<PathBuf>,
}

impl Workload {
    /// The file with inputs and weights.
    pub(crate) fn data(&self) -> Fallible<&Path> {
        Ok(named(&self.data, "data")?)
    }

    /// The file to be written.
    pub(crate) fn out(&self) -> Fallible<&Path> {
        Ok(named(&self.out, "out")?)
    }
}

fn named<'a>(file: &'a Option<PathBuf>, field: &str) -> Result<&'a Path, String> {
    let missing = || format!("the workload names no file in its field {field:?}");
    file.as_deref().ok_or_else(missing)
}

/// What is answered; what does not apply is null or empty.
#[derive(Default, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) seconds: Vec<f64>,
    pub(crate) loss: Option<f64>,
    pub(crate) gradient_norm: Option<f64>,
    pub(crate) error: Option<f64>,
    pub(crate) peak: Option<f64>,
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) unsupported: Option<String>,
    pub(crate) failed: Option<String>,
}

/// That there is no such thing here: an answer rather than a failure.
#[derive(Debug)]
pub(crate) struct Unsupported(pub(crate) String);

impl Unsupported {
    /// Of what is asked in a field of the workload.
    pub(crate) fn choice(field: &str, asked: &str) -> Box<dyn Error> {
        Box::new(Unsupported(format!("there is no {field} {asked:?} here")))
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Error for Unsupported {}
