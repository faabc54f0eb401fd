//! Opening whatever is there: which format a file or folder is in, and its recordings.

mod detect;
mod format;

pub use format::Format;

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use crate::files::{INNER_LIMIT, Tree};
use crate::recording::Whole;
use crate::wesad::{self, Archive, Provenance};
use crate::{Blocks, FormatError, Recording, affective_road, csv, edf, empatica, respiban, wfdb};

/// A file or a data set whose format was recognised.
#[derive(Clone, Debug)]
pub struct Opened {
    path: PathBuf,
    format: Format,
    /// Each recording's name, and where in the tree it is.
    recordings: Vec<(String, String)>,
    /// The folder or zip; `None` for a single file.
    tree: Option<Tree>,
    archive: Option<Archive>,
    simulated: bool,
}

impl Opened {
    /// Looks what is at `path`: a file, a folder or a zip.
    ///
    /// # Errors
    /// If nothing is there, or nothing in a format that is known.
    ///
    /// ```
    /// use pathema_signal::open::{Format, Opened};
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("EDA.csv"), "1495437325\n4\n0.31\n0.32\n")?;
    /// let opened = Opened::at(folder.path())?;
    /// assert_eq!(opened.format(), Format::Empatica);
    /// let mut blocks = opened.read(&opened.names()[0])?;
    /// assert_eq!(blocks.next_block(1.0)?.unwrap().channels[0].all()[..], [0.31, 0.32]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(path: &Path) -> Result<Opened, FormatError> {
        let detect::Found {
            format,
            recordings,
            tree,
        } = detect::detect(path)?;
        let mut opened = Opened {
            path: path.to_owned(),
            format,
            recordings,
            tree,
            archive: None,
            simulated: false,
        };
        if format == Format::Wesad {
            let archive = Archive::open(path)?;
            let subjects = archive.subjects().iter();
            opened.recordings = subjects.map(|name| (name.clone(), name.clone())).collect();
            opened.simulated = archive.provenance() == Provenance::Simulated;
            opened.archive = Some(archive);
        }
        if format == Format::AffectiveRoad {
            opened.simulated = affective_road::Archive::open(path)?.is_simulated();
        }
        Ok(opened)
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The names of the recordings, in order: subjects, sessions, records.
    pub fn names(&self) -> Vec<String> {
        self.recordings
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Whether the files say that they are simulated.
    pub fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// WESAD's archive, if that is what was opened.
    pub(crate) fn archive(&self) -> Option<&Archive> {
        self.archive.as_ref()
    }

    /// Begins to read one recording. Formats that cannot be read in stretches come as one block.
    ///
    /// # Errors
    /// If it cannot be read, or there is none of this name.
    pub fn read(&self, name: &str) -> Result<Box<dyn Blocks>, FormatError> {
        let known = self.recordings.iter().find(|(known, _)| known == name);
        let Some((_, place)) = known else {
            return Err(FormatError::Missing {
                file: format!("{}: {name}", self.path.display()),
                needed: format!("there are {}", self.names().join(", ")),
            });
        };
        Ok(match (self.format, &self.tree) {
            (Format::Wesad, _) => match &self.archive {
                Some(archive) => {
                    let subject = archive.read(name)?;
                    whole(subject.recording, &subject.findings)
                }
                None => return self.nowhere(name),
            },
            (Format::WesadPickle, _) => {
                let file = self.path.display().to_string();
                let reader = File::open(&self.path).map_err(FormatError::io(&file))?;
                let reader = BufReader::with_capacity(1 << 18, reader);
                let (recording, findings) = wesad::read_pickle(reader, &file)?;
                whole(recording, &findings)
            }
            (Format::AffectiveRoad, _) => {
                let archive = affective_road::Archive::open(&self.path)?;
                match place.parse() {
                    Ok(number) => {
                        let drive = archive.read(number)?;
                        whole(drive.recording, &drive.findings)
                    }
                    Err(_) => return self.nowhere(name),
                }
            }
            (Format::Wfdb, Some(tree)) => {
                Box::new(wfdb::Reader::open_in(tree, place)?.with_annotations("atr")?)
            }
            (Format::Wfdb, None) => {
                Box::new(wfdb::Reader::open(&self.path)?.with_annotations("atr")?)
            }
            (Format::Edf, Some(tree)) => match tree.on_disk(place) {
                Some(path) => Box::new(edf::Reader::open(&path)?),
                // What is packed can be gone to and fro in memory only.
                None => match tree.bytes(place, INNER_LIMIT)? {
                    Some(bytes) => {
                        let source = Cursor::new(bytes);
                        Box::new(edf::Reader::new(source, tree.full_name(place))?)
                    }
                    None => return self.nowhere(name),
                },
            },
            (Format::Edf, None) => Box::new(edf::Reader::open(&self.path)?),
            (Format::Csv, _) => {
                let given = self.path.with_extension("toml");
                let schema = if self.path.is_dir() {
                    self.path.join(place)
                } else {
                    given
                };
                Box::new(csv::Reader::open(&schema)?)
            }
            (Format::Empatica, Some(tree)) if place.is_empty() => {
                Box::new(empatica::Reader::of(tree.clone())?)
            }
            (Format::Empatica, Some(tree)) if place.ends_with('/') => {
                Box::new(empatica::Reader::of(tree.below(place))?)
            }
            (Format::Empatica, Some(tree)) => match tree.inner(place)? {
                Some(inner) => Box::new(empatica::Reader::of(inner)?),
                None => return self.nowhere(name),
            },
            (Format::Respiban, Some(tree)) => match tree.stream(place)? {
                Some(stream) => Box::new(respiban::Reader::of(tree.full_name(place), stream)?),
                None => return self.nowhere(name),
            },
            (Format::Respiban, None) => Box::new(respiban::Reader::open(&self.path)?),
            (Format::Empatica, None) => return self.nowhere(name),
        })
    }

    /// The file has gone since it was listed.
    fn nowhere<T>(&self, name: &str) -> Result<T, FormatError> {
        Err(FormatError::Missing {
            file: format!("{}: {name}", self.path.display()),
            needed: "it was there a moment ago; look again".to_owned(),
        })
    }
}

fn whole(recording: Recording, findings: &[impl ToString]) -> Box<dyn Blocks> {
    let odd = findings.iter().map(ToString::to_string).collect();
    Box::new(Whole::new(recording).with_odd(odd))
}
