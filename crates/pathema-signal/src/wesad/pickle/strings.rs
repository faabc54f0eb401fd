//! The two kinds of escaped text that protocol 0 writes, decoded as they stream by.
//!
//! Python 2 wrote numpy's raw bytes as one line of escaped text, three to four characters a byte; the line of a
//! chest accelerometer has 300 MB. So nothing here ever holds the escaped form.

use std::io::BufRead;

use super::error::Fault;
use super::input::Input;

/// A Python 2 string: quoted, with the escapes of a Python literal, up to the end of the line.
pub(super) fn quoted<R: BufRead>(input: &mut Input<R>) -> Result<Vec<u8>, Fault> {
    let quote = input.byte()?;
    if quote != b'\'' && quote != b'"' {
        return Err(malformed(&[quote]));
    }
    let mut body = Vec::new();
    // Only a quote that was not escaped can close the string.
    let mut closed = false;
    loop {
        let chunk = input.chunk()?;
        let (read, held) = (chunk.len(), body.len());
        let end = unescape(chunk, quote, &mut body, &mut closed);
        let used = match end {
            End::Chunk => read,
            End::Line(used) | End::Escape(used) => used,
        };
        input.consume(used);
        input.charge((body.len() - held) as u64)?;
        match end {
            End::Chunk => {}
            End::Line(_) => break,
            End::Escape(_) => {
                escape(input, &mut body)?;
                closed = false;
            }
        }
    }
    if !closed {
        return Err(malformed(&body[body.len().saturating_sub(8)..]));
    }
    body.pop();
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

/// Why [`unescape`] stopped, and how many bytes it used up.
enum End {
    Chunk,
    /// The end of the line was among them.
    Line(usize),
    /// The next byte begins an escape that is not `\xHH` or may reach past the chunk.
    Escape(usize),
}

/// Decodes a chunk up to the end of the line or up to a rare escape.
fn unescape(chunk: &[u8], quote: u8, body: &mut Vec<u8>, closed: &mut bool) -> End {
    body.reserve(chunk.len());
    let mut at = 0;
    while at < chunk.len() {
        // Runs of `\xHH` make up most of a recording.
        while let Some(&[b'\\', b'x', high, low]) = chunk[at..].first_chunk::<4>() {
            let (high, low) = (HEX[usize::from(high)], HEX[usize::from(low)]);
            if (high | low) > 0x0f {
                return End::Escape(at);
            }
            body.push(high << 4 | low);
            *closed = false;
            at += 4;
        }
        let rest = &chunk[at..];
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'\\' | b'\n'))
            .unwrap_or(rest.len());
        if plain > 0 {
            body.extend_from_slice(&rest[..plain]);
            *closed = rest[plain - 1] == quote;
            at += plain;
        }
        match chunk.get(at) {
            None => break,
            Some(b'\n') => return End::Line(at + 1),
            Some(_) if chunk.len() - at < 4 || chunk[at + 1] != b'x' => return End::Escape(at),
            Some(_) => {}
        }
    }
    End::Chunk
}

/// Decodes one escape byte by byte, wherever the chunks break.
fn escape<R: BufRead>(input: &mut Input<R>, body: &mut Vec<u8>) -> Result<(), Fault> {
    input.byte()?;
    let byte = match input.byte()? {
        b'x' => hex(input, 2)? as u8,
        byte @ b'0'..=b'7' => octal(input, byte)?,
        b'\\' => b'\\',
        b'\'' => b'\'',
        b'"' => b'"',
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        other => return Err(malformed(&[b'\\', other])),
    };
    body.push(byte);
    input.charge(1)
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
        match HEX[usize::from(digit)] {
            nibble @ 0..=0x0f => value = value << 4 | u32::from(nibble),
            _ => return Err(malformed(&[digit])),
        }
    }
    Ok(value)
}

fn malformed(bytes: &[u8]) -> Fault {
    Fault::Malformed {
        what: "a quoted string",
        found: format!("…{}…", bytes.escape_ascii()),
    }
}

/// The value of a hexadecimal digit; 0xff for any other byte.
const HEX: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit] = digit as u8;
        digit += 1;
    }
    while digit < 16 {
        table[b'a' as usize + digit - 10] = digit as u8;
        table[b'A' as usize + digit - 10] = digit as u8;
        digit += 1;
    }
    table
};
