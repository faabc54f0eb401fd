//! The escapes of a Python 2 string, decoded as fast as a processor can look at them.
//!
//! Bytes of floating-point numbers are as good as random, and so is what stands next in their escaped text: a program
//! that asks and branches guesses wrong every other byte. [`blocks`] looks at many characters at once; here are what it
//! leaves over, and labels, which repeat for minutes.

use super::blocks;

/// How far [`decode`] came.
#[derive(Default)]
pub(super) struct Decoded {
    /// Characters of the text that were used up.
    pub(super) used: usize,
    /// Bytes that were put out.
    pub(super) filled: usize,
    /// Whether the last of them stands for itself in the text.
    pub(super) plain: bool,
}

/// Decodes the beginning of `text` into `out`, which must be as long.
///
/// It stops where the text is used up to less than [`LOOK`] characters, at the end of a line, and at an escape that is
/// rare or wrong.
pub(super) fn decode(text: &[u8], out: &mut [u8]) -> Decoded {
    let mut all = Decoded::default();
    let ways = [repeats, blocks::decode, singles];
    let mut way = 0;
    while way < ways.len() {
        // Not all at once: what repeats may begin anywhere.
        let end = text.len().min(all.used + PART);
        let decoded = ways[way](&text[all.used..end], &mut out[all.filled..]);
        if decoded.used == 0 {
            way += 1;
            continue;
        }
        all.used += decoded.used;
        all.filled += decoded.filled;
        all.plain = decoded.plain;
        way = 0;
    }
    all
}

/// Sixteen characters that come again and again: whole numbers of four bytes.
fn repeats(text: &[u8], out: &mut [u8]) -> Decoded {
    let mut done = Decoded::default();
    let Some(first) = text.first_chunk::<16>() else {
        return done;
    };
    let Some(bytes) = four(first) else {
        return done;
    };
    for (next, to) in text
        .as_chunks::<64>()
        .0
        .iter()
        .zip(out.as_chunks_mut::<16>().0)
    {
        let same = |all, next: &[u8; 16]| all & (next == first);
        if !next.as_chunks::<16>().0.iter().fold(true, same) {
            break;
        }
        to.as_chunks_mut::<4>().0.fill(bytes);
        done.used += 64;
        done.filled += 16;
    }
    done
}

/// One after the other, as many as get past what holds a block up.
fn singles(text: &[u8], out: &mut [u8]) -> Decoded {
    let mut done = Decoded::default();
    for to in out.iter_mut().take(64) {
        let Some(&next) = text[done.used..].first_chunk::<LOOK>() else {
            break;
        };
        let (byte, length) = one(next);
        if length == 0 {
            break;
        }
        *to = byte;
        done.used += length;
        done.filled += 1;
        done.plain = length == 1;
    }
    done
}

/// Characters that are decoded by one means before the others are tried.
const PART: usize = 4096;

/// What the letter after a backslash stands for, but for `x` and octal digits.
pub(super) fn short(letter: u8) -> Option<u8> {
    u8::try_from(SHORT[usize::from(letter)]).ok()
}

/// The longest escape that is decoded here.
pub(super) const LOOK: usize = 4;

/// One byte and how long it is in the text: 1 as itself, 2 as `\n` and its like, 4 as `\xHH`. 0 at the end of a line and
/// for other escapes.
#[inline(always)]
fn one(text: [u8; LOOK]) -> (u8, usize) {
    let [first, second, high, low] = text.map(usize::from);
    let escaped = first == usize::from(b'\\');
    let hexadecimal = escaped && second == usize::from(b'x');
    // Selections, not branches: all three are at hand.
    let mut byte = PLAIN[first];
    if escaped {
        byte = SHORT[second];
    }
    if hexadecimal {
        byte = HEX[high] << 4 | HEX[low];
    }
    let length = 1 + usize::from(escaped) + 2 * usize::from(hexadecimal);
    (byte as u8, if byte > 0xff { 0 } else { length })
}

/// Four bytes of `\xHH\xHH\xHH\xHH`; `None` if that is not what stands there.
fn four(text: &[u8; 16]) -> Option<[u8; 4]> {
    let escapes = text.as_chunks::<4>().0;
    let mut bytes = [0; 4];
    for (byte, &[backslash, x, high, low]) in bytes.iter_mut().zip(escapes) {
        let value = HEX[usize::from(high)] << 4 | HEX[usize::from(low)];
        if [backslash, x] != *b"\\x" || value > 0xff {
            return None;
        }
        *byte = value as u8;
    }
    Some(bytes)
}

/// The value of a hexadecimal digit; for any other byte a number that does not fit a byte.
const HEX: [u16; 256] = {
    let mut table = [0x100; 256];
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit] = digit as u16;
        digit += 1;
    }
    while digit < 16 {
        table[b'a' as usize + digit - 10] = digit as u16;
        table[b'A' as usize + digit - 10] = digit as u16;
        digit += 1;
    }
    table
};

/// Each byte by itself; a number that does not fit a byte for the end of a line.
const PLAIN: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte as u16;
        byte += 1;
    }
    table[b'\n' as usize] = 0x100;
    table
};

/// What the second byte of a short escape stands for; a number that does not fit a byte where it is none.
const SHORT: [u16; 256] = {
    let mut table = [0x100; 256];
    let escapes = [
        (b'\\', b'\\'),
        (b'\'', b'\''),
        (b'"', b'"'),
        (b'a', 7),
        (b'b', 8),
        (b't', b'\t'),
        (b'n', b'\n'),
        (b'v', 11),
        (b'f', 12),
        (b'r', b'\r'),
    ];
    let mut at = 0;
    while at < escapes.len() {
        let (letter, byte) = escapes[at];
        table[letter as usize] = byte as u16;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::input::Input;
    use super::super::strings::quoted;

    /// A byte, and one of the ways in which a Python literal may say it.
    fn said() -> impl Strategy<Value = (u8, Vec<u8>)> {
        let any = prop_oneof![3 => any::<u8>(), 1 => Just(0), 1 => Just(b'\\'), 1 => Just(b'\'')];
        (any, 0..5_u8).prop_map(|(byte, way)| {
            let short = match byte {
                b'\n' => b'n',
                b'\t' => b't',
                b'\r' => b'r',
                b'\\' | b'\'' => byte,
                _ => 0,
            };
            let text = match way {
                0 => format!("\\x{byte:02x}").into_bytes(),
                1 => format!("\\x{byte:02X}").into_bytes(),
                2 => format!("\\{byte:03o}").into_bytes(),
                _ if short != 0 => vec![b'\\', short],
                _ => vec![byte],
            };
            (byte, text)
        })
    }

    proptest! {
        #[test]
        fn every_way_of_saying_a_byte_is_understood(said in vec(said(), 0..700), chunk in 1..300_usize, rest in 0..3_usize) {
            let bytes: Vec<u8> = said.iter().map(|(byte, _)| *byte).collect();
            let text: Vec<u8> = said.into_iter().flat_map(|(_, text)| text).collect();
            let line = [b"'", &text[..], b"'\n", &b"more"[..rest]].concat();
            let mut input = Input::new(BufReader::with_capacity(chunk, &line[..]));
            let read = quoted(&mut input).unwrap();
            prop_assert_eq!(read.as_slice(), &bytes[..]);
            prop_assert_eq!(input.offset() as usize, line.len() - rest);
        }

        #[test]
        fn wrong_escapes_are_errors_wherever_they_stand(
            before in vec(said(), 0..200),
            wrong in select(vec!["\\xg0", "\\x0g", "\\q", "\\x:0", "\\x`0", "\\\n"]),
            after in vec(said(), 0..200),
        ) {
            let part = |said: Vec<(u8, Vec<u8>)>| said.into_iter().flat_map(|(_, text)| text).collect::<Vec<u8>>();
            let line = [b"'", &part(before)[..], wrong.as_bytes(), &part(after), b"'\n"].concat();
            prop_assert!(quoted(&mut Input::new(&line[..])).is_err());
        }
    }
}
