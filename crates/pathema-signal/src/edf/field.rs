//! Fields of fixed width, padded with spaces, of which the head consists.

use crate::error::quoted;
use crate::{FormatError, Place};

/// The head's bytes, taken field by field.
pub(super) struct Fields<'a> {
    file: &'a str,
    bytes: &'a [u8],
    at: usize,
}

/// One field: its text, and where it stands.
pub(super) struct Field<'a> {
    pub(super) file: &'a str,
    pub(super) text: String,
    pub(super) at: Place,
}

impl<'a> Fields<'a> {
    /// `bytes` begin at byte `offset` of the file.
    pub(super) fn new(file: &'a str, bytes: &'a [u8]) -> Fields<'a> {
        Fields { file, bytes, at: 0 }
    }

    /// Goes on at another byte.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The next `width` bytes.
    ///
    /// # Panics
    /// If there are none: the caller has read the whole head.
    pub(super) fn take(&mut self, width: usize) -> Field<'a> {
        let at = self.at;
        self.at += width;
        Field {
            file: self.file,
            text: decode(&self.bytes[at..at + width]),
            at: Place::Byte(at as u64),
        }
    }
}

impl Field<'_> {
    pub(super) fn wrong(&self, expected: &str, way_out: &str) -> FormatError {
        FormatError::content(self.file, self.at, quoted(&self.text), expected, way_out)
    }

    /// A whole number.
    pub(super) fn int(&self, what: &str) -> Result<i64, FormatError> {
        self.text.parse().map_err(|_| {
            self.wrong(
                &format!("{what}, a whole number"),
                "the header is damaged, or this is no EDF or BDF",
            )
        })
    }

    /// A number with a decimal point.
    pub(super) fn float(&self, what: &str) -> Result<f64, FormatError> {
        let plain = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let value = match self.text.parse::<f64>() {
            Ok(value) if value.is_finite() && self.text.bytes().all(plain) => Some(value),
            _ => None,
        };
        value.ok_or_else(|| {
            self.wrong(
                &format!("{what}, a number with a decimal point"),
                "correct the field in the header",
            )
        })
    }
}

/// The text of a padded field. The formats allow ASCII alone; what is not is read as UTF-8, or else as Latin-1, in which
/// many programs write `µ`.
fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    let padding = |c: char| c == ' ' || c == '\0';
    text.trim_matches(padding).to_owned()
}

/// `text` padded to `width` bytes; `None` if it is longer or not printable ASCII.
pub(super) fn padded(text: &str, width: usize) -> Option<String> {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (printable && text.len() <= width).then(|| format!("{text:width$}"))
}

/// The shortest decimal without an exponent that is `value` and fits the 8 characters of a number.
pub(super) fn number(value: f64) -> Option<String> {
    let text = value.to_string();
    (text.len() <= 8).then_some(text)
}
