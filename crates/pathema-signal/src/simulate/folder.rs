use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::raw::Raw;
use super::{
    GENERATOR_VERSION, MAX_SUBJECTS, Session, SimulateError, SimulationConfig, pickle, schedule,
    session,
};

/// Decimals of the numbers in `SX_truth.json`.
const DECIMALS: i32 = 6;

/// Writes a simulated data set in the official WESAD layout.
///
/// Makes `root/WESAD/SX/{SX.pkl, SX_quest.csv, SX_readme.txt, SX_truth.json}` for each subject and
/// `root/WESAD/simulation.json`, which says how it was made. A short session takes about 47 MB of disk, a
/// full one 240 MB. After each subject `progress` gets its name, how many are done, and how many there are.
///
/// All is written into a hidden folder beside (`.WESAD-partial-0`) and renamed at the end: a `WESAD` that is
/// there is whole. A run that is killed leaves the hidden folder, which may be removed.
///
/// # Errors
/// [`SimulateError::Subjects`] for no subject or more than [`MAX_SUBJECTS`]; [`SimulateError::Exists`] if
/// `root/WESAD` is there already; [`SimulateError::Write`] with the file that could not be written. After
/// an error nothing new is left behind.
///
/// ```no_run
/// use pathema_signal::simulate::{self, SimulationConfig};
/// let folder = std::path::Path::new("data/simulated");
/// simulate::write(folder, &SimulationConfig::default(), &mut |subject, done, total| {
///     eprintln!("{subject} ({done} of {total})");
/// })?;
/// # Ok::<(), simulate::SimulateError>(())
/// ```
pub fn write(
    root: &Path,
    config: &SimulationConfig,
    progress: &mut dyn FnMut(&str, usize, usize),
) -> Result<(), SimulateError> {
    let describe = Simulation {
        simulated: true,
        note: "Everything in this folder is simulated; nothing was measured on a person.",
        generator: "pathema-signal simulate",
        generator_version: GENERATOR_VERSION,
        config,
        raw: None,
        subjects: Vec::new(),
    };
    write_with(root, describe, progress, &|folder, index| {
        let session = session(config, index);
        write_session(folder, &session)?;
        Ok(session.subject)
    })
}

/// Writes a data set, each subject by `one`.
pub(super) fn write_with(
    root: &Path,
    mut simulation: Simulation<'_>,
    progress: &mut dyn FnMut(&str, usize, usize),
    one: &dyn Fn(&Path, usize) -> Result<String, SimulateError>,
) -> Result<(), SimulateError> {
    let total = simulation.config.subjects;
    if total == 0 || total > MAX_SUBJECTS {
        return Err(SimulateError::Subjects { found: total });
    }
    let whole = root.join("WESAD");
    if whole.symlink_metadata().is_ok() {
        return Err(SimulateError::Exists { path: whole });
    }
    fs::create_dir_all(root).map_err(SimulateError::writing(root))?;
    let partial = Partial::new(root)?;
    for index in 0..total {
        let subject = one(&partial.path, index)?;
        progress(&subject, index + 1, total);
    }
    simulation.subjects = (0..total).map(schedule::subject).collect();
    write_json(&partial.path.join("simulation.json"), &simulation)?;
    // A second check: on Unix a rename would take the place of an empty folder.
    if whole.symlink_metadata().is_ok() {
        return Err(SimulateError::Exists { path: whole });
    }
    fs::rename(&partial.path, &whole).map_err(SimulateError::writing(&whole))
}

/// `simulation.json`.
#[derive(Serialize)]
pub(super) struct Simulation<'a> {
    pub(super) simulated: bool,
    pub(super) note: &'a str,
    pub(super) generator: &'a str,
    pub(super) generator_version: u32,
    pub(super) config: &'a SimulationConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a Raw>,
    pub(super) subjects: Vec<String>,
}

/// A folder that is removed unless it was renamed away.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn new(root: &Path) -> Result<Partial, SimulateError> {
        // A run that was killed leaves its folder, and another one may be at work: take a free name.
        let mut attempt = 0;
        loop {
            let path = root.join(format!(".WESAD-partial-{attempt}"));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Partial { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                    attempt += 1;
                }
                Err(error) => return Err(SimulateError::writing(&path)(error)),
            }
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the rename there is nothing to remove; after an error, that error matters more.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn write_session(folder: &Path, session: &Session) -> Result<(), SimulateError> {
    let name = &session.subject;
    let folder = folder.join(name);
    fs::create_dir(&folder).map_err(SimulateError::writing(&folder))?;
    write_pickle(&folder.join(format!("{name}.pkl")), session)?;
    let questionnaire = session.answers.file(name, &session.intervals);
    write_text(&folder.join(format!("{name}_quest.csv")), &questionnaire)?;
    let readme = session.answers.readme();
    write_text(&folder.join(format!("{name}_readme.txt")), readme)?;
    let truth = session.truth.rounded(DECIMALS);
    write_json(&folder.join(format!("{name}_truth.json")), &truth)
}

pub(super) fn write_pickle(path: &Path, session: &Session) -> Result<(), SimulateError> {
    let error = |source| SimulateError::writing(path)(source);
    let mut file = BufWriter::new(File::create(path).map_err(error)?);
    pickle::write(&mut file, session, error)?;
    file.flush().map_err(error)
}

pub(super) fn write_text(path: &Path, text: &str) -> Result<(), SimulateError> {
    fs::write(path, text).map_err(SimulateError::writing(path))
}

pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), SimulateError> {
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, value)?;
        file.write_all(b"\n")?;
        file.flush()
    };
    write().map_err(SimulateError::writing(path))
}
