//! A writer of `SX.pkl`: pickle protocol 2 as Python 2 and its numpy write it.
//!
//! Arrays are `numpy.core.multiarray._reconstruct` calls whose state holds the bytes as a Python 2 `str`;
//! Python 3 reads them with `pickle.load(file, encoding="latin1")`, as it reads the official files.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::{Label, LabelRun, Placement, Samples};

use super::{Session, SimulateError, chest};

/// Writes the pickle of a session.
pub(super) fn write(
    out: &mut impl Write,
    session: &Session,
    io_error: impl Fn(io::Error) -> SimulateError,
) -> Result<(), SimulateError> {
    let labels = labels(&session.recording.labels);
    let arrays = |placement| {
        session
            .recording
            .channels
            .iter()
            .filter(move |channel| channel.placement == placement)
            .map(|channel| {
                let shape = vec![channel.len(), channel.axes];
                (channel.name.as_str(), &channel.samples, shape)
            })
    };
    let label = &Samples::I32(labels);
    let named = arrays(Placement::Chest).chain(arrays(Placement::Wrist));
    for (name, array, _) in named.chain([("label", label, vec![])]) {
        if bytes(array) > i32::MAX as usize {
            return Err(SimulateError::TooLong {
                subject: session.subject.clone(),
                array: name.to_owned(),
                bytes: bytes(array),
            });
        }
    }

    let mut pickler = Pickler {
        out,
        memo: HashMap::new(),
        next: 0,
    };
    let p = &mut pickler;
    let mut body = || -> io::Result<()> {
        p.out.write_all(b"\x80\x02")?;
        p.open_dict()?;
        p.string("signal")?;
        p.open_dict()?;
        for placement in [Placement::Chest, Placement::Wrist] {
            p.string(if placement == Placement::Chest {
                "chest"
            } else {
                "wrist"
            })?;
            p.open_dict()?;
            for (name, array, shape) in arrays(placement) {
                p.string(name)?;
                p.array(array, &shape)?;
            }
            p.close_dict()?;
        }
        p.close_dict()?;
        p.string("label")?;
        p.array(label, &[label.len()])?;
        p.string("subject")?;
        p.string(&session.subject)?;
        p.close_dict()?;
        p.out.write_all(b".")
    };
    body().map_err(io_error)
}

/// WESAD's codes at 700 Hz.
pub(super) fn labels(runs: &[LabelRun]) -> Vec<i32> {
    let mut codes = Vec::new();
    for run in runs {
        let end = (run.end * chest::RATE).round() as usize;
        codes.resize(end, Label::code(run.label).into());
    }
    codes
}

/// Numpy's code of a number format.
fn dtype(samples: &Samples) -> &'static str {
    match samples {
        Samples::I16(_) => "i2",
        Samples::U16(_) => "u2",
        Samples::I32(_) => "i4",
        Samples::F32(_) => "f4",
        Samples::F64(_) => "f8",
    }
}

fn bytes(samples: &Samples) -> usize {
    let size = match samples {
        Samples::I16(_) | Samples::U16(_) => 2,
        Samples::I32(_) | Samples::F32(_) => 4,
        Samples::F64(_) => 8,
    };
    size * samples.len()
}

fn put_all(out: &mut impl Write, samples: &Samples) -> io::Result<()> {
    match samples {
        Samples::I16(values) => put(out, values, i16::to_le_bytes),
        Samples::U16(values) => put(out, values, u16::to_le_bytes),
        Samples::I32(values) => put(out, values, i32::to_le_bytes),
        Samples::F32(values) => put(out, values, f32::to_le_bytes),
        Samples::F64(values) => put(out, values, f64::to_le_bytes),
    }
}

fn put<T: Copy, const N: usize>(
    out: &mut impl Write,
    values: &[T],
    bytes: impl Fn(T) -> [u8; N],
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(8192 * N);
    for chunk in values.chunks(8192) {
        buffer.clear();
        buffer.extend(chunk.iter().flat_map(|&value| bytes(value)));
        out.write_all(&buffer)?;
    }
    Ok(())
}

/// Opcodes, and the memo in which Python keeps what it has already written.
struct Pickler<'a, W> {
    out: &'a mut W,
    /// Memo numbers of what is written more than once.
    memo: HashMap<String, u32>,
    next: u32,
}

impl<W: Write> Pickler<'_, W> {
    /// Puts what was just written into the memo.
    fn remember(&mut self) -> io::Result<u32> {
        let number = self.next;
        self.next += 1;
        match u8::try_from(number) {
            Ok(short) => self.out.write_all(&[b'q', short])?,
            Err(_) => {
                self.out.write_all(b"r")?;
                self.out.write_all(&number.to_le_bytes())?;
            }
        }
        Ok(number)
    }

    /// Gets `name` from the memo, or writes it and puts it there.
    fn once(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Some(&number) = self.memo.get(name) {
            return match u8::try_from(number) {
                Ok(short) => self.out.write_all(&[b'h', short]),
                Err(_) => {
                    self.out.write_all(b"j")?;
                    self.out.write_all(&number.to_le_bytes())
                }
            };
        }
        write(self)?;
        let number = self.remember()?;
        self.memo.insert(name.to_owned(), number);
        Ok(())
    }

    /// A short Python 2 string.
    fn string(&mut self, text: &str) -> io::Result<()> {
        self.once(&format!("str {text}"), |p| {
            // Keys and names are far below 256 bytes.
            p.out.write_all(&[b'U', text.len() as u8])?;
            p.out.write_all(text.as_bytes())
        })
    }

    fn global(&mut self, module: &str, name: &str) -> io::Result<()> {
        self.once(&format!("global {name}"), |p| {
            write!(p.out, "c{module}\n{name}\n")
        })
    }

    fn integer(&mut self, value: usize) -> io::Result<()> {
        if let Ok(byte) = u8::try_from(value) {
            self.out.write_all(&[b'K', byte])
        } else if let Ok(short) = u16::try_from(value) {
            self.out.write_all(b"M")?;
            self.out.write_all(&short.to_le_bytes())
        } else {
            // Lengths are checked to be below 2³¹ before anything is written.
            self.out.write_all(b"J")?;
            self.out.write_all(&(value as i32).to_le_bytes())
        }
    }

    fn open_dict(&mut self) -> io::Result<()> {
        self.out.write_all(b"}")?;
        self.remember()?;
        self.out.write_all(b"(")
    }

    fn close_dict(&mut self) -> io::Result<()> {
        self.out.write_all(b"u")
    }

    fn dtype(&mut self, name: &str) -> io::Result<()> {
        self.once(&format!("dtype {name}"), |p| {
            p.global("numpy", "dtype")?;
            p.string(name)?;
            p.out.write_all(b"K\x00K\x01\x87")?;
            p.remember()?;
            p.out.write_all(b"R")?;
            // The state (3, '<', None, None, None, -1, -1, 0) is set below, on the memoised object.
            Ok(())
        })?;
        Ok(())
    }

    fn array(&mut self, array: &Samples, shape: &[usize]) -> io::Result<()> {
        self.global("numpy.core.multiarray", "_reconstruct")?;
        self.global("numpy", "ndarray")?;
        self.out.write_all(b"K\x00\x85")?;
        self.remember()?;
        self.string("b")?;
        self.out.write_all(b"\x87")?;
        self.remember()?;
        self.out.write_all(b"R")?;
        self.remember()?;
        self.out.write_all(b"(K\x01")?;
        for &length in shape {
            self.integer(length)?;
        }
        self.out
            .write_all(if shape.len() == 1 { b"\x85" } else { b"\x86" })?;
        self.remember()?;
        let code = dtype(array);
        let known = self.memo.contains_key(&format!("dtype {code}"));
        self.dtype(code)?;
        if !known {
            self.out.write_all(b"(K\x03")?;
            self.string("<")?;
            self.out
                .write_all(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t")?;
            self.remember()?;
            self.out.write_all(b"b")?;
        }
        // C order; then the bytes as a Python 2 string.
        self.out.write_all(b"\x89T")?;
        let bytes = i32::try_from(bytes(array)).map_err(io::Error::other)?;
        self.out.write_all(&bytes.to_le_bytes())?;
        put_all(self.out, array)?;
        self.remember()?;
        self.out.write_all(b"t")?;
        self.remember()?;
        self.out.write_all(b"b")
    }
}
