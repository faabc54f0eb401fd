//! From signals to channels: what each is called, means and lies where in a data record.

use std::ops::Range;

use super::header::{Format, Header, Signal};
use super::identity;
use super::index::Index;
use super::names::{self, Sensor};
use crate::{Channel, Conversion, FormatError, Recording, Samples};

/// Where a channel's samples lie in each data record.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The first byte of each axis.
    pub(super) offsets: Vec<usize>,
    /// Samples a data record.
    pub(super) samples: usize,
}

impl Source {
    /// Which samples of a record lie in a range of all samples.
    pub(super) fn within(&self, record: usize, range: &Range<usize>) -> Range<usize> {
        let first = record * self.samples;
        let clip = |index: usize| index.saturating_sub(first).min(self.samples);
        clip(range.start)..clip(range.end)
    }

    /// Appends some samples of a record that begins at byte `at`.
    pub(super) fn decode(
        &self,
        format: Format,
        bytes: &[u8],
        at: usize,
        part: Range<usize>,
        stored: &mut Samples,
    ) {
        let width = format.width();
        let axis = |&offset: &usize| {
            &bytes[at + offset + part.start * width..at + offset + part.end * width]
        };
        match stored {
            Samples::I16(values) => {
                append(
                    &self.offsets.iter().map(axis).collect::<Vec<_>>(),
                    width,
                    values,
                    |b| i16::from_le_bytes([b[0], b[1]]),
                );
            }
            Samples::I32(values) => {
                append(
                    &self.offsets.iter().map(axis).collect::<Vec<_>>(),
                    width,
                    values,
                    |b| i32::from_le_bytes([0, b[0], b[1], b[2]]) >> 8,
                );
            }
            _ => {}
        }
    }
}

/// Appends values of one or more axes, sample by sample.
fn append<T>(axes: &[&[u8]], width: usize, values: &mut Vec<T>, value: impl Fn(&[u8]) -> T) {
    if let &[axis] = axes {
        values.extend(axis.chunks_exact(width).map(value));
        return;
    }
    let count = axes.first().map_or(0, |axis| axis.len() / width);
    values.reserve(count * axes.len());
    for sample in 0..count {
        values.extend(
            axes.iter()
                .map(|axis| value(&axis[sample * width..][..width])),
        );
    }
}

/// No samples of a format.
pub(super) fn empty(format: Format) -> Samples {
    match format {
        Format::Edf => Samples::I16(Vec::new()),
        Format::Bdf => Samples::I32(Vec::new()),
    }
}

/// What the head says of the recording, each channel of no sample, and where each lies.
pub(super) fn head(
    file: &str,
    header: &Header,
    index: &Index,
) -> Result<(Recording, Vec<Source>), FormatError> {
    let mut recording = identity::read(file, header, index.first)?;
    let mut sources = Vec::new();
    let mut signals = Vec::new();
    let mut offset = 0;
    for signal in &header.signals {
        if !signal.annotations {
            signals.push((signal, offset));
        }
        offset += signal.samples * header.format.width();
    }
    let mut rest = &signals[..];
    while let Some(&(signal, _)) = rest.first() {
        let axes = axes(rest);
        let sensor = Sensor::parse(&signal.transducer);
        let name = match axes {
            1 => signal.label.clone(),
            _ => common(signal),
        };
        if sensor.is_none() && !signal.transducer.is_empty() {
            let note = format!("transducer of {name}: {}", signal.transducer);
            recording.person.notes.push(note);
        }
        if !signal.prefilter.is_empty() {
            let note = format!("prefilter of {name}: {}", signal.prefilter);
            recording.person.notes.push(note);
        }
        recording.channels.push(Channel {
            placement: sensor.map_or_else(Default::default, |sensor| sensor.placement),
            modality: sensor
                .map_or_else(|| names::modality(&signal.label), |sensor| sensor.modality),
            name,
            unit: names::unit(&signal.unit).into(),
            timing: index
                .timing(header.record_duration, signal.samples)
                .part(0..0),
            axes,
            samples: empty(header.format),
            conversion: conversion(signal.physical, signal.digital),
        });
        sources.push(Source {
            offsets: rest[..axes].iter().map(|&(_, offset)| offset).collect(),
            samples: signal.samples,
        });
        rest = &rest[axes..];
    }
    Ok((recording, sources))
}

/// How many of the first signals are the axes of one channel: 1, unless our own writer parted them.
fn axes(signals: &[(&Signal, usize)]) -> usize {
    let first = signals[0].0;
    let Some(Sensor {
        axis: (0, count), ..
    }) = Sensor::parse(&first.transducer)
    else {
        return 1;
    };
    let name = common(first);
    let belongs = |(index, (signal, _)): (usize, &(&Signal, usize))| {
        let sensor = Sensor::parse(&signal.transducer);
        let expected = Sensor::parse(&first.transducer).map(|first| Sensor {
            axis: (index, count),
            ..first
        });
        sensor == expected
            && signal.label == names::axis_label(&name, index, count)
            && (signal.samples, &signal.unit) == (first.samples, &first.unit)
            && (signal.physical, signal.digital) == (first.physical, first.digital)
            && signal.prefilter == first.prefilter
    };
    let found = signals
        .iter()
        .take(count)
        .enumerate()
        .take_while(|&(index, signal)| belongs((index, signal)));
    if found.count() == count { count } else { 1 }
}

/// The name of a channel by the label of its first axis.
fn common(signal: &Signal) -> String {
    let (name, _) = signal.label.rsplit_once(' ').unwrap_or_default();
    name.to_owned()
}

/// From digital values to the unit, by the head's two points.
pub(super) fn conversion(physical: (f64, f64), digital: (i32, i32)) -> Conversion {
    let steps = f64::from(digital.1) - f64::from(digital.0);
    let scale = (physical.1 - physical.0) / steps;
    let offset = physical.0 - f64::from(digital.0) * scale;
    match (scale, offset) {
        (1.0, 0.0) => Conversion::None,
        _ => Conversion::Linear { scale, offset },
    }
}
