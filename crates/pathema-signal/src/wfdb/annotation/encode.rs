//! To an annotation file's bytes.

use super::decode::{AUX, CHN, DEFINITIONS, END_OF_DEFINITIONS, NUM, RESOLUTION, SKIP, SUB};
use super::{Annotation, Annotations, Code};
use crate::FormatError;

/// Most time that a word holds.
const LONGEST: i64 = 0x3ff;

impl Annotations {
    /// The file's bytes; reading them gives the same annotations.
    ///
    /// # Errors
    /// If more than 255 bytes stand in an [`aux`](Annotation::aux), two marks lie too far apart, or what speaks of the file
    /// could not be told from its marks.
    ///
    /// ```
    /// use pathema_signal::wfdb::{Annotation, Annotations, Code};
    /// let items = vec![Annotation::new(18, Code::NORMAL), Annotation::new(77_000, Code::PVC)];
    /// let annotations = Annotations { items, ..Annotations::default() };
    /// assert_eq!(Annotations::decode(&annotations.encode()?, "a.atr")?, annotations);
    /// # Ok::<(), pathema_signal::FormatError>(())
    /// ```
    pub fn encode(&self) -> Result<Vec<u8>, FormatError> {
        let mut encoder = Encoder::default();
        let notes = self.prologue()?;
        for text in &notes {
            let aux = text.clone().into_bytes();
            encoder.put(&Annotation {
                aux,
                ..Annotation::new(0, Code::NOTE)
            })?;
        }
        if !notes.is_empty() || self.items.first().is_some_and(looks_like_prologue) {
            // A mark of no kind: what comes after is no prologue any more, though it be a note at time 0.
            encoder.skip(-1);
            encoder.word(0, 1);
        }
        for item in &self.items {
            encoder.put(item)?;
        }
        encoder.word(0, 0);
        Ok(encoder.bytes)
    }

    /// The notes at time 0 that speak of the file.
    fn prologue(&self) -> Result<Vec<String>, FormatError> {
        let mut notes = Vec::new();
        if let Some(rate) = self.resolution {
            if !(rate.is_finite() && rate > 0.0) {
                let problem = format!("its time resolution is {rate} Hz");
                return Err(unwritable("the file", problem, "give one above 0, or none"));
            }
            notes.push(format!("{RESOLUTION}{rate}"));
        }
        if !self.definitions.is_empty() {
            notes.push(DEFINITIONS.to_owned());
            for definition in &self.definitions {
                let symbol = &definition.symbol;
                let line = format!(
                    "{} {symbol} {}",
                    definition.code.number(),
                    definition.description
                );
                if symbol.is_empty() || symbol.contains(' ') || line.ends_with('\0') {
                    let problem = format!("the symbol {symbol:?} is empty or has blanks");
                    return Err(unwritable(
                        "a definition",
                        problem,
                        "give it a symbol of one word",
                    ));
                }
                notes.push(line);
            }
            notes.push(END_OF_DEFINITIONS.to_owned());
        }
        Ok(notes)
    }
}

fn looks_like_prologue(item: &Annotation) -> bool {
    item.sample == 0 && item.code == Code::NOTE && item.aux.starts_with(b"## ")
}

#[derive(Default)]
struct Encoder {
    bytes: Vec<u8>,
    time: i64,
    num: i8,
    channel: u8,
}

impl Encoder {
    fn put(&mut self, item: &Annotation) -> Result<(), FormatError> {
        let what = || format!("the annotation {} at {}", item.code, item.sample);
        let mut distance = item.sample.checked_sub(self.time).unwrap_or(i64::MAX);
        if distance.unsigned_abs() > FARTHEST {
            let problem = format!("it lies more than {FARTHEST} from the one before");
            return Err(unwritable(&what(), problem, "give times in frames"));
        }
        if !(0..=LONGEST).contains(&distance) {
            while distance != 0 {
                let step = distance.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
                self.skip(step as i32);
                distance -= step;
            }
        }
        self.time = item.sample;
        self.word(item.code.number(), distance as u16);
        if item.num != self.num {
            self.num = item.num;
            self.word(NUM, u16::from(item.num as u8));
        }
        if item.subtype != 0 {
            self.word(SUB, u16::from(item.subtype as u8));
        }
        if item.channel != self.channel {
            self.channel = item.channel;
            self.word(CHN, u16::from(item.channel));
        }
        if !item.aux.is_empty() {
            let length = u8::try_from(item.aux.len()).map_err(|_| {
                let problem = format!("{} bytes of text, and 255 are the most", item.aux.len());
                unwritable(&what(), problem, "shorten the text")
            })?;
            self.word(AUX, u16::from(length));
            self.bytes.extend(&item.aux);
            self.bytes.resize(self.bytes.len().next_multiple_of(2), 0);
        }
        Ok(())
    }

    fn skip(&mut self, distance: i32) {
        self.word(SKIP, 0);
        let [b0, b1, b2, b3] = distance.to_le_bytes();
        self.bytes.extend([b2, b3, b0, b1]);
    }

    fn word(&mut self, code: u8, low: u16) {
        self.bytes
            .extend((u16::from(code) << 10 | low).to_le_bytes());
    }
}

/// Farther would take hundreds of skips: such a time is no frame's.
const FARTHEST: u64 = 1 << 40;

fn unwritable(what: &str, problem: String, way_out: &str) -> FormatError {
    FormatError::Unwritable {
        what: what.to_owned(),
        format: "a WFDB annotation file",
        problem,
        way_out: way_out.to_owned(),
    }
}
