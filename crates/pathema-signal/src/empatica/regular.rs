//! Files of one rate: ACC, BVP, EDA, TEMP, HR.

use super::{ACCELERATION, Finding, head};
use crate::FormatError;
use crate::files::{Rows, Tree, number};
use crate::recording::{Channel, Conversion, Modality, Placement, Samples, Timing};

/// What a file must be.
pub(super) struct Spec {
    pub(super) file: &'static str,
    modality: Modality,
    unit: &'static str,
    /// Which values of the first samples are from before the sensor had settled.
    unsettled: fn(f64) -> bool,
}

/// The files in the order of the channels.
pub(super) const FILES: [Spec; 5] = [
    Spec {
        file: "ACC.csv",
        modality: Modality::Acc,
        unit: "g",
        unsettled: |_| false,
    },
    Spec {
        file: "BVP.csv",
        modality: Modality::Bvp,
        unit: "a.u.",
        unsettled: |value| value == 0.0,
    },
    Spec {
        file: "EDA.csv",
        modality: Modality::Eda,
        unit: "µS",
        unsettled: |value| value == 0.0,
    },
    Spec {
        file: "TEMP.csv",
        modality: Modality::Temp,
        unit: "°C",
        // The sensor's range, by its maker.
        unsettled: |value| !(-40.0..=115.0).contains(&value),
    },
    Spec {
        file: "HR.csv",
        modality: Modality::HeartRate,
        unit: "1/min",
        unsettled: |_| false,
    },
];

/// A file that is being read.
pub(super) struct Regular {
    pub(super) spec: &'static Spec,
    rows: Rows,
    /// Unix seconds.
    pub(super) start: f64,
    pub(super) rate: f64,
    /// Samples read.
    taken: u64,
    ended: bool,
    /// Of the first samples, how many had not settled, and whether all so far had not.
    unsettled: (u64, bool, f64),
}

impl Regular {
    /// Opens a file and reads its head; `None`, with a finding, where it is not there or has no byte.
    pub(super) fn open(
        tree: &Tree,
        spec: &'static Spec,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Regular>, FormatError> {
        let name = super::layout::file(tree, spec.file);
        let Some((name, stream)) = name
            .map(|name| Ok::<_, FormatError>((name, tree.stream(name)?)))
            .transpose()?
            .and_then(|(name, stream)| Some((name, stream?)))
        else {
            findings.push(Finding::MissingFile {
                file: spec.file.to_owned(),
            });
            return Ok(None);
        };
        let mut rows = Rows::new(tree.full_name(name), stream);
        let Some((start, rate)) = head::regular(&mut rows, spec.axes())? else {
            findings.push(Finding::Empty {
                file: spec.file.to_owned(),
            });
            return Ok(None);
        };
        Ok(Some(Regular {
            spec,
            rows,
            start,
            rate,
            taken: 0,
            ended: false,
            unsettled: (0, true, 0.0),
        }))
    }

    /// The channel without a sample; `zero` is the recording's start in Unix seconds.
    pub(super) fn channel(&self, zero: f64, placement: Placement) -> Channel {
        let start = (self.start - zero) + self.taken as f64 / self.rate;
        let (samples, conversion) = match self.spec.modality {
            Modality::Acc => (Samples::I16(Vec::new()), ACCELERATION),
            _ => (Samples::F64(Vec::new()), Conversion::None),
        };
        let timing = Timing::from(start, self.rate);
        Channel::new(
            self.spec.modality.name(),
            self.spec.modality,
            self.spec.unit,
            timing,
            samples,
        )
        .worn(placement)
        .with_axes(self.spec.axes())
        .converted(conversion)
    }

    /// When the next sample was taken, in Unix seconds; `None` at the end.
    pub(super) fn next_time(&self) -> Option<f64> {
        (!self.ended).then(|| self.end())
    }

    /// The instant after the last sample so far, in Unix seconds.
    pub(super) fn end(&self) -> f64 {
        self.start + self.taken as f64 / self.rate
    }

    /// The samples up to `end` in Unix seconds, at least one if there is any more and `some` is asked for.
    pub(super) fn block(
        &mut self,
        zero: f64,
        end: f64,
        some: bool,
        placement: Placement,
    ) -> Result<Channel, FormatError> {
        let mut channel = self.channel(zero, placement);
        if self.ended {
            return Ok(channel);
        }
        let due = ((end - self.start) * self.rate).ceil().max(0.0);
        let most = (due as u64).saturating_sub(self.taken).max(u64::from(some));
        match &mut channel.samples {
            Samples::I16(values) => {
                self.read(most, "three whole numbers, in 1/64 g", acceleration, values)?;
            }
            Samples::F64(values) => {
                self.read(most, "one number", measured, values)?;
                self.settle(values);
            }
            _ => {}
        }
        Ok(channel)
    }

    /// What was found up to here, or at the end.
    pub(super) fn findings(&self, findings: &mut Vec<Finding>) {
        let file = || self.spec.file.to_owned();
        if self.ended && self.taken == 0 {
            findings.push(Finding::Empty { file: file() });
        }
        let (count, _, value) = self.unsettled;
        if count > 0 {
            findings.push(Finding::Unsettled {
                channel: self.spec.modality.name().to_owned(),
                count,
                value,
            });
        }
        if self.rows.open() && self.ended {
            findings.push(Finding::OpenEnd {
                file: file(),
                line: self.taken + HEAD,
            });
        }
    }

    fn settle(&mut self, values: &[f64]) {
        let (count, all, first) = &mut self.unsettled;
        if !*all {
            return;
        }
        let new = values
            .iter()
            .take_while(|value| (self.spec.unsettled)(**value));
        let new = new.count();
        if *count == 0 && new > 0 {
            *first = values[0];
        }
        *count += new as u64;
        *all = new == values.len();
    }

    /// Reads up to `most` rows, each by `row`, which gives the bytes that it took.
    fn read<T>(
        &mut self,
        most: u64,
        expected: &'static str,
        row: impl Fn(&[u8], &mut Vec<T>) -> Option<usize>,
        values: &mut Vec<T>,
    ) -> Result<(), FormatError> {
        let mut left = most;
        while left > 0 {
            let stretch = self.rows.stretch()?;
            if stretch.is_empty() {
                self.ended = true;
                return Ok(());
            }
            let (mut at, mut lines) = (0, 0);
            while lines < left && at < stretch.len() {
                let Some(length) = row(&stretch[at..], values) else {
                    break;
                };
                at += length;
                lines += 1;
            }
            let odd = lines < left && at < stretch.len();
            if self.rows.open() && !odd && self.taken + lines > 1 {
                self.rows.check_end()?;
            }
            self.rows.take(at, lines);
            self.taken += lines;
            left -= lines;
            if odd {
                self.rows.refuse(expected, WAY_OUT)?;
            }
        }
        Ok(())
    }
}

impl Spec {
    fn axes(&self) -> usize {
        match self.modality {
            Modality::Acc => 3,
            _ => 1,
        }
    }
}

/// Lines before the samples.
const HEAD: u64 = 2;

const WAY_OUT: &str = "write decimals with a point and one row a line, or fetch the file again";

/// A row of one finite number.
#[inline]
fn measured(bytes: &[u8], values: &mut Vec<f64>) -> Option<usize> {
    let spaces = spaces(bytes);
    let (value, length) = number::decimal(&bytes[spaces..])?;
    let end = line_end(bytes, spaces + length)?;
    if !value.is_finite() {
        return None;
    }
    values.push(value);
    Some(end)
}

/// A row of three whole numbers.
#[inline]
fn acceleration(bytes: &[u8], values: &mut Vec<i16>) -> Option<usize> {
    let mut sample = [0i16; 3];
    let mut at = 0;
    for (axis, value) in sample.iter_mut().enumerate() {
        if axis > 0 {
            at += spaces(&bytes[at..]);
            if bytes.get(at) != Some(&b',') {
                return None;
            }
            at += 1;
        }
        at += spaces(&bytes[at..]);
        let (whole, length) = number::whole(&bytes[at..])?;
        *value = whole;
        at += length;
    }
    let end = line_end(bytes, at)?;
    values.extend(sample);
    Some(end)
}

#[inline]
fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| byte == b' ').count()
}

/// Where the next line begins, if nothing but spaces comes before.
#[inline]
fn line_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'\n' => return Some(at + 1),
            b' ' | b'\r' => at += 1,
            _ => return None,
        }
    }
}
