//! Escaped text, sixty-four characters at a time.
//!
//! Of a block it is computed at once which characters begin something, an escape or a byte that stands for itself, and
//! what each of them would be the beginning of; then those that do are put side by side. Nothing depends on a guess,
//! and all that a block needs to know of the one before is how far that one's last escape reaches into it.

use wide::u8x16;

use super::escapes::{Decoded, short};

/// Characters of a block.
const BLOCK: usize = 64;
/// How far behind a block its last escape may reach.
const REACH: usize = 3;

/// Decodes whole blocks from the beginning of `text` into `out`, which must be as long.
///
/// It stops before a block that holds the end of a line or an escape that is rare or wrong, and at the end of the text.
pub(super) fn decode(text: &[u8], out: &mut [u8]) -> Decoded {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
    {
        // SAFETY: the processor has all that the function is compiled for.
        return unsafe { decode_avx2(text, out) };
    }
    decode_anywhere(text, out)
}

/// The same in the words of newer processors, which are wider.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn decode_avx2(text: &[u8], out: &mut [u8]) -> Decoded {
    decode_anywhere(text, out)
}

#[inline(always)]
fn decode_anywhere(text: &[u8], out: &mut [u8]) -> Decoded {
    let (mut at, mut filled, mut plain) = (0, 0, false);
    // The characters of the block that belong to the escape before it, as bits from the lowest.
    let mut carry = 0;
    while let Some(next) = text[at..].first_chunk::<{ BLOCK + REACH }>()
        && let Some(to) = out[filled..].first_chunk_mut::<BLOCK>()
        && let Some(block) = Block::look(next, carry)
    {
        filled += block.put(to);
        plain = block.ends_plain();
        carry = block.carry;
        at += BLOCK;
    }
    Decoded {
        used: at + carry.count_ones() as usize,
        filled,
        plain,
    }
}

/// What stands in a block. A bit is a character, the lowest the first.
struct Block {
    /// What each character is the beginning of, if it is one.
    bytes: [u8; BLOCK],
    /// Which characters begin something.
    starts: u64,
    /// Which of them begin an escape.
    escapes: u64,
    /// The first characters of the next block that belong to this one's last escape.
    carry: u64,
}

impl Block {
    #[inline(always)]
    fn look(text: &[u8; BLOCK + REACH], carry: u64) -> Option<Block> {
        let seen = Seen::of(text);
        let mut escapes = seen.backslashes & !carry;
        // Of two backslashes side by side the second is what the first one escapes.
        let mut doubled = escapes & escapes << 1;
        while doubled != 0 {
            escapes &= !(doubled & doubled.wrapping_neg());
            doubled = escapes & escapes << 1;
        }
        let hexadecimal = escapes & seen.before_x;
        let shorts = escapes & !hexadecimal;
        if seen.line_ends != 0 || hexadecimal & !seen.before_digits != 0 {
            return None;
        }
        let mut bytes = seen.bytes;
        let mut left = shorts;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            bytes[place] = short(text[place + 1])?;
            left &= left - 1;
        }
        let covered = carry | shorts << 1 | hexadecimal << 1 | hexadecimal << 2 | hexadecimal << 3;
        Some(Block {
            bytes,
            starts: !covered,
            escapes,
            carry: shorts >> 63 | hexadecimal >> 63 | hexadecimal >> 62 | hexadecimal >> 61,
        })
    }

    /// Puts the bytes that are there side by side and says how many there are; what follows them in `to` is anything.
    #[inline(always)]
    fn put(&self, to: &mut [u8; BLOCK]) -> usize {
        // Two halves do not wait for each other.
        let (first, second) = (self.starts as u32, (self.starts >> HALF) as u32);
        let count = first.count_ones() as usize;
        gather(&self.bytes, 0, first, to);
        gather(&self.bytes, HALF, second, &mut to[count..]);
        count + second.count_ones() as usize
    }

    /// Whether the last byte stands for itself.
    fn ends_plain(&self) -> bool {
        let last = 63 - self.starts.leading_zeros().min(63);
        self.escapes >> last & 1 == 0
    }
}

/// Half of a block.
const HALF: usize = BLOCK / 2;

/// Puts those of half a block's bytes that `starts` has a bit for side by side.
#[inline(always)]
fn gather(bytes: &[u8; BLOCK], offset: usize, mut starts: u32, to: &mut [u8]) {
    let count = starts.count_ones() as usize;
    // Four at a time: a few too many cost less than a loop whose end cannot be guessed.
    for four in to.as_chunks_mut::<4>().0.iter_mut().take(count.div_ceil(4)) {
        for byte in four {
            *byte = bytes[offset + starts.trailing_zeros() as usize % HALF];
            starts &= starts.wrapping_sub(1);
        }
    }
}

/// What can be said of each character of a block without regard to the others.
struct Seen {
    /// The characters, and for backslashes what the two after the next one are the hexadecimal digits of.
    bytes: [u8; BLOCK],
    backslashes: u64,
    line_ends: u64,
    /// Where the next character is an x.
    before_x: u64,
    /// Where the two characters after the next one are hexadecimal digits.
    before_digits: u64,
}

impl Seen {
    #[inline(always)]
    fn of(text: &[u8; BLOCK + REACH]) -> Seen {
        let ahead = |count: usize| text[count..].first_chunk().unwrap_or(&[0; BLOCK]);
        let (here, second, high, low) = (ahead(0), ahead(1), ahead(2), ahead(3));
        let (mut bytes, mut digits) = ([0; BLOCK], [0; BLOCK]);
        for index in 0..BLOCK {
            let (high, high_is_digit) = digit(high[index]);
            let (low, low_is_digit) = digit(low[index]);
            let escaped = here[index] == b'\\';
            bytes[index] = if escaped {
                high << 4 | low
            } else {
                here[index]
            };
            digits[index] = high_is_digit & low_is_digit;
        }
        Seen {
            bytes,
            backslashes: equal(here, b'\\'),
            line_ends: equal(here, b'\n'),
            before_x: equal(second, b'x'),
            before_digits: equal(&digits, YES),
        }
    }
}

/// All bits, so that compilers see what processors have comparisons for.
const YES: u8 = 0xff;

/// The value of a hexadecimal digit, and [`YES`] if it is one.
#[inline(always)]
fn digit(character: u8) -> (u8, u8) {
    let within = |first: u8, count, character: u8| {
        if character.wrapping_sub(first) < count {
            YES
        } else {
            0
        }
    };
    let figure = within(b'0', 10, character);
    let letter = within(b'a', 6, character | 0x20);
    ((character & 0x0f) + (letter & 9), figure | letter)
}

/// Which characters are `what`.
#[inline(always)]
fn equal(text: &[u8; BLOCK], what: u8) -> u64 {
    let mut bits = 0;
    for (index, part) in text.as_chunks::<LANES>().0.iter().enumerate() {
        let same = u8x16::new(*part).simd_eq(u8x16::splat(what));
        bits |= u64::from(same.to_bitmask()) << (index * LANES);
    }
    bits
}

/// Characters that are compared at once.
const LANES: usize = 16;
