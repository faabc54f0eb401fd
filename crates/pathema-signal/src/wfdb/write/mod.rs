//! Recordings to records.

mod frames;
mod signal;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use self::frames::{Frames, Piece};
use self::signal::Digital;
use super::{Annotations, Content, Format, Header, SegmentLine, Signal, person, start};
use crate::{FormatError, Recording, Start};

/// Writes a recording as the record `path` (`folder/100`): `100.hea`, `100.dat`, and `100.atr` if it has annotations. Gives
/// the header that was written.
///
/// Reading gives the same recording again, but for where sensors were worn and how channels that hold whole numbers of
/// another kind were stored; what a channel measured is told by its name. Channels with gaps, of different lengths or
/// starts, make a record of several segments: `100_layout.hea` names the channels, and `100_0001.hea` and so on hold what
/// was recorded between gaps.
///
/// # Errors
/// If something would be lost ([`FormatError::Unwritable`]): values that do not fit the format or are not whole
/// ([`digitise`](super::digitise) makes them so), rates without a common frame, channels that end within a frame, names that
/// a header cannot hold, a start in a time zone, WESAD's labels. If a file cannot be written.
pub fn write(path: &Path, recording: &Recording, format: Format) -> Result<Header, FormatError> {
    let (folder, name) = target(path)?;
    let comments = comments(recording)?;
    if let Some(start) = recording.start
        && start::fields(start).is_none()
    {
        let problem = match start {
            Start::Instant(_) => "it is an instant, and headers know no time zone",
            _ => "its year is before 0",
        };
        return Err(unwritable(
            "the start",
            problem,
            "give the date and time of a wall clock, or none",
        ));
    }
    let frames = Frames::of(recording)?;
    let digital = recording
        .channels
        .iter()
        .zip(&frames.per_frame)
        .map(|(channel, &samples)| Digital::new(channel, samples, format))
        .collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = recording
        .channels
        .iter()
        .map(|channel| channel.name.as_str())
        .collect();
    let annotations = match &recording.annotations[..] {
        [] => None,
        some => Some(Annotations::from_recording(some, frames.rate, &names)?.encode()?),
    };
    let mut header = Header {
        record: name.to_owned(),
        signal_count: digital.len(),
        rate: frames.rate,
        counter_rate: None,
        base_counter: None,
        frames: Some(frames.count).filter(|&count| count > 0),
        start: recording.start,
        content: Content::Signals(Vec::new()),
        comments,
        remarks: Vec::new(),
        unread: Vec::new(),
    };
    let folder = Folder {
        path: folder,
        rate: frames.rate,
        digital: &digital,
    };
    header.content = match &frames.pieces[..] {
        [] => Content::Signals(folder.signals(name, &[])?),
        [piece] if piece.channels.len() == digital.len() => {
            Content::Signals(folder.signals(name, std::slice::from_ref(piece))?)
        }
        pieces => Content::Segments(folder.segments(name, pieces)?),
    };
    if let Some(bytes) = annotations {
        folder.put(&format!("{name}.atr"), &bytes)?;
    }
    folder.put(&format!("{name}.hea"), header.to_text().as_bytes())?;
    Ok(header)
}

struct Folder<'a> {
    path: &'a Path,
    rate: f64,
    digital: &'a [Digital<'a>],
}

impl Folder<'_> {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), FormatError> {
        let path = self.path.join(name);
        fs::write(&path, bytes).map_err(FormatError::io(path.display()))
    }

    /// Writes the layout and each segment; what the record's header says of them.
    fn segments(&self, name: &str, pieces: &[Piece]) -> Result<Vec<SegmentLine>, FormatError> {
        let layout = format!("{name}_layout");
        let announced = self
            .digital
            .iter()
            .map(|digital| digital.announced())
            .collect();
        self.header(&layout, None, announced)?;
        let mut lines = vec![SegmentLine {
            record: layout,
            frames: 0,
        }];
        for piece in pieces {
            let record = if piece.channels.is_empty() {
                "~".to_owned()
            } else {
                let record = format!("{name}_{:04}", lines.len());
                let signals = self.signals(&record, std::slice::from_ref(piece))?;
                self.header(&record, Some(piece.frames()), signals)?;
                record
            };
            lines.push(SegmentLine {
                record,
                frames: piece.frames(),
            });
        }
        Ok(lines)
    }

    fn header(
        &self,
        name: &str,
        frames: Option<u64>,
        signals: Vec<Signal>,
    ) -> Result<(), FormatError> {
        let header = Header {
            record: name.to_owned(),
            signal_count: signals.len(),
            rate: self.rate,
            counter_rate: None,
            base_counter: None,
            frames,
            start: None,
            content: Content::Signals(signals),
            comments: Vec::new(),
            remarks: Vec::new(),
            unread: Vec::new(),
        };
        self.put(&format!("{name}.hea"), header.to_text().as_bytes())
    }

    /// Writes the signal file of a piece, or one without samples; what a header says of its signals.
    fn signals(&self, name: &str, piece: &[Piece]) -> Result<Vec<Signal>, FormatError> {
        let file = format!("{name}.dat");
        let path = self.path.join(&file);
        let io = || FormatError::io(path.display());
        let channels: Vec<(usize, usize)> = match piece {
            [piece] => piece.channels.clone(),
            _ => (0..self.digital.len())
                .map(|channel| (channel, 0))
                .collect(),
        };
        if channels.is_empty() {
            return Ok(Vec::new());
        }
        let count = piece.first().map_or(0, Piece::frames) as usize;
        let mut out = BufWriter::with_capacity(1 << 16, File::create(&path).map_err(io())?);
        let mut encoder = super::format::Encoder::new(self.digital[0].format);
        let mut bytes = Vec::new();
        for frame in 0..count {
            bytes.clear();
            for &(channel, first) in &channels {
                let digital = &self.digital[channel];
                let start = first + frame * digital.per_frame;
                for index in start..start + digital.per_frame {
                    encoder.push(digital.value(index), &mut bytes);
                }
            }
            out.write_all(&bytes).map_err(io())?;
        }
        bytes.clear();
        encoder.finish(&mut bytes);
        out.write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(io())?;
        let signals = channels.into_iter().map(|(channel, first)| {
            let digital = &self.digital[channel];
            digital.signal(file.clone(), first..first + count * digital.per_frame)
        });
        Ok(signals.collect())
    }
}

/// The folder and the name of the record to write.
fn target(path: &Path) -> Result<(&Path, &str), FormatError> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let name = name.strip_suffix(".hea").unwrap_or(name);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name == "-" || !name.chars().all(allowed) {
        let what = format!("the record {name:?}");
        let way_out = "give it a name of letters, digits and underscores";
        return Err(unwritable(&what, "WFDB does not take its name", way_out));
    }
    Ok((path.parent().unwrap_or(Path::new("")), name))
}

/// The header's comments, from which the same person is read.
fn comments(recording: &Recording) -> Result<Vec<String>, FormatError> {
    if !recording.labels.is_empty() {
        let problem = "WFDB has no label runs";
        return Err(unwritable(
            "the labels",
            problem,
            "turn them into annotations, or leave them out",
        ));
    }
    let comments = person::write(&recording.subject, &recording.person);
    let lines = comments
        .iter()
        .all(|line| line.trim() == line && !line.contains(char::is_control));
    let (subject, person) = person::read(&comments);
    if !lines || subject != recording.subject || person != recording.person {
        return Err(unwritable(
            "the person",
            "comment lines cannot say all of it (control characters, blanks at an end, or a note that reads as age or sex)",
            "reword the notes",
        ));
    }
    Ok(comments)
}

fn unwritable(what: &str, problem: &str, way_out: &str) -> FormatError {
    FormatError::Unwritable {
        what: what.to_owned(),
        format: "a WFDB record",
        problem: problem.to_owned(),
        way_out: way_out.to_owned(),
    }
}
