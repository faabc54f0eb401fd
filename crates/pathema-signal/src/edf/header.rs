use super::field::Fields;
use crate::error::quoted;
use crate::{FormatError, Place};

/// Which of the two formats: how many bytes a sample has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// EDF and EDF+: 16 bits.
    #[default]
    Edf,
    /// BDF and BDF+: 24 bits.
    Bdf,
}

impl Format {
    /// The name: `EDF` or `BDF`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Edf => "EDF",
            Format::Bdf => "BDF",
        }
    }

    /// Bytes a sample.
    pub(super) fn width(self) -> usize {
        match self {
            Format::Edf => 2,
            Format::Bdf => 3,
        }
    }

    /// The least and the largest value that can be stored.
    pub(super) fn range(self) -> (i32, i32) {
        let half = 1 << (8 * self.width() - 1);
        (-half, half - 1)
    }

    pub(super) fn magic(self) -> &'static [u8; 8] {
        match self {
            Format::Edf => b"0       ",
            Format::Bdf => b"\xffBIOSEMI",
        }
    }

    pub(super) fn annotations(self) -> &'static str {
        match self {
            Format::Edf => "EDF Annotations",
            Format::Bdf => "BDF Annotations",
        }
    }
}

/// What the file says of its data records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The first edition (EDF, BDF): one after the other, no annotations.
    Plain,
    /// EDF+C, BDF+C: one after the other.
    Continuous,
    /// EDF+D, BDF+D: each at the time that it names, with gaps in between.
    Discontinuous,
}

/// The head of a file, as it stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// 16 or 24 bits a sample.
    pub format: Format,
    /// Whether it is a first edition or a +, and whether there may be gaps.
    pub layout: Layout,
    /// The field on the patient: in a + file code, sex, birthdate, name and more.
    pub patient: String,
    /// The field on the recording: in a + file date, administration code, technician and equipment.
    pub recording: String,
    /// The start date, as `dd.mm.yy`.
    pub date: String,
    /// The start time, as `hh.mm.ss`.
    pub time: String,
    /// How many data records there are; `None` where the file does not say (−1: it was never closed).
    pub records: Option<u64>,
    /// Seconds a data record lasts; 0 only where there are annotations alone.
    pub record_duration: f64,
    /// The signals, those that hold annotations among them.
    pub signals: Vec<Signal>,
}

/// One signal of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// What it is called (`EEG Fpz-Cz`).
    pub label: String,
    /// What took it up (`AgAgCl electrode`).
    pub transducer: String,
    /// The unit as the file spells it (`uV`, `degC`).
    pub unit: String,
    /// The values in the unit of the two digital extremes; they differ.
    pub physical: (f64, f64),
    /// The least and the largest stored value; the first is the smaller one.
    pub digital: (i32, i32),
    /// How it was filtered (`HP:0.1Hz LP:75Hz`).
    pub prefilter: String,
    /// Samples a data record.
    pub samples: usize,
    /// Whether it holds annotations.
    pub annotations: bool,
}

/// Bytes of the head's first part, and of each signal's share of the second.
pub(super) const PART: usize = 256;

impl Header {
    /// Bytes a data record.
    pub(super) fn record_bytes(&self) -> u64 {
        let samples: u64 = self
            .signals
            .iter()
            .map(|signal| signal.samples as u64)
            .sum();
        samples * self.format.width() as u64
    }

    /// Bytes of the head.
    pub(super) fn bytes(&self) -> u64 {
        (PART * (1 + self.signals.len())) as u64
    }

    /// How many signals the first part of a head announces.
    pub(super) fn count(file: &str, first: &[u8; PART]) -> Result<usize, FormatError> {
        format(file, first)?;
        let mut fields = Fields::new(file, first);
        fields.seek(252);
        let field = fields.take(4);
        match field.int("the number of signals")? {
            count @ 0..=9999 => Ok(count as usize),
            _ => Err(field.wrong("the number of signals", "the header is damaged")),
        }
    }

    /// Reads a whole head of 256 · (1 + signals) bytes.
    pub(super) fn parse(file: &str, bytes: &[u8]) -> Result<Header, FormatError> {
        let format = format(file, bytes)?;
        let count = bytes.len() / PART - 1;
        let mut fields = Fields::new(file, bytes);
        fields.seek(8);
        let (patient, recording) = (fields.take(80).text, fields.take(80).text);
        let (date, time) = (fields.take(8).text, fields.take(8).text);
        let size = fields.take(8);
        if size.int("the head's length")? != bytes.len() as i64 {
            return Err(size.wrong(
                &format!(
                    "{} bytes of head for {count} signals (256 · (1 + signals))",
                    bytes.len()
                ),
                "correct the field, or fetch the file again",
            ));
        }
        let reserved = fields.take(44).text;
        let plus = |kind: &str| reserved.starts_with(&format!("{}+{kind}", format.name()));
        let layout = match () {
            () if plus("C") => Layout::Continuous,
            () if plus("D") => Layout::Discontinuous,
            () => Layout::Plain,
        };
        let records = fields.take(8);
        let records = match records.int("the number of data records")? {
            -1 => None,
            known @ 0.. => Some(known as u64),
            _ => {
                return Err(records.wrong(
                    "the number of data records, or -1 where it is not known",
                    "correct the field",
                ));
            }
        };
        let duration = fields.take(8);
        let record_duration = duration.float("the seconds of a data record")?;
        // Eight digits are 3 years; an exponent could say more than any clock counts.
        if duration.text.contains(['e', 'E']) {
            return Err(duration.wrong(
                "the seconds of a data record, without an exponent",
                "write the number out",
            ));
        }
        if record_duration < 0.0 {
            return Err(duration.wrong("the seconds of a data record", "correct the field"));
        }
        let signals = signals(format, layout, bytes, count, file)?;
        let timeless = signals.iter().find(|signal| !signal.annotations);
        if let (true, Some(signal)) = (record_duration == 0.0, timeless) {
            return Err(duration.wrong(
                &format!(
                    "a length above 0, else {} has no rate",
                    quoted(&signal.label)
                ),
                "write the seconds of a data record into the header",
            ));
        }
        Ok(Header {
            format,
            layout,
            patient,
            recording,
            date,
            time,
            records,
            record_duration,
            signals,
        })
    }
}

fn format(file: &str, bytes: &[u8]) -> Result<Format, FormatError> {
    let found = &bytes[..8];
    [Format::Edf, Format::Bdf]
        .into_iter()
        .find(|format| found == format.magic())
        .ok_or_else(|| {
            FormatError::content(
                file,
                Place::Byte(0),
                quoted(&String::from_utf8_lossy(found)),
                "\"0\" and seven spaces (EDF) or the byte 255 and \"BIOSEMI\" (BDF)",
                "give an EDF or BDF file",
            )
        })
}

/// The second part of the head: each field of all signals, then the next.
fn signals(
    format: Format,
    layout: Layout,
    bytes: &[u8],
    count: usize,
    file: &str,
) -> Result<Vec<Signal>, FormatError> {
    let mut fields = Fields::new(file, bytes);
    // Where a field of the first signal stands, by the widths of the fields before it.
    let mut field = |signal: usize, before: usize, width: usize| {
        fields.seek(PART + count * before + signal * width);
        fields.take(width)
    };
    let (least, largest) = format.range();
    let mut signals = Vec::new();
    for index in 0..count {
        let label = field(index, 0, 16).text;
        let annotations = layout != Layout::Plain && label == format.annotations();
        let (pmin, pmax) = (field(index, 104, 8), field(index, 112, 8));
        let (dmin, dmax) = (field(index, 120, 8), field(index, 128, 8));
        let samples = field(index, 216, 8);
        let name = quoted(&label);
        let (mut physical, mut digital) = ((0.0, 1.0), (least, largest));
        if !annotations {
            physical = (
                pmin.float(&format!("the physical minimum of {name}"))?,
                pmax.float(&format!("the physical maximum of {name}"))?,
            );
            if physical.0 == physical.1 {
                return Err(pmax.wrong(
                    &format!("a physical maximum of {name} other than its minimum"),
                    "correct the fields: without them the unit's values are unknown",
                ));
            }
            let range = i64::from(least)..=i64::from(largest);
            let extremes = (
                dmin.int(&format!("the digital minimum of {name}"))?,
                dmax.int(&format!("the digital maximum of {name}"))?,
            );
            if !range.contains(&extremes.0) {
                return Err(dmin.wrong(&format!("{least} to {largest}"), "correct the field"));
            }
            if !range.contains(&extremes.1) || extremes.1 <= extremes.0 {
                return Err(dmax.wrong(
                    &format!("a digital maximum of {name} above its minimum, at most {largest}"),
                    "correct the field",
                ));
            }
            digital = (extremes.0 as i32, extremes.1 as i32);
        }
        let per_record = samples.int(&format!("the samples a data record of {name}"))?;
        if per_record < 1 {
            return Err(samples.wrong(
                &format!("at least one sample a data record of {name}"),
                "take the signal out of the file, or correct the field",
            ));
        }
        signals.push(Signal {
            transducer: field(index, 16, 80).text,
            unit: field(index, 96, 8).text,
            prefilter: field(index, 136, 80).text,
            label,
            physical,
            digital,
            samples: per_record as usize,
            annotations,
        });
    }
    Ok(signals)
}
