//! What can keep a data set from being read.

use std::io;
use std::path::PathBuf;

use super::pickle::{Fault, PickleError};
use crate::FormatError;

/// Why a data set could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WesadError {
    /// The file system refused.
    #[error("{}: {source}; give WESAD's folder, a folder that holds it, or its zip", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of a subject cannot be read to its end.
    #[error("{file}: {source}; copy or fetch it again")]
    File {
        /// Which file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The zip is broken.
    #[error("{} is a zip cut short or damaged ({source}); fetch it again and compare its size", path.display())]
    Zip {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: zip::result::ZipError,
    },
    /// Neither a folder nor a zip.
    #[error("{} is neither a folder nor a zip; give WESAD's folder, a folder that holds it, or its zip", path.display())]
    NotAnArchive {
        /// What was given.
        path: PathBuf,
    },
    /// No subject.
    #[error("{} holds no subject; expected folders such as S2 with S2.pkl in them, there or in WESAD", path.display())]
    NoSubjects {
        /// Where they were looked for.
        path: PathBuf,
    },
    /// A subject that the data set does not have.
    #[error("{} has no subject {subject}; it has {}", path.display(), known.join(" "))]
    UnknownSubject {
        /// The data set.
        path: PathBuf,
        /// Who was asked for.
        subject: String,
        /// Whom it has.
        known: Vec<String>,
    },
    /// A subject's folder without its recording.
    #[error(
        "{subject} has a folder but no {file}; unpack or fetch it again, or take the folder away"
    )]
    MissingPickle {
        /// Who.
        subject: String,
        /// The file that is missing.
        file: String,
    },
    /// A pickle that names a callable outside numpy's array reconstruction. Nothing was called.
    #[error(
        "{file}: the pickle names the callable {module}.{name}, which numpy arrays do not need; nothing was called. \
         Fetch the official file and open this one nowhere else"
    )]
    ForbiddenGlobal {
        /// Which file.
        file: String,
        /// The callable's module.
        module: String,
        /// Its name in the module.
        name: String,
    },
    /// A pickle that cannot be read.
    #[error(transparent)]
    Pickle(PickleError),
    /// A pickle that holds something else than a recording.
    #[error(
        "{file}: {name} is {found}, expected {expected}; fetch the file again or save it as the official one"
    )]
    Content {
        /// Which file.
        file: String,
        /// Which entry of it.
        name: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// Arrays that do not last equally long: one was cut, or has another rate.
    #[error(
        "{file}: {name} has {found} samples, expected {expected} within a second: {seconds:.3} s at {rate} Hz, as the \
         other arrays last; found is what {implied:.2} Hz would give. Fetch the file again, or do not resample"
    )]
    Length {
        /// Which file.
        file: String,
        /// Which array of it.
        name: String,
        /// Its number of samples.
        found: usize,
        /// The number that it should have.
        expected: usize,
        /// Its rate in hertz.
        rate: f64,
        /// The rate in hertz at which it would last as long as the others.
        implied: f64,
        /// Seconds that the other arrays last.
        seconds: f64,
    },
    /// A label that WESAD does not know.
    #[error(
        "{file}: label is {code} at sample {index}, expected a code from 0 to 7; fetch the file again"
    )]
    LabelCode {
        /// Which file.
        file: String,
        /// What stands there.
        code: i64,
        /// Where, at 700 Hz.
        index: usize,
    },
    /// A questionnaire that does not have its form.
    #[error(
        "{file}, line {line}: {found}, expected {expected}; correct the line, or take the file away to go without"
    )]
    Questionnaire {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// A file of a device that cannot be read, or does not go with the others.
    #[error(transparent)]
    Format(Box<FormatError>),
}

impl From<FormatError> for WesadError {
    fn from(error: FormatError) -> Self {
        WesadError::Format(Box::new(error))
    }
}

impl From<PickleError> for WesadError {
    fn from(error: PickleError) -> Self {
        match error.fault {
            Fault::ForbiddenGlobal { module, name } => WesadError::ForbiddenGlobal {
                file: error.file,
                module,
                name,
            },
            _ => WesadError::Pickle(error),
        }
    }
}
