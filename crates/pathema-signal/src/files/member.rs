//! One member of a zip as a stream that owns what it reads from.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;
use zip::CompressionMethod;

use super::tree::Bytes;

/// The bytes of a member, unpacked as they are read. At the end the checksum and the length must be right.
pub(super) struct Member {
    data: Data,
    crc: crc32fast::Hasher,
    expected: (u32, u64),
    read: u64,
}

enum Data {
    Stored(io::Take<BufReader<Bytes>>),
    Deflated(Box<DeflateDecoder<io::Take<BufReader<Bytes>>>>),
}

/// Where a member lies in its archive, and what it must turn out to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) method: CompressionMethod,
}

impl Member {
    pub(super) fn open(mut archive: Bytes, place: Place) -> io::Result<Member> {
        archive.seek(SeekFrom::Start(place.start))?;
        let packed = BufReader::with_capacity(BUFFER, archive).take(place.packed);
        let data = match place.method {
            CompressionMethod::Stored => Data::Stored(packed),
            CompressionMethod::Deflated => Data::Deflated(Box::new(DeflateDecoder::new(packed))),
            other => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    format!(
                        "it is packed as {other}; pack it again with deflate, or unpack the archive"
                    ),
                ));
            }
        };
        Ok(Member {
            data,
            crc: crc32fast::Hasher::new(),
            expected: (place.crc, place.size),
            read: 0,
        })
    }
}

impl Read for Member {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.data {
            Data::Stored(data) => data.read(buffer)?,
            Data::Deflated(data) => data.read(buffer)?,
        };
        self.crc.update(&buffer[..read]);
        self.read += read as u64;
        let (crc, size) = self.expected;
        // A bomb lies about its size: stop as soon as more comes than was declared.
        if self.read > size {
            return Err(broken("it unpacks to more bytes than the archive says"));
        }
        if read == 0
            && !buffer.is_empty()
            && (self.read != size || self.crc.clone().finalize() != crc)
        {
            return Err(broken(
                "its bytes are not those that were packed (length or checksum)",
            ));
        }
        Ok(read)
    }
}

fn broken(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

/// Long stretches keep a disk and the unpacking busy.
const BUFFER: usize = 1 << 16;
