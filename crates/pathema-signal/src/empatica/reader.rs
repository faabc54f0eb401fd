use std::path::Path;
use std::thread;

use super::regular::{FILES, Regular};
use super::timed::{self, Intervals};
use super::{Finding, head, layout};
use crate::FormatError;
use crate::files::Tree;
use crate::recording::{Annotation, Blocks, Channel, Placement, Recording, Start};

/// A session as a whole.
#[derive(Clone, Debug)]
pub struct Session {
    /// The channels ACC, BVP, EDA, TEMP, HR and IBI, as far as their files are there, and the tags as annotations.
    pub recording: Recording,
    /// What is odd about the files.
    pub findings: Vec<Finding>,
}

/// Reads a session that an E4 exported: a folder, a zip, or a folder or zip that has one in it.
///
/// Time 0 is the start of the channel that starts first. Acceleration is stored as the device does, in 1/64 g.
///
/// # Errors
/// If there is no session or more than one; if a head is none, its columns do not agree or a rate is not above 0; if a
/// row is not what it should be, with its line.
///
/// ```
/// use pathema_signal::{Modality, Placement, empatica};
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("EDA.csv"), "1495437325.0\n4.0\n0.328021\n0.387229\n")?;
/// let session = empatica::read(folder.path())?;
/// let eda = session.recording.channel(Placement::Wrist, Modality::Eda).unwrap();
/// assert_eq!(eda.all()[..], [0.328021, 0.387229]);
/// assert_eq!(session.findings[0].to_string(), "ACC.csv is missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(path: &Path) -> Result<Session, FormatError> {
    Reader::open(path)?.read()
}

/// A session that is read stretch by stretch. Memory is a stretch and 64 KiB a file; a zip inside a zip is held whole.
pub struct Reader {
    header: Recording,
    placement: Placement,
    /// The start of the recording in Unix seconds.
    zero: f64,
    /// How far it was read, in Unix seconds.
    at: f64,
    /// Up to where tags were given, in seconds since the start.
    told: f64,
    regular: Vec<Regular>,
    intervals: Option<Intervals>,
    /// What was found in the heads.
    findings: Vec<Finding>,
}

impl Reader {
    /// Opens a session; see [`read`].
    ///
    /// # Errors
    /// As [`read`], for the heads.
    ///
    /// ```
    /// use pathema_signal::{Blocks, empatica};
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("TEMP.csv"), "1495437325.0\n4.0\n33.81\n33.83\n33.81\n33.79\n33.81\n")?;
    /// let mut reader = empatica::Reader::open(folder.path())?;
    /// let mut lengths = Vec::new();
    /// while let Some(block) = reader.next_block(1.0)? {
    ///     lengths.push(block.channels[0].len());
    /// }
    /// assert_eq!(lengths, [4, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: &Path) -> Result<Reader, FormatError> {
        Reader::of(Tree::open(path)?)
    }

    /// Opens a session in a folder or zip that was opened already, such as one inside another.
    ///
    /// # Errors
    /// As [`open`](Reader::open).
    pub fn of(tree: Tree) -> Result<Reader, FormatError> {
        let tree = layout::find(tree)?;
        let mut findings = Vec::new();
        let mut regular = Vec::new();
        for spec in &FILES {
            regular.extend(Regular::open(&tree, spec, &mut findings)?);
        }
        let intervals = Intervals::open(&tree, &mut findings)?;
        let tags = timed::tags(&tree, &mut findings)?;
        let starts = regular.iter().map(|file| file.start);
        let starts = starts.chain(intervals.iter().map(|intervals| intervals.start));
        let Some(zero) = starts.min_by(f64::total_cmp) else {
            return Err(FormatError::content(
                tree.name(),
                crate::Place::Whole,
                "files without a byte",
                "at least one with a head",
                "export or fetch the session again",
            ));
        };
        for file in &regular {
            let after = file.start - zero;
            let usual = if file.spec.file == "HR.csv" {
                10.0
            } else {
                0.0
            };
            if after != usual {
                let channel = file.channel(zero, Placement::Wrist).name;
                findings.push(Finding::Start { channel, after });
            }
        }
        let mut reader = Reader {
            header: Recording {
                start: head::instant(zero).map(Start::Instant),
                annotations: tags
                    .into_iter()
                    .map(|time| Annotation::at(time - zero, "tag"))
                    .collect(),
                ..Recording::default()
            },
            placement: Placement::Wrist,
            zero,
            at: zero,
            told: f64::NEG_INFINITY,
            regular,
            intervals,
            findings,
        };
        reader.set_header()?;
        Ok(reader)
    }

    /// The same session, worn at a wrist that is known: [`Placement::LeftWrist`] or [`Placement::RightWrist`].
    pub fn worn(mut self, placement: Placement) -> Reader {
        self.placement = placement;
        for channel in &mut self.header.channels {
            channel.placement = placement;
        }
        self
    }

    /// Reads what is left of the session, as one; the fastest channel in a thread of its own, as it has half of the values.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(mut self) -> Result<Session, FormatError> {
        let (zero, placement) = (self.zero, self.placement);
        let rest = |file: &mut Regular| file.block(zero, f64::INFINITY, false, placement);
        let rates = self.regular.iter().map(|file| file.rate);
        let fastest = rates.fold(0.0, f64::max);
        let mut read = Vec::with_capacity(self.regular.len());
        thread::scope(|scope| {
            let mut threads = Vec::new();
            for (index, file) in self.regular.iter_mut().enumerate() {
                if file.rate == fastest && threads.is_empty() {
                    let thread = thread::Builder::new();
                    threads.push((index, thread.spawn_scoped(scope, move || rest(file))));
                    read.push(None);
                } else {
                    read.push(Some(rest(file)));
                }
            }
            for (index, thread) in threads {
                read[index] = thread.ok().and_then(|thread| thread.join().ok());
            }
        });
        let mut recording = self.header.clone();
        recording.channels.clear();
        for (file, read) in self.regular.iter_mut().zip(read) {
            // Where the system gave no thread.
            recording.channels.push(read.unwrap_or_else(|| rest(file))?);
        }
        if let Some(intervals) = &mut self.intervals {
            let channel = intervals.block(zero, f64::INFINITY, false, placement)?;
            recording.channels.push(channel);
        }
        Ok(Session {
            recording,
            findings: self.findings(),
        })
    }

    /// What is odd about the files: of their heads, and of their samples as far as they were read.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        for file in &self.regular {
            file.findings(&mut findings);
        }
        if let Some(intervals) = &self.intervals {
            intervals.findings(&mut findings);
        }
        if self.regular.iter().all(|file| file.next_time().is_none()) {
            self.ends(&mut findings);
        }
        findings
    }

    /// Channels that end before the others, and tags after them.
    fn ends(&self, findings: &mut Vec<Finding>) {
        // What was not recorded at all is found elsewhere; the heart rate is derived, and ends when it ends.
        let measured = |file: &&Regular| file.spec.file != "HR.csv" && file.end() > file.start;
        let ends = self.regular.iter().filter(measured).map(Regular::end);
        let last = ends.fold(self.zero, f64::max);
        for file in self.regular.iter().filter(measured) {
            let before = last - file.end();
            if before > TOLERANCE {
                let channel = file.channel(self.zero, self.placement).name;
                findings.push(Finding::End { channel, before });
            }
        }
        let outside = |time: &f64| !(0.0..=last - self.zero).contains(time);
        let times = self.header.annotations.iter().map(|tag| tag.span.start);
        findings.extend(
            times
                .filter(outside)
                .map(|time| Finding::TagOutside { time }),
        );
    }

    /// A block of these channels, with the tags up to `reached` that were not given yet.
    fn with_tags(&mut self, channels: Vec<Channel>, reached: f64) -> Recording {
        let due = self.told..reached;
        self.told = reached;
        let tags = self.header.annotations.iter();
        Recording {
            annotations: tags
                .filter(|tag| due.contains(&tag.span.start))
                .cloned()
                .collect(),
            channels,
            labels: Vec::new(),
            subject: self.header.subject.clone(),
            person: self.header.person.clone(),
            start: self.header.start,
        }
    }

    fn set_header(&mut self) -> Result<(), FormatError> {
        let (zero, placement) = (self.zero, self.placement);
        self.header.channels = self
            .regular
            .iter()
            .map(|file| file.channel(zero, placement))
            .collect();
        if let Some(intervals) = &mut self.intervals {
            // Nothing comes before minus infinity.
            let none = intervals.block(zero, f64::NEG_INFINITY, false, placement)?;
            self.header.channels.push(none);
        }
        Ok(())
    }
}

/// Seconds by which channels may end apart: the device stores them in packets.
const TOLERANCE: f64 = 1.0;

impl Blocks for Reader {
    fn header(&self) -> &Recording {
        &self.header
    }

    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError> {
        loop {
            let next = |file: &Regular| file.next_time();
            let times = self.regular.iter().filter_map(next);
            let times = times.chain(self.intervals.iter().filter_map(Intervals::next_time));
            let Some(first) = times.min_by(f64::total_cmp) else {
                // What was tagged after the last sample comes with no sample.
                let rest = self.with_tags(self.header.channels.clone(), f64::INFINITY);
                return Ok((!rest.annotations.is_empty()).then_some(rest));
            };
            // Over a gap at once, and never nothing, however short the stretches that are asked for.
            let from = self.at.max(first);
            let end = if seconds > 0.0 { from + seconds } else { from };
            let mut channels = Vec::with_capacity(self.header.channels.len());
            for file in &mut self.regular {
                let some = file.next_time() == Some(first);
                channels.push(file.block(self.zero, end, some, self.placement)?);
            }
            if let Some(intervals) = &mut self.intervals {
                let some = intervals.next_time() == Some(first);
                channels.push(intervals.block(self.zero, end, some, self.placement)?);
            }
            self.at = end;
            if channels.iter().all(Channel::is_empty) {
                continue;
            }
            return Ok(Some(self.with_tags(channels, end - self.zero)));
        }
    }

    fn odd(&self) -> Vec<String> {
        self.findings().iter().map(ToString::to_string).collect()
    }
}
