//! AffectiveROAD as the study takes it: drives as sessions, rated stress as classes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use pathema_experiments::config::{ModalityGroup, PlacementChoice};
use pathema_signal::affective_road::{Archive, ClassRun, Classes, Drive, Finding};
use pathema_signal::simulate::affective_road::DRIVERS_FILE;
use pathema_signal::{
    Channel, Conversion, Label, LabelRun, Modality, Placement, Recording, Samples, Timing,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::load::subject;
use super::{LoadSettings, Loaded, SignalsError, Subject};
use crate::records::ClassNames;

/// The longest drive in seconds: beyond, two recordings do not belong together.
const LONGEST: f64 = 86_400.0;

/// Which of the two E4s of a driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrist {
    /// The left one.
    #[default]
    Left,
    /// The right one.
    Right,
}

impl Wrist {
    /// As recordings call it.
    pub fn placement(self) -> Placement {
        match self {
            Wrist::Left => Placement::LeftWrist,
            Wrist::Right => Placement::RightWrist,
        }
    }
}

/// What the classes of a drive are made of. Class 1 is what the binary task seeks, as stress is in WESAD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoadLabels {
    /// The rating: class 0 (`low`) below 0.4, class 2 (`medium`) below 0.75, class 1 (`high`) from there on. The binary task is `high`
    /// against the rest, in windows that lie in one of the three.
    #[default]
    ThreeClasses,
    /// The rating: class 0 (`not high`) below 0.75, class 1 (`high`) from there on; windows may cross 0.4.
    TwoClasses,
    /// The part of the road: class 0 at rest, class 1 in the city and on the highway; what is neither has none.
    Road,
}

impl RoadLabels {
    /// What tables call the classes.
    ///
    /// ```
    /// use pathema_study::signals::RoadLabels;
    /// let names = RoadLabels::ThreeClasses.names();
    /// assert_eq!(names.classes, ["low", "high", "medium"]);
    /// assert_eq!(names.binary(), ["not high", "high"]);
    /// ```
    pub fn names(self) -> ClassNames {
        match self {
            RoadLabels::ThreeClasses => ClassNames::new(&["low", "high", "medium"], "not high"),
            RoadLabels::TwoClasses => ClassNames::new(&["not high", "high"], "not high"),
            RoadLabels::Road => ClassNames::new(&["rest", "driving"], "rest"),
        }
    }

    /// The label that stands for a class of [`Classes`] in the study.
    fn label(self, class: usize) -> Label {
        match (self, class) {
            (_, 0) => Label::Baseline,
            (RoadLabels::ThreeClasses, 1) => Label::Amusement,
            _ => Label::Stress,
        }
    }
}

/// What is read of AffectiveROAD, and what is made of it.
#[derive(Clone, Debug)]
pub struct RoadSettings {
    /// The folder or zip, the modalities, what is taken away, and so on. Subjects are drives, by their names (`Drv3`).
    pub load: LoadSettings,
    /// A file that says who drove, as [`Archive::with_drivers`] takes it. Without it each drive is a person of its own, and who drove
    /// twice is on both sides of a fold.
    pub drivers: Option<PathBuf>,
    /// Whose sensors.
    pub wrist: Wrist,
    /// What is to be recognised.
    pub labels: RoadLabels,
}

impl RoadSettings {
    /// As [`LoadSettings::of`], of left wrists, in three classes; who drove is said by a `drivers.csv` in the folder, in its
    /// `AffectiveROAD_Data`, or beside the zip, if there is one.
    pub fn of(path: impl Into<PathBuf>) -> RoadSettings {
        let load = LoadSettings::of(path);
        let near = match load.path.is_dir() {
            true => vec![load.path.clone(), load.path.join("AffectiveROAD_Data")],
            false => load
                .path
                .parent()
                .map(Path::to_path_buf)
                .into_iter()
                .collect(),
        };
        let files = near.iter().map(|folder| folder.join(DRIVERS_FILE));
        RoadSettings {
            drivers: files.into_iter().find(|file| file.is_file()),
            load,
            wrist: Wrist::default(),
            labels: RoadLabels::default(),
        }
    }
}

/// The drives of AffectiveROAD.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedRoad {
    /// Each drive as a subject, by number. Their `sha256` is of the numbers that were read, for a drive is many files.
    pub drives: Loaded,
    /// Who drove each: a driver, or the drive's own name where nobody says. Drives of one are held out together.
    pub people: Vec<String>,
    /// What the classes are called.
    pub classes: ClassNames,
}

/// Reads drives; `progress` is told which was read, how many are done and of how many.
///
/// A drive's session is that of one E4. Its samples are put on one grid from the drive's start, at most half a sample from where they
/// were taken, NaN where there are none; labels end where its recording does and where it was interrupted, so that no window lies where
/// nothing was worn, and none crosses a change of class.
///
/// # Errors
/// [`SignalsError::Format`] of a file that is not what it should be; [`SignalsError::Lacks`] of a drive without a signal, ratings, marks to
/// align them by, or parts of the road that are needed, with the files that are missing; [`SignalsError::UnknownSubject`],
/// [`SignalsError::TooLong`]; else as [`load`](super::load).
///
/// ```no_run
/// use pathema_study::signals::{RoadLabels, RoadSettings, Wrist, load_road};
/// let settings = RoadSettings {
///     wrist: Wrist::Right,
///     labels: RoadLabels::TwoClasses,
///     ..RoadSettings::of("data/AffectiveROAD_Data.zip")
/// };
/// let road = load_road(&settings, |drive, done, of| println!("{drive}: {done} of {of}"))?;
/// assert_eq!(road.people.len(), road.drives.subjects.len());
/// # Ok::<(), pathema_study::signals::SignalsError>(())
/// ```
pub fn load_road(
    settings: &RoadSettings,
    mut progress: impl FnMut(&str, usize, usize),
) -> Result<LoadedRoad, SignalsError> {
    let mut archive = Archive::open(&settings.load.path)?;
    if let Some(drivers) = &settings.drivers {
        archive = archive.with_drivers(drivers)?;
    }
    let numbers = chosen(&archive, settings)?;
    let total = numbers.len();
    let next = AtomicUsize::new(0);
    let mut done: Vec<Option<Result<Subject, SignalsError>>> = (0..total).map(|_| None).collect();
    let work = |sender: mpsc::Sender<(usize, Result<Subject, SignalsError>)>| {
        // In order, and what was begun is ended: the first error by number is the same whoever works on it.
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(&number) = numbers.get(index) else {
                break;
            };
            let read = archive.read(number).map_err(SignalsError::from);
            let drive = read.and_then(|drive| session(drive, settings));
            if drive.is_err() {
                next.fetch_max(total, Ordering::Relaxed);
            }
            if sender.send((index, drive)).is_err() {
                break;
            }
        }
    };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..settings.load.threads.clamp(1, total.max(1)) {
            let sender = sender.clone();
            let work = &work;
            scope.spawn(move || work(sender));
        }
        drop(sender);
        for (count, (index, drive)) in receiver.iter().enumerate() {
            done[index] = Some(drive);
            progress(&name(numbers[index]), count + 1, total);
        }
    });
    Ok(LoadedRoad {
        drives: Loaded {
            subjects: done.into_iter().flatten().collect::<Result<_, _>>()?,
            simulated: archive.is_simulated(),
            placement: settings.wrist.placement(),
        },
        people: numbers.iter().map(|&drive| archive.group(drive)).collect(),
        classes: settings.labels.names(),
    })
}

/// What a drive is called among the subjects.
fn name(drive: u32) -> String {
    format!("Drv{drive}")
}

/// By number, each once.
fn chosen(archive: &Archive, settings: &RoadSettings) -> Result<Vec<u32>, SignalsError> {
    let asked = &settings.load.subjects;
    let known: Vec<String> = archive.drives().map(name).collect();
    if let Some(subject) = asked.iter().find(|subject| !known.contains(subject)) {
        return Err(SignalsError::UnknownSubject {
            path: settings.load.path.display().to_string(),
            subject: subject.clone(),
            known,
        });
    }
    let wanted = |drive: &u32| asked.is_empty() || asked.contains(&name(*drive));
    Ok(archive.drives().filter(wanted).collect())
}

fn session(drive: Drive, settings: &RoadSettings) -> Result<Subject, SignalsError> {
    let who = name(drive.number);
    let findings: Vec<String> = drive.findings.iter().map(ToString::to_string).collect();
    let lacks = |what: String, needed_for: &str| SignalsError::Lacks {
        subject: who.clone(),
        what,
        needed_for: needed_for.to_owned(),
        findings: files_missing(&drive.findings),
    };
    let placement = match settings.load.placement {
        PlacementChoice::Chest => Placement::Chest,
        PlacementChoice::Auto | PlacementChoice::Wrist => settings.wrist.placement(),
    };
    let needed: BTreeSet<Modality> = settings
        .load
        .groups
        .iter()
        .flat_map(|group| modalities(*group, settings.load.options.temperature))
        .copied()
        .collect();
    let mut channels = Vec::with_capacity(needed.len());
    for modality in needed {
        let channel = drive.recording.channel(placement, modality);
        let channel =
            channel.ok_or_else(|| lacks(format!("{placement} {modality}"), "the study"))?;
        channels.push(channel);
    }

    let unaligned = |finding: &Finding| matches!(finding, Finding::Unaligned { file } if file.starts_with("Subj_metric"));
    let runs = match settings.labels {
        RoadLabels::Road => Classes::Road.of_road(&drive.recording.annotations),
        RoadLabels::ThreeClasses | RoadLabels::TwoClasses => {
            let ratings = drive
                .recording
                .channel(Placement::Unknown, Modality::Stress);
            let ratings = ratings.ok_or_else(|| lacks("ratings".into(), "labelling by stress"))?;
            if drive.findings.iter().any(unaligned) {
                return Err(lacks(
                    "marks common to ratings and E4".into(),
                    "labelling by stress",
                ));
            }
            match settings.labels {
                RoadLabels::TwoClasses => Classes::Two.of_ratings(ratings),
                _ => Classes::Three.of_ratings(ratings),
            }
        }
    };
    let runs = channels
        .iter()
        .fold(runs, |runs, channel| worn(runs, channel));
    if runs.is_empty() {
        return Err(lacks("stretch of any class".into(), "the study"));
    }
    let longest = channels
        .iter()
        .map(|channel| channel.end())
        .fold(0.0, f64::max);
    if longest > LONGEST {
        return Err(SignalsError::TooLong {
            subject: who,
            hours: longest / 3600.0,
        });
    }
    let label = |run: &ClassRun| LabelRun {
        label: settings.labels.label(run.class),
        start: run.start,
        end: run.end,
    };
    let recording = Recording {
        subject: who.clone(),
        channels: channels.iter().copied().filter_map(on_grid).collect(),
        labels: runs.iter().map(label).collect(),
        ..Recording::default()
    };
    Ok(Subject {
        sha256: hash(&recording),
        findings,
        ..subject(&recording, Placement::Wrist, &settings.load)?
    })
}

/// What a group is made of.
fn modalities(group: ModalityGroup, temperature: bool) -> &'static [Modality] {
    match group {
        ModalityGroup::Heart => &[Modality::Bvp],
        ModalityGroup::Eda if temperature => &[Modality::Eda, Modality::Temp],
        ModalityGroup::Eda => &[Modality::Eda],
        ModalityGroup::Acc => &[Modality::Acc],
    }
}

/// What was found to be missing, for a message.
fn files_missing(findings: &[Finding]) -> String {
    let missing =
        |finding: &&Finding| !matches!(finding, Finding::NoDriver | Finding::MarkOutside { .. });
    let found: Vec<String> = findings
        .iter()
        .filter(missing)
        .map(ToString::to_string)
        .collect();
    match found.is_empty() {
        true => "all files are there".to_owned(),
        false => found.join("; "),
    }
}

/// The parts of runs over which a channel was recorded without a gap.
fn worn(runs: Vec<ClassRun>, channel: &Channel) -> Vec<ClassRun> {
    let segments = channel.segments();
    let within = |run: &ClassRun| {
        let run = *run;
        let parts = segments.iter().map(move |(_, span)| ClassRun {
            start: run.start.max(span.start),
            end: run.end.min(span.end),
            ..run
        });
        parts
            .filter(|part| part.end > part.start)
            .collect::<Vec<_>>()
    };
    runs.iter().flat_map(within).collect()
}

/// The samples on one grid from the recording's start, in the channel's unit.
fn on_grid(channel: &Channel) -> Option<Channel> {
    let rate = channel.rate()?;
    let axes = channel.axes;
    let place = |time: f64| (time * rate).round().max(0.0) as usize;
    let mut values = vec![f64::NAN; place(channel.end()) * axes];
    for (range, span) in channel.segments() {
        let own = channel.values(range);
        let first = (place(span.start) * axes).min(values.len());
        let room = &mut values[first..];
        let count = own.len().min(room.len());
        room[..count].copy_from_slice(&own[..count]);
    }
    Some(Channel {
        name: channel.name.clone(),
        unit: channel.unit.clone(),
        placement: Placement::Wrist,
        timing: Timing::regular(rate),
        samples: Samples::F64(values),
        conversion: Conversion::None,
        ..*channel
    })
}

/// SHA-256 of samples and labels, in hexadecimal.
fn hash(recording: &Recording) -> String {
    let mut hash = Sha256::new();
    for channel in &recording.channels {
        hash.update(channel.modality.name());
        hash.update(channel.rate().unwrap_or(0.0).to_le_bytes());
        for value in channel.all().iter() {
            hash.update(value.to_le_bytes());
        }
    }
    for run in &recording.labels {
        hash.update([run.label.code()]);
        hash.update(run.start.to_le_bytes());
        hash.update(run.end.to_le_bytes());
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
