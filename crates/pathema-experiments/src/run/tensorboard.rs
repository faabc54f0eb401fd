//! Scalars for TensorBoard, in its event files.
//!
//! An event file is a sequence of TFRecords, each one `Event` message:
//!
//! ```text
//! record = length (u64 LE) · masked CRC32C of the length (u32 LE) · data · masked CRC32C of the data (u32 LE)
//! masked = rotate_right(crc, 15) + 0xa282ead8
//!
//! Event   = 1: wall_time (double) · 2: step (int64) · 3: file_version (string) | 5: summary (Summary)
//! Summary = 1: value (repeated Value)
//! Value   = 1: tag (string) · 2: simple_value (float)
//! ```
//!
//! The numbers are the fields' in TensorFlow's `event.proto` and `summary.proto`; the framing and the mask are from its
//! `record_writer.cc`. The messages are small enough to write by hand: a protocol buffer library would be the larger
//! part of this.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many event files of the same second a folder may have.
const FILES_OF_A_SECOND: usize = 1000;

/// Writes scalars to one event file.
///
/// Records are buffered: call [`flush`](EventWriter::flush) after each epoch, so that TensorBoard can follow the run
/// and a killed process loses little.
///
/// ```
/// use pathema_experiments::run::tensorboard::EventWriter;
///
/// # fn main() -> std::io::Result<()> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let mut events = EventWriter::create(folder, 1_717_750_800.0)?;
/// events.scalar("train/loss", 1, 0.69, 1_717_750_801.5)?;
/// events.scalar("train/loss", 2, 0.52, 1_717_750_803.0)?;
/// events.flush()?;
/// assert!(events.path().ends_with("events.out.tfevents.1717750800.pathema"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct EventWriter {
    file: BufWriter<File>,
    path: PathBuf,
}

impl EventWriter {
    /// Creates `events.out.tfevents.<seconds>.pathema` in `dir`, which must exist, and writes the header.
    ///
    /// `wall_time` is in seconds since 1970. An event file is never written over: where that second already has one,
    /// the new one's name ends in `.1`, `.2` and so on.
    ///
    /// # Errors
    /// If the file cannot be created or written.
    pub fn create(dir: &Path, wall_time: f64) -> io::Result<EventWriter> {
        let (file, path) = create_new(dir, wall_time)?;
        let mut writer = EventWriter {
            file: BufWriter::new(file),
            path,
        };
        writer.record(&header(wall_time))?;
        writer.flush()?;
        Ok(writer)
    }

    /// Appends one scalar. TensorBoard keeps single precision; a slash in `tag` groups charts.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64, wall_time: f64) -> io::Result<()> {
        self.record(&scalar_event(tag, step, value, wall_time))
    }

    /// Hands what is buffered to the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// Where the events go.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn record(&mut self, data: &[u8]) -> io::Result<()> {
        let length = (data.len() as u64).to_le_bytes();
        self.file.write_all(&length)?;
        self.file.write_all(&masked_crc(&length).to_le_bytes())?;
        self.file.write_all(data)?;
        self.file.write_all(&masked_crc(data).to_le_bytes())
    }
}

fn create_new(dir: &Path, wall_time: f64) -> io::Result<(File, PathBuf)> {
    // TensorBoard reads the files of a folder in the order of their names: hence ten digits, as it writes them itself.
    // The cast saturates, also for a clock that is set before 1970.
    let name = format!("events.out.tfevents.{:010}.pathema", wall_time as u64);
    for again in 0..FILES_OF_A_SECOND {
        let path = dir.join(match again {
            0 => name.clone(),
            again => format!("{name}.{again}"),
        });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!(
            "{} has {FILES_OF_A_SECOND} event files named {name}",
            dir.display()
        ),
    ))
}

/// The first event of every file.
fn header(wall_time: f64) -> Vec<u8> {
    let mut event = Vec::new();
    double(&mut event, 1, wall_time);
    bytes(&mut event, 3, b"brain.Event:2");
    event
}

fn scalar_event(tag: &str, step: u64, value: f64, wall_time: f64) -> Vec<u8> {
    let mut entry = Vec::new();
    bytes(&mut entry, 1, tag.as_bytes());
    float(&mut entry, 2, value as f32);
    let mut summary = Vec::new();
    bytes(&mut summary, 1, &entry);
    let mut event = Vec::new();
    double(&mut event, 1, wall_time);
    integer(&mut event, 2, step);
    bytes(&mut event, 5, &summary);
    event
}

/// CRC32C (Castagnoli), masked because data that hold their own checksum would weaken it.
fn masked_crc(data: &[u8]) -> u32 {
    crc32c::crc32c(data)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}

/// The wire types of protocol buffers that an event needs.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FIXED32: u64 = 5;

fn key(message: &mut Vec<u8>, field: u64, wire_type: u64) {
    varint(message, field << 3 | wire_type);
}

fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

fn integer(message: &mut Vec<u8>, field: u64, value: u64) {
    key(message, field, VARINT);
    varint(message, value);
}

fn double(message: &mut Vec<u8>, field: u64, value: f64) {
    key(message, field, FIXED64);
    message.extend(value.to_le_bytes());
}

fn float(message: &mut Vec<u8>, field: u64, value: f32) {
    key(message, field, FIXED32);
    message.extend(value.to_le_bytes());
}

fn bytes(message: &mut Vec<u8>, field: u64, value: &[u8]) {
    key(message, field, LENGTH_DELIMITED);
    varint(message, value.len() as u64);
    message.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_castagnolis_and_masked() {
        // RFC 3720, B.4.
        assert_eq!(crc32c::crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c::crc32c(&[0xff; 32]), 0x62a8_ab43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c::crc32c(&rising), 0x46dd_794e);
        // What every event file that TensorBoard's own writer makes begins with: the length of a header of 24 bytes.
        assert_eq!(masked_crc(&24u64.to_le_bytes()), 0x224b_7fa3);
    }

    #[test]
    fn numbers_longer_than_seven_bits_are_split() {
        let encoded = |value| {
            let mut message = Vec::new();
            varint(&mut message, value);
            message
        };
        assert_eq!(encoded(0), [0]);
        assert_eq!(encoded(127), [0x7f]);
        // The example of the protocol buffers documentation.
        assert_eq!(encoded(150), [0x96, 0x01]);
        assert_eq!(encoded(u64::MAX).len(), 10);
    }

    #[test]
    fn a_scalar_is_written_field_by_field() {
        #[rustfmt::skip]
        let expected = [
            0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f,         // 1: wall_time 1.0
            0x10, 0xac, 0x02,                           // 2: step 300
            0x2a, 10,                                   // 5: summary
            0x0a, 8,                                    //    1: value
            0x0a, 1, b'a',                              //       1: tag
            0x15, 0, 0, 0, 0x3f,                        //       2: simple_value 0.5
        ];
        assert_eq!(scalar_event("a", 300, 0.5, 1.0), expected);
    }

    #[test]
    fn a_file_is_records_that_frame_and_check_their_events() {
        let folder = tempfile::tempdir().unwrap();
        let mut events = EventWriter::create(folder.path(), 12.75).unwrap();
        events.scalar("loss", 1, 0.25, 13.0).unwrap();
        events.scalar("loss", 2, f64::NAN, 14.0).unwrap();
        events.flush().unwrap();
        assert_eq!(
            events.path().file_name().unwrap(),
            "events.out.tfevents.0000000012.pathema"
        );
        let file = std::fs::read(events.path()).unwrap();
        let mut rest = file.as_slice();
        let mut found = Vec::new();
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            assert_eq!(rest[8..12], masked_crc(&rest[..8]).to_le_bytes());
            let data = &rest[12..12 + length];
            assert_eq!(
                rest[12 + length..16 + length],
                masked_crc(data).to_le_bytes()
            );
            found.push(data.to_vec());
            rest = &rest[16 + length..];
        }
        let expected = [
            header(12.75),
            scalar_event("loss", 1, 0.25, 13.0),
            scalar_event("loss", 2, f64::NAN, 14.0),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_second_file_does_not_write_over_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = EventWriter::create(folder.path(), 7.0).unwrap();
        let second = EventWriter::create(folder.path(), 7.9).unwrap();
        assert_ne!(first.path(), second.path());
        assert!(second.path().to_str().unwrap().ends_with(".pathema.1"));
        assert!(EventWriter::create(&folder.path().join("absent"), 7.0).is_err());
    }
}
