//! The two kinds of escaped text that protocol 0 writes, decoded as they stream by.
//!
//! Python 2 wrote numpy's raw bytes as one line of escaped text, three to four characters a byte; the line of a
//! chest accelerometer has 300 MB. So nothing here ever holds the escaped form.

use std::io::BufRead;

use super::bytes::Bytes;
use super::error::Fault;
use super::escapes;
use super::input::Input;

/// A Python 2 string: quoted, with the escapes of a Python literal, up to the end of the line.
pub(super) fn quoted<R: BufRead>(input: &mut Input<R>) -> Result<Bytes, Fault> {
    let quote = input.byte()?;
    if quote != b'\'' && quote != b'"' {
        return Err(malformed(&[quote]));
    }
    let mut body = Bytes::default();
    // Only a quote that was not escaped can close the string.
    let mut closed = false;
    loop {
        let chunk = input.chunk()?;
        let decoded = escapes::decode(chunk, body.room(chunk.len()));
        if decoded.filled > 0 {
            closed = decoded.plain && chunk[decoded.used - 1] == quote;
        }
        body.fill(decoded.filled);
        input.consume(decoded.used);
        input.charge(decoded.filled as u64)?;
        // What is left is rare, or lies across two chunks.
        match input.byte()? {
            b'\n' => break,
            b'\\' => {
                body.push(escape(input)?);
                closed = false;
            }
            byte => {
                body.push(byte);
                closed = byte == quote;
            }
        }
        input.charge(1)?;
    }
    if !closed {
        let held = body.as_slice();
        return Err(malformed(&held[held.len().saturating_sub(8)..]));
    }
    body.pop();
    body.shrink();
    Ok(body)
}

/// A Unicode line: Latin-1 with `\uXXXX` and `\UXXXXXXXX` escapes.
pub(super) fn raw_unicode<R: BufRead>(input: &mut Input<R>) -> Result<String, Fault> {
    let mut text = String::new();
    loop {
        let held = text.len();
        let chunk = input.chunk()?;
        let stop = chunk
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\\'))
            .unwrap_or(chunk.len());
        text.extend(chunk[..stop].iter().map(|&byte| char::from(byte)));
        let found = chunk.get(stop).copied();
        input.consume(stop + usize::from(found.is_some()));
        match found {
            None => {}
            Some(b'\n') => return Ok(text),
            Some(_) => match input.byte()? {
                b'u' => text.push(character(input, 4)?),
                b'U' => text.push(character(input, 8)?),
                // A backslash before anything else stands for itself.
                b'\n' => {
                    text.push('\\');
                    return Ok(text);
                }
                b'\\' => text.push_str("\\\\"),
                other => {
                    text.push('\\');
                    text.push(char::from(other));
                }
            },
        }
        input.charge((text.len() - held) as u64)?;
    }
}

/// Decodes one escape, of which the backslash has been read, byte by byte, wherever the chunks break.
fn escape<R: BufRead>(input: &mut Input<R>) -> Result<u8, Fault> {
    Ok(match input.byte()? {
        b'x' => hex(input, 2)? as u8,
        byte @ b'0'..=b'7' => octal(input, byte)?,
        other => {
            let short = escapes::short(other);
            short.ok_or_else(|| malformed(&[b'\\', other]))?
        }
    })
}

/// Up to three octal digits, of which the first has been read.
fn octal<R: BufRead>(input: &mut Input<R>, first: u8) -> Result<u8, Fault> {
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let next = input.chunk()?[0];
        if !(b'0'..=b'7').contains(&next) {
            break;
        }
        input.consume(1);
        value = value * 8 + u32::from(next - b'0');
    }
    // Python keeps the low eight bits of `\777`.
    Ok(value as u8)
}

fn character<R: BufRead>(input: &mut Input<R>, digits: usize) -> Result<char, Fault> {
    let code = hex(input, digits)?;
    char::from_u32(code).ok_or_else(|| Fault::Malformed {
        what: "a Unicode escape",
        found: format!("code point {code:#x}"),
    })
}

fn hex<R: BufRead>(input: &mut Input<R>, digits: usize) -> Result<u32, Fault> {
    let mut value = 0;
    for _ in 0..digits {
        let digit = input.byte()?;
        let nibble = char::from(digit).to_digit(16);
        value = value << 4 | nibble.ok_or_else(|| malformed(&[digit]))?;
    }
    Ok(value)
}

fn malformed(bytes: &[u8]) -> Fault {
    Fault::Malformed {
        what: "a quoted string",
        found: format!("…{}…", bytes.escape_ascii()),
    }
}
