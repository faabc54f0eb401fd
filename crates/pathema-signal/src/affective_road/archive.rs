use std::collections::BTreeMap;
use std::path::Path;

use super::table::Table;
use super::{Drive, drive, marks};
use crate::FormatError;
use crate::files::{Tree, is_debris};

/// An opened data set.
#[derive(Clone, Debug)]
pub struct Archive {
    tree: Tree,
    /// The drives by number, with their folders below `E4`.
    drives: BTreeMap<u32, String>,
    /// Who drove, where a map says so.
    drivers: BTreeMap<u32, String>,
    simulated: bool,
}

impl Archive {
    /// Opens the data set's folder, a folder that holds it, or a zip of it.
    ///
    /// # Errors
    /// If there is nothing at `path`, it is neither a folder nor a zip, or it has no drive.
    ///
    /// ```
    /// use pathema_signal::affective_road::Archive;
    /// use pathema_signal::simulate::affective_road;
    /// use pathema_signal::{Modality, Placement};
    /// let folder = tempfile::tempdir()?;
    /// affective_road::write(folder.path(), 7, 2)?;
    /// let archive = Archive::open(folder.path())?;
    /// assert!(archive.drives().eq([1, 2]));
    /// let drive = archive.read(1)?;
    /// let stress = drive.recording.channel(Placement::Unknown, Modality::Stress).unwrap();
    /// assert_eq!(stress.rate(), Some(4.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path) -> Result<Archive, FormatError> {
        let tree = Tree::open(path)?;
        let root = tree
            .names()
            .filter(|name| !is_debris(name))
            .find_map(|name| {
                let parts: Vec<&str> = name.split('/').collect();
                let at = parts
                    .windows(2)
                    .position(|pair| pair[0] == "E4" && is_drive(pair[1]))?;
                Some(parts[..at].join("/"))
            });
        let Some(root) = root else {
            return Err(FormatError::Unrecognised {
                file: tree.name().to_owned(),
                looked_for: "AffectiveROAD's E4/1-E4-Drv1 and so on".to_owned(),
            });
        };
        let simulated = tree
            .names()
            .any(|name| name.rsplit('/').next() == Some("simulation.json"));
        let tree = if root.is_empty() {
            tree
        } else {
            tree.below(&root)
        };
        let drives = tree
            .names()
            .filter_map(|name| name.strip_prefix("E4/")?.split('/').next())
            .filter(|folder| is_drive(folder))
            .filter_map(|folder| {
                let number = marks::drive_number(folder.rsplit("-Drv").next()?)?;
                Some((number, folder.to_owned()))
            })
            .collect();
        Ok(Archive {
            tree,
            drives,
            drivers: BTreeMap::new(),
            simulated,
        })
    }

    /// Says who drove, by a file of a line a drive: its number or name, a comma, the driver; the first line is a head. The data
    /// set has no such file: without it each drive is a group of its own.
    ///
    /// # Errors
    /// If the file cannot be read, or a line does not name a drive and a driver.
    pub fn with_drivers(mut self, path: &Path) -> Result<Archive, FormatError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(FormatError::io(&file))?;
        let table = Table::parse(&file, text.trim_start_matches('\u{feff}'))?;
        for (line, row) in &table.rows {
            let number = marks::drive_number(&row[0]);
            match (number, row.get(1).filter(|driver| !driver.is_empty())) {
                (Some(number), Some(driver)) => {
                    self.drivers.insert(number, driver.clone());
                }
                _ => return Err(table.off(*line, 0, &row.join(","), "a drive and its driver")),
            }
        }
        Ok(self)
    }

    /// Whether the files say that they are simulated: by a `simulation.json`, as [`simulate`](crate::simulate::affective_road)
    /// leaves it.
    pub fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// The numbers of the drives.
    pub fn drives(&self) -> impl Iterator<Item = u32> {
        self.drives.keys().copied()
    }

    /// Whom a drive is grouped with: the driver, where a map says who it was, else the drive itself (`Drv3`). Drives of one
    /// group belong on the same side of a split.
    pub fn group(&self, drive: u32) -> String {
        self.drivers
            .get(&drive)
            .cloned()
            .unwrap_or_else(|| format!("Drv{drive}"))
    }

    /// Reads all of one drive.
    ///
    /// # Errors
    /// If there is no such drive, its E4s are missing, or a file is not what it should be.
    pub fn read(&self, number: u32) -> Result<Drive, FormatError> {
        let Some(folder) = self.drives.get(&number) else {
            let known: Vec<String> = self.drives().map(|number| number.to_string()).collect();
            return Err(FormatError::Missing {
                file: format!("{}: drive {number}", self.tree.name()),
                needed: format!("there are the drives {}", known.join(" ")),
            });
        };
        let mut drive = drive::read(&self.tree, number, folder)?;
        drive.recording.subject = self.group(number);
        if !self.drivers.contains_key(&number) {
            drive.findings.push(super::Finding::NoDriver);
        }
        Ok(drive)
    }
}

/// Whether a folder is a drive's: `N-E4-DrvN`.
fn is_drive(folder: &str) -> bool {
    folder.split_once("-E4-Drv").is_some_and(|(before, after)| {
        let number = |text: &str| text.parse::<u32>().is_ok();
        number(before) && number(after)
    })
}
