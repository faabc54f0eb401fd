//! The callables that numpy's pickles name, rebuilt here: none of them runs any of Python.

use super::array::{Array, Dtype, Element};
use super::bytes::Bytes;
use super::error::Fault;
use super::value::{ArrayNode, Id, Node};

/// A callable that a pickle may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    Reconstruct,
    NdArray,
    Dtype,
    FromBuffer,
    Scalar,
    Encode,
    Bytes,
    ByteArray,
}

impl Global {
    /// The callable of a name, or `None` for a name that is not on the list.
    pub(super) fn named(module: &str, name: &str) -> Option<Global> {
        Some(match (module, name) {
            // numpy 2 renamed `numpy.core`.
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => {
                Global::Reconstruct
            }
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Global::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Global::FromBuffer,
            ("numpy", "ndarray") => Global::NdArray,
            ("numpy", "dtype") => Global::Dtype,
            // How Python 3 writes bytes below protocol 3.
            ("_codecs", "encode") => Global::Encode,
            // Python 3 renamed `__builtin__`.
            ("builtins" | "__builtin__", "bytes") => Global::Bytes,
            ("builtins" | "__builtin__", "bytearray") => Global::ByteArray,
            _ => return None,
        })
    }

    /// The name for messages.
    pub(super) fn path(self) -> &'static str {
        match self {
            Global::Reconstruct => "numpy.core.multiarray._reconstruct",
            Global::NdArray => "numpy.ndarray",
            Global::Dtype => "numpy.dtype",
            Global::FromBuffer => "numpy.core.numeric._frombuffer",
            Global::Scalar => "numpy.core.multiarray.scalar",
            Global::Encode => "_codecs.encode",
            Global::Bytes => "bytes",
            Global::ByteArray => "bytearray",
        }
    }
}

/// The objects that calls make and change.
#[derive(Debug, Default)]
pub(super) struct Heap {
    pub(super) nodes: Vec<Node>,
}

impl Heap {
    pub(super) fn add(&mut self, node: Node) -> Id {
        // The limit on operations keeps the count far below 2³².
        let id = Id(self.nodes.len() as u32);
        self.nodes.push(node);
        id
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    /// What calling `global` with `args` gives.
    pub(super) fn call(&mut self, global: Global, args: &[Id]) -> Result<Id, Fault> {
        let node = match (global, args) {
            // The shape and the type of the placeholder do not matter: BUILD brings the real ones.
            (Global::Reconstruct, &[class, _, _]) if self.is_ndarray(class) => {
                Node::Array(ArrayNode {
                    dtype: UNSET,
                    shape: vec![0],
                    fortran: false,
                    data: None,
                })
            }
            (Global::Dtype, &[code] | &[code, _, _]) => Node::Dtype(self.dtype(code)?),
            (Global::FromBuffer, &[buffer, dtype, shape, order]) => {
                let order = self.text(order).map(|text| text == "F");
                let fortran = order.ok_or_else(|| self.off(global, "the order is no string"))?;
                let array = self.array(global, dtype, shape, fortran, buffer)?;
                Node::Array(array)
            }
            (Global::Scalar, &[dtype, data]) => self.scalar(dtype, data)?,
            // The bytes take the place of the text, so that a long one is held once. Nothing can tell: bytes read
            // as text are Latin-1 here.
            (Global::Encode, &[text, codec])
                if matches!(
                    self.text(codec).as_deref(),
                    Some("latin1" | "latin-1" | "iso-8859-1")
                ) =>
            {
                self.encode(global, text)?;
                return Ok(text);
            }
            (Global::Bytes | Global::ByteArray, &[]) => Node::Bytes(Bytes::default()),
            // Nothing here changes bytes, so a copy may be the same object.
            (Global::Bytes | Global::ByteArray, &[data]) if self.is_bytes(data) => {
                return Ok(data);
            }
            // How Python 3 writes a bytearray below protocol 3.
            (Global::ByteArray, &[text, codec])
                if self.text(codec).as_deref() == Some("latin-1") =>
            {
                self.encode(global, text)?;
                return Ok(text);
            }
            _ => {
                let kinds: Vec<_> = args.iter().map(|&id| self.node(id).kind()).collect();
                let found = format!(
                    "called with ({}), which no numpy array needs; save the file again with numpy.asarray values",
                    kinds.join(", ")
                );
                return Err(self.off(global, found));
            }
        };
        Ok(self.add(node))
    }

    /// Gives an array or a dtype its state.
    pub(super) fn build(&mut self, object: Id, state: Id) -> Result<(), Fault> {
        let Node::Tuple(state) = self.node(state) else {
            return Err(self.unbuildable(object));
        };
        if state.len() > ITEM_LIMIT {
            return Err(self.unbuildable(object));
        }
        let state = state.clone();
        let built = match (self.node(object), state.as_slice()) {
            // The first item is the version of the state; numpy before 1.0 had none.
            (Node::Array(_), &[_, shape, dtype, order, data] | &[shape, dtype, order, data]) => {
                let fortran = match *self.node(order) {
                    Node::Bool(fortran) => fortran,
                    Node::Int(fortran) => fortran != 0,
                    _ => return Err(self.off(Global::NdArray, "the order is no truth value")),
                };
                Node::Array(self.array(Global::NdArray, dtype, shape, fortran, data)?)
            }
            (&Node::Dtype(dtype), &[_, order, subdtype, names, fields, ..]) => {
                if [subdtype, names, fields]
                    .iter()
                    .any(|&id| !matches!(self.node(id), Node::None))
                {
                    let found = "has fields or a subarray, expected plain numbers; save each column as its own array";
                    return Err(self.off(Global::Dtype, found));
                }
                let big_endian = match self.text(order).as_deref() {
                    Some("<" | "=" | "|") => false,
                    Some(">") => true,
                    _ => return Err(self.off(Global::Dtype, "the byte order is none of < > = |")),
                };
                Node::Dtype(Dtype {
                    big_endian,
                    ..dtype
                })
            }
            _ => return Err(self.unbuildable(object)),
        };
        *self.node_mut(object) = built;
        Ok(())
    }

    /// Text or bytes, as text.
    pub(super) fn text(&self, id: Id) -> Option<String> {
        match self.node(id) {
            // Names are short; anything longer is data.
            Node::Text(text) if text.len() <= NAME_LIMIT => Some(text.clone()),
            Node::Bytes(bytes) if bytes.len() <= NAME_LIMIT => Some(
                bytes
                    .as_slice()
                    .iter()
                    .map(|&byte| char::from(byte))
                    .collect(),
            ),
            _ => None,
        }
    }

    fn dtype(&self, code: Id) -> Result<Dtype, Fault> {
        let code = self.text(code).unwrap_or_default();
        match Element::from_code(&code) {
            Some(element) => Ok(Dtype {
                element,
                big_endian: false,
            }),
            None => {
                let found = format!(
                    "the type {code:?} is none of f4 f8 i1 i2 i4 i8 u1 u2 u4 u8; save the array as one of these"
                );
                Err(self.off(Global::Dtype, found))
            }
        }
    }

    fn array(
        &mut self,
        global: Global,
        dtype: Id,
        shape: Id,
        fortran: bool,
        data: Id,
    ) -> Result<ArrayNode, Fault> {
        let &Node::Dtype(dtype) = self.node(dtype) else {
            return Err(self.off(global, "the array has no dtype"));
        };
        let shape = match self.node(shape) {
            Node::Tuple(items) if items.len() <= ITEM_LIMIT => items
                .iter()
                .map(|&id| self.extent(id))
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let Some(shape) = shape else {
            return Err(self.off(
                global,
                "the shape is no tuple of at most 64 whole numbers from 0 up",
            ));
        };
        // numpy takes text for the data too: Python 3 reads Python 2's bytes so when told `latin1`.
        self.encode(global, data)?;
        let Node::Bytes(bytes) = self.node(data) else {
            return Err(self.off(global, "the data are no bytes"));
        };
        let expected = if shape.contains(&0) {
            Some(0)
        } else {
            shape
                .iter()
                .try_fold(dtype.element.size(), |size, &extent| {
                    size.checked_mul(extent)
                })
        };
        if expected != Some(bytes.len()) {
            let found = format!(
                "an array of shape {shape:?} and type {dtype} has {} bytes, expected {}; the file is damaged: fetch \
                 it again",
                bytes.len(),
                expected.map_or("more than fit in memory".to_owned(), |size| size
                    .to_string()),
            );
            return Err(self.off(global, found));
        }
        Ok(ArrayNode {
            dtype,
            shape,
            fortran,
            data: Some(data),
        })
    }

    fn scalar(&mut self, dtype: Id, data: Id) -> Result<Node, Fault> {
        let &Node::Dtype(dtype) = self.node(dtype) else {
            return Err(self.off(Global::Scalar, "the number has no dtype"));
        };
        self.encode(Global::Scalar, data)?;
        match self.node(data) {
            Node::Bytes(bytes) if bytes.len() == dtype.element.size() => {
                let one = Array::new(dtype, &[], false, bytes.as_slice());
                Ok(match one.to_i64() {
                    Some(values) => Node::Int(values[0]),
                    None => Node::Float(one.to_f64()[0]),
                })
            }
            _ => Err(self.off(Global::Scalar, "the bytes are not those of one number")),
        }
    }

    /// Turns text into the bytes that are its Latin-1; bytes stay as they are.
    fn encode(&mut self, global: Global, text: Id) -> Result<(), Fault> {
        let Node::Text(text_node) = self.node_mut(text) else {
            return match self.node(text) {
                Node::Bytes(_) => Ok(()),
                _ => Err(self.off(global, "the data are neither text nor bytes")),
            };
        };
        let characters = std::mem::take(text_node);
        let bytes: Result<Vec<u8>, _> = characters.chars().map(u8::try_from).collect();
        match bytes {
            Ok(bytes) => {
                *self.node_mut(text) = Node::Bytes(bytes.into());
                Ok(())
            }
            Err(_) => Err(self.off(global, "the text is not Latin-1")),
        }
    }

    fn extent(&self, id: Id) -> Option<usize> {
        match *self.node(id) {
            Node::Int(extent) => usize::try_from(extent).ok(),
            _ => None,
        }
    }

    fn is_ndarray(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Global(Global::NdArray))
    }

    fn is_bytes(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Bytes(_))
    }

    fn off(&self, global: Global, problem: impl Into<String>) -> Fault {
        Fault::Call {
            callable: global.path(),
            problem: problem.into(),
        }
    }

    fn unbuildable(&self, object: Id) -> Fault {
        Fault::Stack {
            opcode: "BUILD",
            found: self.node(object).kind(),
            expected: "an array or a dtype and its state",
        }
    }
}

/// What an array has before its state comes.
const UNSET: Dtype = Dtype {
    element: Element::U1,
    big_endian: false,
};

/// Most arguments of a call, items of a state and dimensions of an array; numpy has no more than 64 dimensions. Without a
/// limit, one long tuple used again and again would cost time without end.
pub(super) const ITEM_LIMIT: usize = 64;

/// Longest text that can be a codec, a type or an order.
const NAME_LIMIT: usize = 1024;
