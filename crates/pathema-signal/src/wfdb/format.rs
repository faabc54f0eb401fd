//! How samples lie in the bytes of a signal file (signal(5) of the WFDB Applications Guide).

use std::fmt;

use crate::Samples;

/// How a signal file stores its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// 80: one byte a sample, 128 more than its value.
    F80,
    /// 212: two samples of 12 bits in three bytes, two's complement.
    F212,
    /// 16: two bytes a sample, the low one first, two's complement.
    F16,
    /// 24: three bytes a sample, the lowest first, two's complement.
    F24,
}

impl Format {
    /// Every format, from the narrowest values to the widest.
    pub const ALL: [Format; 4] = [Format::F80, Format::F212, Format::F16, Format::F24];

    /// WFDB's number for it.
    pub fn number(self) -> u16 {
        match self {
            Format::F80 => 80,
            Format::F212 => 212,
            Format::F16 => 16,
            Format::F24 => 24,
        }
    }

    /// The format of a number; `None` for those that are not read here.
    ///
    /// ```
    /// use pathema_signal::wfdb::Format;
    /// assert_eq!(Format::from_number(212), Some(Format::F212));
    /// assert_eq!(Format::from_number(310), None);
    /// ```
    pub fn from_number(number: u64) -> Option<Format> {
        Format::ALL
            .into_iter()
            .find(|format| u64::from(format.number()) == number)
    }

    /// Bits of a value.
    pub fn bits(self) -> u32 {
        match self {
            Format::F80 => 8,
            Format::F212 => 12,
            Format::F16 => 16,
            Format::F24 => 24,
        }
    }

    /// The lowest value, which stands for a missing sample.
    pub fn missing(self) -> i32 {
        -(1 << (self.bits() - 1))
    }

    /// The highest value.
    pub fn highest(self) -> i32 {
        (1 << (self.bits() - 1)) - 1
    }

    /// Bytes that so many samples take; the last of an odd number in format 212 takes two.
    pub fn bytes(self, samples: u64) -> Option<u64> {
        match self {
            Format::F80 => Some(samples),
            Format::F212 => Some((samples / 2).checked_mul(3)? + samples % 2 * 2),
            Format::F16 => samples.checked_mul(2),
            Format::F24 => samples.checked_mul(3),
        }
    }

    /// How many whole samples so many bytes hold.
    pub(super) fn samples(self, bytes: u64) -> u64 {
        match self {
            Format::F80 => bytes,
            Format::F212 => bytes / 3 * 2 + u64::from(bytes % 3 == 2),
            Format::F16 => bytes / 2,
            Format::F24 => bytes / 3,
        }
    }

    /// An empty list of the kind that holds the format's values.
    pub(super) fn empty(self) -> Samples {
        match self {
            Format::F24 => Samples::I32(Vec::new()),
            _ => Samples::I16(Vec::new()),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// Appends the samples of formats 80, 212 and 16; a sample cut short at the end is left out.
pub(super) fn decode_short(format: Format, bytes: &[u8], out: &mut Vec<i16>) {
    match format {
        Format::F80 => out.extend(bytes.iter().map(|&byte| i16::from(byte) - 128)),
        Format::F16 => {
            let (pairs, _) = bytes.as_chunks::<2>();
            out.extend(pairs.iter().map(|&pair| i16::from_le_bytes(pair)));
        }
        Format::F212 => {
            let (triples, rest) = bytes.as_chunks::<3>();
            let start = out.len();
            out.resize(start + triples.len() * 2, 0);
            let (pairs, _) = out[start..].as_chunks_mut::<2>();
            for (pair, &[low, middle, high]) in pairs.iter_mut().zip(triples) {
                *pair = [first_of_212(low, middle), second_of_212(middle, high)];
            }
            if let &[low, middle] = rest {
                out.push(first_of_212(low, middle));
            }
        }
        Format::F24 => unreachable!("format 24 has values of more than 16 bits"),
    }
}

/// Appends the samples of format 24; a sample cut short at the end is left out.
pub(super) fn decode_24(bytes: &[u8], out: &mut Vec<i32>) {
    let (triples, _) = bytes.as_chunks::<3>();
    // In the upper three bytes first: shifting back down brings the sign along.
    let values = triples
        .iter()
        .map(|&[low, middle, high]| i32::from_le_bytes([0, low, middle, high]) >> 8);
    out.extend(values);
}

/// The low 12 bits of the first two bytes; the shifts bring the sign along.
fn first_of_212(low: u8, middle: u8) -> i16 {
    ((i16::from_le_bytes([low, middle])) << 4) >> 4
}

/// The high 4 bits of the middle byte over the last byte.
fn second_of_212(middle: u8, high: u8) -> i16 {
    i16::from_le_bytes([0, middle & 0xf0]) >> 4 | i16::from(high)
}

/// Writes samples one after the other, of which each must be one of the format's values.
#[derive(Debug)]
pub(super) struct Encoder {
    format: Format,
    /// In format 212, the first of a pair.
    held: Option<i32>,
}

impl Encoder {
    pub(super) fn new(format: Format) -> Encoder {
        Encoder { format, held: None }
    }

    pub(super) fn push(&mut self, value: i32, out: &mut Vec<u8>) {
        debug_assert!((self.format.missing()..=self.format.highest()).contains(&value));
        let [low, middle, high, _] = value.to_le_bytes();
        match self.format {
            Format::F80 => out.push(low.wrapping_add(128)),
            Format::F16 => out.extend([low, middle]),
            Format::F24 => out.extend([low, middle, high]),
            Format::F212 => match self.held.take() {
                None => self.held = Some(value),
                Some(first) => {
                    let [first_low, first_high, ..] = first.to_le_bytes();
                    out.extend([first_low, first_high & 0x0f | middle << 4, low]);
                }
            },
        }
    }

    /// What is left when all samples have come.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(first) = self.held.take() {
            let [low, high, ..] = first.to_le_bytes();
            out.extend([low, high & 0x0f]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(format: Format, bytes: &[u8]) -> Vec<i32> {
        if format == Format::F24 {
            let mut out = Vec::new();
            decode_24(bytes, &mut out);
            return out;
        }
        let mut out = Vec::new();
        decode_short(format, bytes, &mut out);
        out.into_iter().map(i32::from).collect()
    }

    #[test]
    fn every_value_of_every_format_comes_back() {
        for format in Format::ALL {
            let step = if format == Format::F24 { 997 } else { 1 };
            let values: Vec<i32> = (format.missing()..=format.highest())
                .step_by(step)
                .chain([format.highest(), format.missing(), -1])
                .collect();
            for values in [&values[..], &values[1..]] {
                let (mut encoder, mut bytes) = (Encoder::new(format), Vec::new());
                for &value in values {
                    encoder.push(value, &mut bytes);
                }
                encoder.finish(&mut bytes);
                assert_eq!(format.bytes(values.len() as u64), Some(bytes.len() as u64));
                assert_eq!(format.samples(bytes.len() as u64), values.len() as u64);
                assert_eq!(decode(format, &bytes), values, "format {format}");
            }
        }
    }

    #[test]
    fn bytes_of_the_specification() {
        assert_eq!(decode(Format::F212, &[0xe3, 0x33, 0xf3]), [995, 1011]);
        assert_eq!(decode(Format::F212, &[0x00, 0x78, 0xff]), [-2048, 2047]);
        assert_eq!(decode(Format::F80, &[0, 128, 255]), [-128, 0, 127]);
        assert_eq!(
            decode(Format::F16, &[0x00, 0x80, 0xff, 0xff, 7]),
            [-32768, -1]
        );
        assert_eq!(
            decode(Format::F24, &[0, 0, 0x80, 0xff, 0xff, 0x7f]),
            [-8_388_608, 8_388_607]
        );
    }
}
