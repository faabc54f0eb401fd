//! Drives in the layout of AffectiveROAD, simulated.
//!
//! What is written has the official layout, with its variety: sides as folders and as zips, a wrist that was interrupted
//! in drive 2, an index column in some of the chest's files. `simulation.json`, in the data set's folder and in `Database`,
//! says that nothing was measured.
//!
//! [`write()`] makes drives of six minutes of plain waves, all on the same road, for whoever reads files. [`write_drives`]
//! makes drives that can be learnt from: stress comes and goes on the road, and moves the bodies of
//! [`simulate`](super) as the stress of a session does, in some people weakly or the wrong way round.

mod course;
mod driving;
mod layout;
mod waves;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::SimulateError;
use super::random::{Purpose, Random};
use course::Course;
use layout::Layout;

/// Seconds before the first part, of the E4s, the chest and the rating: each was switched on at another time.
pub const LEADS: [u32; 3] = [30, 17, 5];

/// The most drives of one simulation.
pub const MAX_DRIVES: u32 = 999;

/// The file in the data set's folder that says who drove, for [`Archive::with_drivers`](crate::affective_road::Archive::with_drivers).
/// The real data set has none.
pub const DRIVERS_FILE: &str = "drivers.csv";

/// Seconds by which the right E4 was switched on after the left.
const LATER: u32 = 4;
/// Seconds for which the E4s, and the chest, were left on after the last part.
const AFTER: [u32; 2] = [20, 10];

/// What to simulate.
///
/// Drive `k` is the same whatever `drives` is, if its driver is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadConfig {
    /// Seed of every random choice.
    pub seed: u64,
    /// How many drives, 1 to [`MAX_DRIVES`].
    pub drives: u32,
    /// How many people drove them: in turn, so that the first drove most often.
    pub drivers: u32,
    /// Part of a drive's usual length, which is about 27 minutes; 0.1 to 10.
    pub length: f64,
}

impl Default for RoadConfig {
    /// 13 drives by 10 drivers.
    fn default() -> Self {
        RoadConfig {
            seed: 2018,
            drives: 13,
            drivers: 10,
            length: 1.0,
        }
    }
}

/// Writes `root/AffectiveROAD_Data` with so many drives of plain waves.
///
/// # Errors
/// [`SimulateError::Exists`] if it is there already; [`SimulateError::Write`] with what could not be written.
pub fn write(root: &Path, seed: u64, drives: u32) -> Result<(), SimulateError> {
    let settings = serde_json::json!({ "seed": seed });
    let parts = vec![waves::parts(); drives as usize];
    let layout = Layout::new(
        root,
        "pathema-signal simulate affective_road",
        settings,
        &parts,
    )?;
    for drive in 1..=drives {
        let random = &mut Random::new(seed, drive as usize, Purpose::Road);
        waves::write(&layout, drive, random)?;
    }
    Ok(())
}

/// Writes `root/AffectiveROAD_Data` with drives that can be learnt from, and who drove them in [`DRIVERS_FILE`].
///
/// # Errors
/// [`SimulateError::Road`] for drives that cannot be; else as [`write()`].
///
/// ```
/// use pathema_signal::affective_road::{Archive, Classes};
/// use pathema_signal::simulate::affective_road::{RoadConfig, write_drives};
/// use pathema_signal::{Modality, Placement};
/// let folder = tempfile::tempdir()?;
/// let config = RoadConfig { drives: 1, drivers: 1, length: 0.2, ..RoadConfig::default() };
/// write_drives(folder.path(), &config)?;
/// let archive = Archive::open(folder.path())?;
/// assert!(archive.is_simulated());
/// let drive = archive.read(1)?;
/// let ratings = drive.recording.channel(Placement::Unknown, Modality::Stress).unwrap();
/// let runs = Classes::Three.of_ratings(ratings);
/// assert!((0..3).all(|class| runs.iter().any(|run| run.class == class)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_drives(root: &Path, config: &RoadConfig) -> Result<(), SimulateError> {
    let &RoadConfig {
        seed,
        drives,
        drivers,
        length,
    } = config;
    if !((1..=MAX_DRIVES).contains(&drives)
        && (1..=drives).contains(&drivers)
        && (0.1..=10.0).contains(&length))
    {
        return Err(SimulateError::Road {
            drives,
            drivers,
            length,
        });
    }
    let courses: Vec<Course> = (1..=drives)
        .map(|drive| Course::new(seed, drive, length))
        .collect();
    let parts: Vec<_> = courses.iter().map(|course| course.parts.clone()).collect();
    let settings = serde_json::json!({ "config": config });
    let generator = "pathema-signal simulate affective_road drives";
    let layout = Layout::new(root, generator, settings, &parts)?;
    let driver = |drive: u32| (drive - 1) % drivers;
    let map = (1..=drives).map(|drive| format!("Drv{drive},driver {}\n", driver(drive) + 1));
    let map = String::from("drive,driver\n") + &map.collect::<String>();
    layout.put_text(DRIVERS_FILE, &map)?;
    for (drive, course) in (1..=drives).zip(&courses) {
        driving::write(&layout, seed, drive, driver(drive), course)?;
    }
    Ok(())
}
