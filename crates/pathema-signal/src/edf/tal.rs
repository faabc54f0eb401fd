//! Time-stamped annotation lists, in which a + file keeps its records' times and its annotations: the onset, perhaps
//! byte 21 and the duration, then texts, byte 20 after each, and byte 0 at the end.

use super::decimal::Decimal;
use crate::error::quoted;
use crate::{FormatError, Place};

/// One list: texts of one time.
#[derive(Debug, PartialEq)]
pub(super) struct Tal {
    /// Seconds since the start that the head gives.
    pub(super) onset: Decimal,
    /// Seconds; 0 where none is given.
    pub(super) duration: Decimal,
    /// What happened then; an empty text where it is the time of the record.
    pub(super) texts: Vec<String>,
}

const TEXT_END: u8 = 20;
const DURATION: u8 = 21;

/// The lists in one record's part of one annotation signal.
pub(super) fn parse(file: &str, record: u64, bytes: &[u8]) -> Result<Vec<Tal>, FormatError> {
    let wrong = |found: &[u8], expected: &str| {
        FormatError::content(
            file,
            Place::Record(record + 1),
            quoted(&String::from_utf8_lossy(found)),
            expected,
            "the annotations are damaged: write the file again, or fetch it again",
        )
    };
    let mut tals = Vec::new();
    for list in bytes
        .split(|&byte| byte == 0)
        .filter(|list| !list.is_empty())
    {
        let Some(head) = list.iter().position(|&byte| byte == TEXT_END) else {
            return Err(wrong(list, "an annotation's onset, then byte 20"));
        };
        let (time, texts) = (&list[..head], &list[head + 1..]);
        let mut parts = time.splitn(2, |&byte| byte == DURATION);
        let mut number = |expected: &str| match parts.next() {
            None => Ok(None),
            Some(part) => std::str::from_utf8(part)
                .ok()
                .and_then(Decimal::parse)
                .map(Some)
                .ok_or_else(|| wrong(time, expected)),
        };
        let onset = number("an onset in seconds, as \"+12.5\", with a decimal point")?;
        let duration = number("a duration in seconds, with a decimal point")?;
        let duration = duration.unwrap_or(Decimal::ZERO);
        if duration.is_negative() {
            return Err(wrong(time, "a duration of 0 or more"));
        }
        let mut texts: Vec<String> = texts
            .split(|&byte| byte == TEXT_END)
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .collect();
        // What follows the last byte 20: nothing, where the list is whole.
        if texts.last().is_some_and(String::is_empty) {
            texts.pop();
        }
        tals.push(Tal {
            onset: onset.unwrap_or(Decimal::ZERO),
            duration,
            texts,
        });
    }
    Ok(tals)
}

/// One text as a list, or the time of a record where the text is empty.
pub(super) fn compose(onset: Decimal, duration: Decimal, text: &str) -> Vec<u8> {
    let sign = if onset.is_negative() { "" } else { "+" };
    let mut bytes = format!("{sign}{}", onset.text()).into_bytes();
    if duration != Decimal::ZERO {
        bytes.push(DURATION);
        bytes.extend(duration.text().bytes());
    }
    bytes.push(TEXT_END);
    bytes.extend(text.bytes());
    bytes.extend([TEXT_END, 0]);
    bytes
}

/// Whether a text would end a list before its time.
pub(super) fn fits(text: &str) -> bool {
    !text.is_empty()
        && !text
            .bytes()
            .any(|byte| matches!(byte, 0 | TEXT_END | DURATION))
}
