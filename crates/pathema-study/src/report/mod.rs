//! The report: from the study's [records](crate::records) to `docs/results/`.
//!
//! [`Material`] is all that is shown, as plain data; [`write()`] makes of it an index, a page of
//! Markdown and comma-separated values for each experiment, figures, and one HTML page.
//!
//! The way: `block` finds the rows that may be read against each other, `tables` and `figures` show them, `section`
//! says what stands where, `markdown` and `page` write it down. A table is made once, for both.
//!
//! Normalisations and protocols are never mixed in a table of scores; what is confounded is marked † wherever it stands;
//! clock and majority are in every table; what was simulated says so.

mod block;
mod data;
mod figures;
mod markdown;
pub mod material;
mod method;
mod names;
mod number;
mod page;
mod section;
mod svg;
mod table;
mod tables;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use material::Material;

/// Names that the report's own files have.
const TAKEN: [&str; 2] = ["readme", "index"];

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// An experiment's name is no file name.
    #[error(
        "experiment {name:?} cannot name a file: use letters, digits, `-` and `_`, and neither `readme` nor `index`"
    )]
    Name {
        /// As in [`Key::experiment`](crate::records::Key::experiment).
        name: String,
    },
    /// Two experiments would write the same files.
    #[error(
        "two experiments are called {name:?}: give one of them another name (capital letters do not tell files apart everywhere)"
    )]
    Twice {
        /// As in [`ExperimentText::name`](material::ExperimentText::name).
        name: String,
    },
    /// A file or folder was not written.
    #[error("{}: {source}; is there room, and may the folder be written?", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Numbers were not brought into the form of a file.
    #[error("{file}: {source}")]
    Values {
        /// Which.
        file: String,
        /// What the writer said.
        source: csv::Error,
    },
}

/// Writes the report into a folder, which is made if it is not there, and returns the files' paths in order.
///
/// `README.md`, `index.html`, `<experiment>.md`, `<experiment>.csv`, `<experiment>-subjects.csv`,
/// `<experiment>-confusion.csv` and `figures/*.svg`; `calibration`, `cost` and `inside` where the material has them.
/// Files that are there already are overwritten, others are left alone. The same material makes the same bytes.
///
/// # Errors
///
/// [`ReportError`] if an experiment's name cannot name a file, or a file cannot be written.
///
/// ```
/// use pathema_study::report::{material::Material, write};
///
/// let folder = std::env::temp_dir().join(format!("pathema-report-{}", std::process::id()));
/// let material = Material { title: "Nothing run yet".into(), simulated: true, ..Material::default() };
/// let files = write(&material, &folder)?;
/// assert!(files.iter().any(|file| file.ends_with("index.html")));
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), pathema_study::report::ReportError>(())
/// ```
pub fn write(material: &Material, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let files = files(material)?;
    let mut paths = Vec::with_capacity(files.len());
    for (name, text) in files {
        let path = folder.join(name);
        let failed = |source| ReportError::Write {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
        paths.push(path);
    }
    Ok(paths)
}

/// Every file's name in the folder, and its text.
fn files(material: &Material) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let experiments = block::experiments(material);
    for (index, text) in experiments.iter().enumerate() {
        let name = &text.name;
        let sound = !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
        if !sound || TAKEN.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(ReportError::Name { name: name.clone() });
        }
        if experiments[..index]
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(name))
        {
            return Err(ReportError::Twice { name: name.clone() });
        }
    }
    let sections = section::sections(material);
    let mut files = vec![
        (
            "README.md".to_owned(),
            markdown::index(material, &sections).into_bytes(),
        ),
        (
            "index.html".to_owned(),
            page::page(material, &sections).into_bytes(),
        ),
    ];
    for section in &sections {
        files.push((
            format!("{}.md", section.name),
            markdown::page(section).into_bytes(),
        ));
    }
    for text in &experiments {
        files.extend(data::experiment(material, text)?);
    }
    files.extend(data::of_all(material)?);
    let aims = figures::aims(material);
    for figure in aims
        .iter()
        .chain(sections.iter().flat_map(section::Section::figures))
    {
        files.push((
            format!("figures/{}.svg", figure.name),
            figure.standalone().into_bytes(),
        ));
    }
    Ok(files)
}
