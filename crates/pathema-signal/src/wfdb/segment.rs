//! A record of one segment: its files, read side by side.

use std::ops::Range;
use std::sync::Arc;

use super::group::Group;
use super::source::{Source, folder_of};
use super::{Finding, Header};
use crate::error::quoted;
use crate::{FormatError, Place, Samples};

/// The header of a segment, and where it was found.
pub(super) struct Head {
    pub(super) header: Header,
    /// The header's file for messages.
    pub(super) file: String,
    /// The folder of its files below the record's, with `/` after it.
    pub(super) folder: String,
}

impl Head {
    /// Reads the header of a record.
    pub(super) fn read(source: &Source, record: &str) -> Result<Head, FormatError> {
        let path = format!("{record}.hea");
        let file = source.full_name(&path);
        let text = source.text(&path)?.ok_or_else(|| FormatError::Missing {
            file: file.clone(),
            needed: "it is the record's header; without it the signal files cannot be read"
                .to_owned(),
        })?;
        Ok(Head {
            header: Header::parse(&text, &file)?,
            file,
            folder: folder_of(record).to_owned(),
        })
    }

    /// What is odd about the header itself.
    pub(super) fn findings(&self, findings: &mut Vec<Finding>) {
        let file = &self.file;
        findings.extend(self.header.unread.iter().map(|text| Finding::Unread {
            file: file.clone(),
            text: text.clone(),
        }));
        let signals = self.header.signals().iter().enumerate();
        let uncalibrated =
            signals.filter(|(_, signal)| signal.format.is_some() && !signal.is_calibrated());
        findings.extend(uncalibrated.map(|(index, signal)| Finding::Uncalibrated {
            file: file.clone(),
            signal: signal.name(index),
        }));
    }
}

/// A record of one segment whose files are open.
pub(super) struct Opened {
    pub(super) head: Arc<Head>,
    groups: Vec<Group>,
    pub(super) frames: u64,
}

impl Opened {
    /// Opens the signal files.
    pub(super) fn new(
        source: &Source,
        head: Arc<Head>,
        findings: &mut Vec<Finding>,
    ) -> Result<Opened, FormatError> {
        let signals = head.header.signals();
        let mut groups: Vec<Group> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        let mut index = 0;
        while index < signals.len() {
            let signal = &signals[index];
            if signal.format.is_none() {
                index += 1;
                continue;
            }
            let count = signals[index..]
                .iter()
                .take_while(|other| other.file == signal.file)
                .count();
            if !seen.insert(&signal.file) {
                return Err(FormatError::content(
                    &head.file,
                    Place::Whole,
                    format!(
                        "signals of {} that do not stand together",
                        quoted(&signal.file)
                    ),
                    "the signals of a file one after the other",
                    "correct the header",
                ));
            }
            groups.push(Group::open(
                source,
                &head.folder,
                &head.file,
                signals,
                index..index + count,
                head.header.frames,
            )?);
            index += count;
        }
        let held = groups.iter().map(|group| group.frames).min();
        let frames = head.header.frames.or(held).unwrap_or(0);
        for group in &mut groups {
            group.frames = frames;
            group.check_skew(&head.file, signals)?;
            findings.extend(group.trailing());
        }
        Ok(Opened {
            head,
            groups,
            frames,
        })
    }

    /// The samples taken in `range` of frames, a list for each signal that is wanted.
    pub(super) fn read(
        &mut self,
        range: Range<u64>,
        wanted: impl Fn(usize) -> bool,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Option<Samples>>, FormatError> {
        let signals = self.head.header.signals();
        let mut lists: Vec<Option<Samples>> = signals
            .iter()
            .enumerate()
            .map(|(index, signal)| {
                signal
                    .format
                    .filter(|_| wanted(index))
                    .map(super::Format::empty)
            })
            .collect();
        for group in &mut self.groups {
            if group
                .members
                .iter()
                .any(|member| lists[member.signal].is_some())
            {
                group.read(range.clone(), &mut lists)?;
                group.check(&self.head.file, signals, findings);
            }
        }
        Ok(lists)
    }
}
