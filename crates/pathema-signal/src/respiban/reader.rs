use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::counter::Counter;
use super::head::{self, Head, MOST};
use super::{Finding, sensors};
use crate::FormatError;
use crate::files::{Rows, number};
use crate::recording::{Blocks, Channel, Recording, Samples, Segment, Start, Timing};

/// A file as a whole.
#[derive(Clone, Debug)]
pub struct Session {
    /// The sensors' channels in the order of the columns, and the digital input `DI` last.
    pub recording: Recording,
    /// What is odd about the file.
    pub findings: Vec<Finding>,
}

/// Reads a text file of OpenSignals.
///
/// Time 0 is the first row. The start is the wall clock's of the computer that recorded.
///
/// # Errors
/// If the file cannot be read, the head is none, its rate, columns or resolution are not those of a RespiBAN, or a row does
/// not have one whole number from 0 to 65535 a column, with its line.
///
/// ```
/// use pathema_signal::{Modality, Placement, respiban};
/// let device = r#"{"00:07:80": {"sensor": ["ECG"], "column": ["nSeq", "DI", "CH1"], "sampling rate": 700,
///     "resolution": [16], "date": "2017-5-22", "time": "9:14:21.0"}}"#.replace('\n', "");
/// let head = format!("# OpenSignals Text File Format\n# {device}\n# EndOfHeader\n");
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("S2_respiban.txt");
/// std::fs::write(&path, head + "0\t0\t32768\t\n1\t0\t0\t\n")?;
/// let session = respiban::read(&path)?;
/// let ecg = session.recording.channel(Placement::Chest, Modality::Ecg).unwrap();
/// assert_eq!(ecg.all()[..], [0.0, -1.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(path: &Path) -> Result<Session, FormatError> {
    Reader::open(path)?.read()
}

/// A file that is read stretch by stretch, in the memory of a stretch.
pub struct Reader {
    header: Recording,
    rows: Rows,
    head: Head,
    counter: Counter,
    /// The row that comes next and its place, lost samples counted.
    next: Option<(u64, Row)>,
    /// Rows read.
    count: u64,
    /// Samples lost, gaps, and the line after the first.
    lost: (u64, u64, u64),
    findings: Vec<Finding>,
}

/// The columns after `nSeq`.
type Row = [u16; MOST + 1];

impl Reader {
    /// Opens a file and reads its head.
    ///
    /// # Errors
    /// As [`read`].
    pub fn open(path: &Path) -> Result<Reader, FormatError> {
        let name = path.display().to_string();
        let open = || {
            // A pipe would make a reader wait for ever.
            match std::fs::metadata(path)?.is_file() {
                true => File::open(path),
                false => Err(std::io::ErrorKind::IsADirectory.into()),
            }
        };
        let file = open().map_err(FormatError::io(&name))?;
        Reader::of(name, Box::new(file))
    }

    /// Reads the head of a stream; `file` names it in errors.
    ///
    /// # Errors
    /// As [`read`].
    pub fn of(file: String, stream: Box<dyn Read + Send>) -> Result<Reader, FormatError> {
        let mut rows = Rows::new(file, stream);
        let mut findings = Vec::new();
        let head = head::read(&mut rows, &mut findings)?;
        let timing = Timing::regular(head.rate);
        let channel =
            |(name, axes): &(String, usize)| sensors::channel(name, *axes, timing.clone());
        let header = Recording {
            start: head.start.map(Start::Local),
            channels: head.sensors.iter().map(channel).collect(),
            ..Recording::default()
        };
        let mut reader = Reader {
            header,
            rows,
            head,
            counter: Counter::default(),
            next: None,
            count: 0,
            lost: (0, 0, 0),
            findings,
        };
        reader.run(0, &mut [], &mut Vec::new())?;
        Ok(reader)
    }

    /// Reads what is left of the file, as one.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(mut self) -> Result<Session, FormatError> {
        let recording = self.next_block(f64::INFINITY)?;
        Ok(Session {
            recording: recording.unwrap_or_else(|| self.header.clone()),
            findings: self.findings(),
        })
    }

    /// What is odd about the file, as far as it was read.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        let (samples, gaps, line) = self.lost;
        if samples > 0 {
            findings.push(Finding::Lost {
                samples,
                gaps,
                line,
            });
        }
        let Counter {
            still,
            moved,
            restarts,
            ..
        } = self.counter;
        if still > 0 && moved == 0 {
            findings.push(Finding::NoCounter);
        } else if still > 0 {
            findings.push(Finding::Repeated { count: still });
        }
        if restarts > 0 {
            findings.push(Finding::Restarted { count: restarts });
        }
        if self.next.is_none() && self.rows.open() {
            let line = self.count + HEAD;
            findings.push(Finding::OpenEnd { line });
        }
        findings
    }

    /// Takes rows into `lanes`, one a channel, while their place is before `end`; without lanes, only reads ahead. The first
    /// row that is not taken becomes the next one.
    fn run(
        &mut self,
        end: u64,
        lanes: &mut [Vec<u16>],
        segments: &mut Vec<Segment>,
    ) -> Result<(), FormatError> {
        let width = self.head.columns.len();
        let mut segment = |place: u64, first| {
            let start = place as f64 / self.head.rate;
            segments.push(Segment { start, first });
        };
        if let Some((place, row)) = self.next.take() {
            segment(place, 0);
            push(lanes, &self.head.columns, &row);
        }
        loop {
            let line = self.rows.line();
            let stretch = self.rows.stretch()?;
            if stretch.is_empty() {
                return Ok(());
            }
            let (mut at, mut lines) = (0, 0);
            let mut odd = false;
            while at < stretch.len() {
                let Some((counted, row, length)) = parse(&stretch[at..], width) else {
                    odd = true;
                    break;
                };
                let lost = self.counter.step(counted);
                if lost > 0 {
                    let (samples, gaps, first) = self.lost;
                    let first = if gaps == 0 { line + lines } else { first };
                    self.lost = (samples.saturating_add(lost), gaps + 1, first);
                }
                let place = self.count.saturating_add(self.lost.0);
                at += length;
                lines += 1;
                self.count += 1;
                let Some(last) = lanes.last().filter(|_| place < end) else {
                    self.next = Some((place, row));
                    self.rows.take(at, lines);
                    return Ok(());
                };
                if lost > 0 {
                    segment(place, last.len());
                }
                push(lanes, &self.head.columns, &row);
            }
            self.rows.take(at, lines);
            if odd {
                let expected = format!("{} whole numbers from 0 to 65535 between tabs", width + 1);
                self.rows.refuse(&expected, WAY_OUT)?;
            }
        }
    }
}

/// Lines before the rows.
const HEAD: u64 = 3;

const WAY_OUT: &str = "fetch the file again";

impl Blocks for Reader {
    fn header(&self) -> &Recording {
        &self.header
    }

    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError> {
        let Some((place, _)) = self.next else {
            return Ok(None);
        };
        // At least one row, whatever is asked for.
        let wanted = (seconds * self.head.rate).round().max(1.0) as u64;
        let end = place.saturating_add(wanted);
        let mut lanes = vec![Vec::new(); self.head.sensors.len()];
        let mut segments = Vec::new();
        self.run(end, &mut lanes, &mut segments)?;
        let timing = Timing::Regular {
            rate: self.head.rate,
            segments,
        };
        let channels = self.header.channels.iter().zip(lanes);
        let channels = channels
            .map(|(channel, lane)| Channel {
                timing: timing.clone(),
                samples: Samples::U16(lane),
                ..channel.clone()
            })
            .collect();
        Ok(Some(Recording {
            channels,
            ..self.header.clone_head()
        }))
    }

    fn odd(&self) -> Vec<String> {
        self.findings().iter().map(ToString::to_string).collect()
    }
}

#[inline]
fn push(lanes: &mut [Vec<u16>], columns: &[usize], row: &Row) {
    for (&lane, &value) in columns.iter().zip(row) {
        lanes[lane].push(value);
    }
}

/// A row: the counter, the `width` columns after it, and its length.
#[inline]
fn parse(bytes: &[u8], width: usize) -> Option<(u32, Row, usize)> {
    let (counted, mut at) = number::whole(bytes)?;
    let mut row = [0; MOST + 1];
    for value in &mut row[..width] {
        at = between(bytes, at)?;
        let (whole, length) = number::whole(&bytes[at..])?;
        *value = whole;
        at += length;
    }
    // A tab may end the row.
    loop {
        match bytes.get(at)? {
            b'\n' => return Some((counted, row, at + 1)),
            b'\t' | b'\r' | b' ' => at += 1,
            _ => return None,
        }
    }
}

/// Past the tab or spaces between two columns.
#[inline]
fn between(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes
        .get(at..)?
        .iter()
        .take_while(|&&byte| byte == b'\t' || byte == b' ');
    let count = count.count();
    (count > 0).then_some(at + count)
}
