//! From an annotation file's bytes.
//!
//! Words of two bytes, the low one first: six bits of code over ten bits of time since the annotation before. Codes from 59
//! on say more about the annotation that stands before them, or how long to skip.

use super::{Annotation, Annotations, Code, Definition};
use crate::wfdb::Finding;
use crate::{FormatError, Place};

pub(super) const SKIP: u8 = 59;
pub(super) const NUM: u8 = 60;
pub(super) const SUB: u8 = 61;
pub(super) const CHN: u8 = 62;
pub(super) const AUX: u8 = 63;

/// Notes at time 0 that speak of the file.
pub(super) const RESOLUTION: &str = "## time resolution: ";
pub(super) const DEFINITIONS: &str = "## annotation type definitions";
pub(super) const END_OF_DEFINITIONS: &str = "## end of definitions";

impl Annotations {
    /// Reads an annotation file's bytes; `file` is its name for messages.
    ///
    /// Notes at time 0 that give the time resolution or define codes become [`resolution`](Annotations::resolution) and
    /// [`definitions`](Annotations::definitions).
    ///
    /// # Errors
    /// If the bytes end within an annotation.
    ///
    /// ```
    /// use pathema_signal::wfdb::{Annotations, Code};
    /// let annotations = Annotations::decode(&[0x12, 0x70, 0x03, 0xfc, b'(', b'N', 0, 0, 0x3b, 0x04, 0, 0], "100.atr")?;
    /// let [rhythm, beat] = &annotations.items[..] else { panic!() };
    /// assert_eq!((rhythm.sample, rhythm.code, &*rhythm.text()), (18, Code::RHYTHM, "(N"));
    /// assert_eq!((beat.sample, beat.code), (77, Code::NORMAL));
    /// # Ok::<(), pathema_signal::FormatError>(())
    /// ```
    pub fn decode(bytes: &[u8], file: &str) -> Result<Annotations, FormatError> {
        let mut decoder = Decoder { bytes, at: 0, file };
        let mut all = Annotations::default();
        let (mut time, mut num, mut channel) = (0_i64, 0_i8, 0_u8);
        let (mut defining, mut unordered) = (false, 0);
        // A file's prologue ends with a mark of no kind, and none can come before.
        let mut marked = false;
        let ended = loop {
            let Some((mut code, mut low)) = decoder.word()? else {
                break false;
            };
            while code == SKIP {
                time += i64::from(decoder.long()?);
                (code, low) = decoder.word()?.ok_or_else(|| decoder.cut())?;
            }
            if code == 0 && low == 0 {
                break true;
            }
            time += i64::from(low);
            let mut item = Annotation {
                sample: time,
                code: Code::NORMAL,
                subtype: 0,
                channel,
                num,
                aux: Vec::new(),
            };
            while let Some((more, low)) = decoder.peek().filter(|(more, _)| *more > SKIP) {
                decoder.at += 2;
                let [byte, _] = low.to_le_bytes();
                match more {
                    NUM => num = byte as i8,
                    SUB => item.subtype = byte as i8,
                    CHN => channel = byte,
                    _ => item.aux = decoder.aux(usize::from(low))?.to_vec(),
                }
            }
            (item.num, item.channel) = (num, channel);
            let Some(code) = Code::new(code) else {
                marked = true;
                continue;
            };
            item.code = code;
            if !marked && code == Code::NOTE && time == 0 && all.take_prologue(&item, &mut defining)
            {
                continue;
            }
            marked = true;
            unordered += usize::from(all.items.last().is_some_and(|last| last.sample > time));
            all.items.push(item);
        };
        let name = || file.to_owned();
        let rest = bytes.len() - decoder.at;
        if !ended {
            all.findings.push(Finding::NoEndMark { file: name() });
        } else if rest > 0 {
            all.findings.push(Finding::TrailingBytes {
                file: name(),
                count: rest as u64,
            });
        }
        if unordered > 0 {
            all.findings.push(Finding::Unordered {
                file: name(),
                count: unordered,
            });
        }
        Ok(all)
    }

    /// Takes a note that speaks of the file; whether it does.
    fn take_prologue(&mut self, note: &Annotation, defining: &mut bool) -> bool {
        let text = note.text();
        if let Some(rate) = text.strip_prefix(RESOLUTION) {
            let rate: Option<f64> = rate.trim().parse().ok();
            let Some(rate) = rate.filter(|rate| rate.is_finite() && *rate > 0.0) else {
                return false;
            };
            self.resolution = Some(rate);
            return true;
        }
        match &*text {
            DEFINITIONS => *defining = true,
            END_OF_DEFINITIONS if *defining => *defining = false,
            text if *defining => {
                let mut fields = text.splitn(3, ' ');
                let code = fields
                    .next()
                    .and_then(|number| number.parse().ok())
                    .and_then(Code::new);
                let symbol = fields.next().filter(|symbol| !symbol.is_empty());
                let (Some(code), Some(symbol)) = (code, symbol) else {
                    return false;
                };
                self.definitions.push(Definition {
                    code,
                    symbol: symbol.to_owned(),
                    description: fields.next().unwrap_or_default().to_owned(),
                });
            }
            _ => return false,
        }
        true
    }
}

struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    file: &'a str,
}

impl<'a> Decoder<'a> {
    /// The code and the low ten bits of the next word, which stays.
    fn peek(&self) -> Option<(u8, u16)> {
        let pair = self.bytes.get(self.at..self.at + 2)?;
        let word = u16::from_le_bytes([pair[0], pair[1]]);
        Some(((word >> 10) as u8, word & 0x3ff))
    }

    fn word(&mut self) -> Result<Option<(u8, u16)>, FormatError> {
        let word = self.peek();
        match word {
            Some(_) => self.at += 2,
            None if self.at < self.bytes.len() => return Err(self.cut()),
            None => {}
        }
        Ok(word)
    }

    /// Four bytes: the high 16 bits first, in each pair the low byte first.
    fn long(&mut self) -> Result<i32, FormatError> {
        match self.take(4)? {
            &[b2, b3, b0, b1] => Ok(i32::from_le_bytes([b0, b1, b2, b3])),
            _ => Err(self.cut()),
        }
    }

    /// So many bytes, and one more where that makes them even.
    fn aux(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let bytes = self.take(length)?;
        self.take(length % 2)?;
        Ok(bytes)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let bytes = self
            .bytes
            .get(self.at..self.at + length)
            .ok_or_else(|| self.cut())?;
        self.at += length;
        Ok(bytes)
    }

    fn cut(&self) -> FormatError {
        FormatError::content(
            self.file,
            Place::Byte(self.at as u64),
            "the end of the file within an annotation",
            "annotations in MIT format",
            "copy or fetch it again, or see whether it is an annotation file",
        )
    }
}
