//! The bytes of a pickle: numbers, lines and counted bodies, never holding more than was really there.

use std::io::{BufRead, ErrorKind};

use super::bytes::Bytes;
use super::error::Fault;

/// Most bytes that the strings of one pickle may hold together: six times the longest official recording.
const PAYLOAD_LIMIT: u64 = 2 << 30;

/// Longest line of a number or a name.
const LINE_LIMIT: usize = 1024;

/// The reader under the machine; knows how far it has read.
pub(super) struct Input<R> {
    reader: R,
    offset: u64,
    payload: u64,
}

impl<R: BufRead> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Input {
            reader,
            offset: 0,
            payload: 0,
        }
    }

    /// Bytes consumed so far.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What is buffered, at least one byte.
    pub(super) fn chunk(&mut self) -> Result<&[u8], Fault> {
        let read = self.offset;
        loop {
            match self.reader.fill_buf() {
                Ok([]) => return Err(Fault::Truncated { read }),
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        // Asked again because the borrow checker does not let a loop return what it borrowed; this is free.
        Ok(self.reader.fill_buf()?)
    }

    /// Drops the first `count` bytes of the last chunk.
    pub(super) fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.offset += count as u64;
    }

    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        let byte = self.chunk()?[0];
        self.consume(1);
        Ok(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    /// A counted body of `length` bytes. Grows as bytes come, so that a lying length costs nothing.
    pub(super) fn body(&mut self, length: u64) -> Result<Bytes, Fault> {
        self.charge(length)?;
        let mut body = Bytes::default();
        let mut missing = length;
        while missing > 0 {
            let chunk = self.chunk()?;
            let take = chunk
                .len()
                .min(usize::try_from(missing).unwrap_or(usize::MAX));
            body.extend(&chunk[..take]);
            self.consume(take);
            missing -= take as u64;
        }
        body.shrink();
        Ok(body)
    }

    /// A line without its end, for a number or a name.
    pub(super) fn line(&mut self, what: &'static str) -> Result<String, Fault> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => break,
                byte if line.len() < LINE_LIMIT => line.push(byte),
                _ => {
                    return Err(Fault::Malformed {
                        what,
                        found: format!("a line of more than {LINE_LIMIT} bytes"),
                    });
                }
            }
        }
        let text = String::from_utf8_lossy(&line);
        Ok(text.strip_suffix('\r').unwrap_or(&text).to_owned())
    }

    /// Counts bytes that are about to be held against the limit.
    pub(super) fn charge(&mut self, bytes: u64) -> Result<(), Fault> {
        self.payload = self.payload.saturating_add(bytes);
        if self.payload > PAYLOAD_LIMIT {
            return Err(Fault::TooLarge {
                limit: PAYLOAD_LIMIT,
            });
        }
        Ok(())
    }
}
