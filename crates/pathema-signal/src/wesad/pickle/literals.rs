//! Operations that bring a value along: numbers, strings and bytes.

use std::io::BufRead;

use super::bytes::Bytes;
use super::error::Fault;
use super::input::Input;
use super::opcodes as op;
use super::strings;
use super::value::Node;

/// The value that an operation brings along, unless the operation is refused.
pub(super) fn literal<R: BufRead>(input: &mut Input<R>, opcode: u8) -> Result<Node, Fault> {
    Ok(match opcode {
        op::NONE => Node::None,
        op::NEWTRUE => Node::Bool(true),
        op::NEWFALSE => Node::Bool(false),
        op::INT => match input.line("a whole number")?.as_str() {
            "00" => Node::Bool(false),
            "01" => Node::Bool(true),
            digits => Node::Int(parse(digits, "a whole number")?),
        },
        op::LONG => {
            let line = input.line("a whole number")?;
            let digits = line.strip_suffix('L').unwrap_or(&line);
            Node::Int(parse(digits, "a whole number")?)
        }
        op::BININT => Node::Int(i64::from(i32::from_le_bytes(input.array()?))),
        op::BININT1 => Node::Int(i64::from(input.byte()?)),
        op::BININT2 => Node::Int(i64::from(u16::from_le_bytes(input.array()?))),
        op::LONG1 => {
            let length = u64::from(input.byte()?);
            Node::Int(integer(input.body(length)?.as_slice())?)
        }
        op::LONG4 => {
            let length = counted(i32::from_le_bytes(input.array()?))?;
            Node::Int(integer(input.body(length)?.as_slice())?)
        }
        op::FLOAT => Node::Float(parse(&input.line("a number")?, "a number")?),
        op::BINFLOAT => Node::Float(f64::from_be_bytes(input.array()?)),
        op::STRING => Node::Bytes(strings::quoted(input)?),
        op::UNICODE => Node::Text(strings::raw_unicode(input)?),
        op::BINSTRING => {
            let length = counted(i32::from_le_bytes(input.array()?))?;
            Node::Bytes(input.body(length)?)
        }
        op::SHORT_BINSTRING | op::SHORT_BINBYTES => {
            let length = u64::from(input.byte()?);
            Node::Bytes(input.body(length)?)
        }
        op::BINBYTES => {
            let length = u64::from(u32::from_le_bytes(input.array()?));
            Node::Bytes(input.body(length)?)
        }
        op::BINBYTES8 | op::BYTEARRAY8 => {
            let length = u64::from_le_bytes(input.array()?);
            Node::Bytes(input.body(length)?)
        }
        op::SHORT_BINUNICODE => {
            let length = u64::from(input.byte()?);
            Node::Text(utf8(input.body(length)?)?)
        }
        op::BINUNICODE => {
            let length = u64::from(u32::from_le_bytes(input.array()?));
            Node::Text(utf8(input.body(length)?)?)
        }
        op::BINUNICODE8 => {
            let length = u64::from_le_bytes(input.array()?);
            Node::Text(utf8(input.body(length)?)?)
        }
        _ => return Err(refused(opcode)),
    })
}

pub(super) fn parse<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Fault> {
    text.trim().parse().map_err(|_| Fault::Malformed {
        what,
        found: text.escape_debug().to_string(),
    })
}

fn counted(length: i32) -> Result<u64, Fault> {
    u64::try_from(length).map_err(|_| Fault::Malformed {
        what: "a length",
        found: length.to_string(),
    })
}

/// A two's complement number, least significant byte first.
fn integer(bytes: &[u8]) -> Result<i64, Fault> {
    let negative = bytes.last().is_some_and(|&byte| byte & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    if bytes.len() > 8 {
        return Err(Fault::Malformed {
            what: "a whole number",
            found: format!("{} bytes, more than 64 bits", bytes.len()),
        });
    }
    let mut number = [fill; 8];
    number[..bytes.len()].copy_from_slice(bytes);
    Ok(i64::from_le_bytes(number))
}

fn utf8(bytes: Bytes) -> Result<String, Fault> {
    let text = std::str::from_utf8(bytes.as_slice()).map_err(|error| Fault::Malformed {
        what: "text",
        found: error.to_string(),
    })?;
    Ok(text.to_owned())
}

fn refused(opcode: u8) -> Fault {
    let reason = match opcode {
        op::EXT1 | op::EXT2 | op::EXT4 => {
            "it calls whatever a registry of the writer's program says; save the file again with pickle.dump"
        }
        op::PERSID | op::BINPERSID => {
            "it refers to an object outside the file; save the arrays themselves"
        }
        op::NEXT_BUFFER | op::READONLY_BUFFER => {
            "its arrays lie outside the file; save it again without buffer_callback"
        }
        op::NEWOBJ_EX => {
            "it makes objects other than numpy arrays; save the file again with numpy.asarray values"
        }
        op::EMPTY_SET | op::ADDITEMS | op::FROZENSET => {
            "a recording has no sets; save the file again as a dict of numpy arrays"
        }
        _ => return Fault::UnknownOpcode { opcode },
    };
    match op::name(opcode) {
        Some(opcode) => Fault::Refused { opcode, reason },
        None => Fault::UnknownOpcode { opcode },
    }
}
