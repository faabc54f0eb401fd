//! What a pickle holds once it is read.

use std::borrow::Cow;

use super::array::{Array, Dtype, Element};
use super::bytes::Bytes;
use super::numpy::Global;
use crate::recording::Samples;

/// A pickle's objects. Objects refer to each other by number, so that neither cycles nor depth matter.
#[derive(Debug)]
pub struct Pickle {
    pub(super) nodes: Vec<Node>,
    pub(super) root: Id,
    pub(super) length: u64,
}

impl Pickle {
    /// The object that the pickle is of.
    pub fn root(&self) -> Value<'_> {
        self.value(self.root)
    }

    /// Bytes from the start of the pickle to its end; the file may go on.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Takes the elements of an array out of the pickle, the last dimension fastest, in the precision in which they are
    /// stored; whole numbers in double precision. Double precision in this machine's order is not copied.
    ///
    /// `id` must be that of an array. Where it will be asked for again, or other arrays have the same data, they are copied.
    pub(in crate::wesad) fn take(&mut self, id: Id, asked_again: bool) -> Samples {
        let Some(array) = self.value(id).array() else {
            return Samples::F64(Vec::new());
        };
        if let Some(values) = array.to_f32() {
            return Samples::F32(values);
        }
        let Node::Array(node) = &self.nodes[id.0 as usize] else {
            return Samples::F64(array.to_f64());
        };
        let as_held = node.dtype.element == Element::F8
            && node.dtype.big_endian == cfg!(target_endian = "big")
            && !node.fortran;
        let shared = |data: Id| {
            let of = |node: &&Node| matches!(node, Node::Array(other) if other.data == Some(data));
            self.nodes.iter().filter(of).count() > 1
        };
        match node.data {
            Some(data) if as_held && !asked_again && !shared(data) => {
                match std::mem::replace(&mut self.nodes[data.0 as usize], Node::None) {
                    Node::Bytes(bytes) => Samples::F64(bytes.into_f64()),
                    _ => Samples::F64(Vec::new()),
                }
            }
            _ => Samples::F64(array.to_f64()),
        }
    }

    fn value(&self, id: Id) -> Value<'_> {
        Value { pickle: self, id }
    }
}

/// One object of a pickle.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    pickle: &'a Pickle,
    id: Id,
}

impl<'a> Value<'a> {
    /// What the object is, for messages: `dict`, `array`, `int`, …
    pub fn kind(self) -> &'static str {
        self.node().kind()
    }

    /// A string. Python 2 wrote names as bytes; those count, read as Latin-1.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.node() {
            Node::Text(text) => Some(Cow::Borrowed(text)),
            Node::Bytes(bytes) => {
                let bytes = bytes.as_slice();
                Some(match std::str::from_utf8(bytes) {
                    Ok(text) if text.is_ascii() => Cow::Borrowed(text),
                    _ => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
                })
            }
            _ => None,
        }
    }

    /// Raw bytes (`bytes`, `bytearray` or a Python 2 string).
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self.node() {
            Node::Bytes(bytes) => Some(bytes.as_slice()),
            _ => None,
        }
    }

    /// A truth value.
    pub fn bool(self) -> Option<bool> {
        match *self.node() {
            Node::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    pub fn int(self) -> Option<i64> {
        match *self.node() {
            Node::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A floating-point number.
    pub fn float(self) -> Option<f64> {
        match *self.node() {
            Node::Float(value) => Some(value),
            _ => None,
        }
    }

    /// The items of a list or a tuple.
    pub fn items(self) -> Option<impl ExactSizeIterator<Item = Value<'a>>> {
        match self.node() {
            Node::List(items) | Node::Tuple(items) => {
                Some(items.iter().map(move |&id| self.pickle.value(id)))
            }
            _ => None,
        }
    }

    /// The keys and values of a dict in the order in which they were set; a key may come twice.
    pub fn entries(self) -> Option<impl ExactSizeIterator<Item = (Value<'a>, Value<'a>)>> {
        match self.node() {
            Node::Dict(entries) => Some(
                entries
                    .iter()
                    .map(move |&(key, value)| (self.pickle.value(key), self.pickle.value(value))),
            ),
            _ => None,
        }
    }

    /// The value of a dict's ASCII key; as in Python, the one that was set last.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.entries()?
            .filter(|(candidate, _)| candidate.is(key))
            .last()
            .map(|(_, value)| value)
    }

    /// Whether this is a string of this ASCII text.
    pub fn is(self, ascii: &str) -> bool {
        match self.node() {
            Node::Text(text) => text == ascii,
            Node::Bytes(bytes) => bytes.as_slice() == ascii.as_bytes(),
            _ => false,
        }
    }

    /// A numpy array that was given its data.
    pub fn array(self) -> Option<Array<'a>> {
        match self.node() {
            Node::Array(array) => {
                let data = self.pickle.value(array.data?).bytes()?;
                Some(Array::new(array.dtype, &array.shape, array.fortran, data))
            }
            _ => None,
        }
    }

    /// The object's number, by which the pickle knows it.
    pub(in crate::wesad) fn id(self) -> Id {
        self.id
    }

    fn node(self) -> &'a Node {
        &self.pickle.nodes[self.id.0 as usize]
    }
}

/// The number of an object in its pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wesad) struct Id(pub(super) u32);

/// An object.
#[derive(Debug)]
pub(super) enum Node {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Bytes(Bytes),
    Text(String),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Global),
    Dtype(Dtype),
    Array(ArrayNode),
}

impl Node {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::None => "None",
            Node::Bool(_) => "bool",
            Node::Int(_) => "int",
            Node::Float(_) => "float",
            Node::Bytes(_) => "bytes",
            Node::Text(_) => "str",
            Node::Tuple(_) => "tuple",
            Node::List(_) => "list",
            Node::Dict(_) => "dict",
            Node::Global(global) => global.path(),
            Node::Dtype(_) => "dtype",
            Node::Array(_) => "array",
        }
    }
}

/// A numpy array; its data are another object, which others may share.
#[derive(Debug)]
pub(super) struct ArrayNode {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) fortran: bool,
    /// `None` until the array's state has come.
    pub(super) data: Option<Id>,
}
