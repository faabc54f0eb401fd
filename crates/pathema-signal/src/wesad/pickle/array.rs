//! Numpy arrays as a pickle holds them: raw bytes, and how to read them.

use std::fmt;

/// A numpy array in a pickle.
#[derive(Clone, Copy, Debug)]
pub struct Array<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    fortran: bool,
    data: &'a [u8],
}

impl<'a> Array<'a> {
    /// `data` must hold as many elements as `shape` asks for; the machine checks it.
    pub(super) fn new(dtype: Dtype, shape: &'a [usize], fortran: bool, data: &'a [u8]) -> Self {
        Array {
            dtype,
            shape,
            fortran,
            data,
        }
    }

    /// The type of the elements.
    pub fn dtype(self) -> Dtype {
        self.dtype
    }

    /// The extent of each dimension.
    pub fn shape(self) -> &'a [usize] {
        self.shape
    }

    /// Number of elements.
    pub fn len(self) -> usize {
        self.data.len() / self.dtype.element.size()
    }

    /// Whether there are no elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements in single precision, the last dimension fastest; `None` unless stored so.
    pub fn to_f32(self) -> Option<Vec<f32>> {
        (self.dtype.element == Element::F4).then(|| self.decode(f32::from_le_bytes))
    }

    /// The elements in double precision, the last dimension fastest. Exact but for integers beyond 2⁵³.
    pub fn to_f64(self) -> Vec<f64> {
        match self.dtype.element {
            Element::F4 => self.decode(|bytes| f64::from(f32::from_le_bytes(bytes))),
            Element::F8 => self.decode(f64::from_le_bytes),
            Element::I1 => self.decode(|bytes| f64::from(i8::from_le_bytes(bytes))),
            Element::I2 => self.decode(|bytes| f64::from(i16::from_le_bytes(bytes))),
            Element::I4 => self.decode(|bytes| f64::from(i32::from_le_bytes(bytes))),
            Element::I8 => self.decode(|bytes| i64::from_le_bytes(bytes) as f64),
            Element::U1 => self.decode(|bytes| f64::from(u8::from_le_bytes(bytes))),
            Element::U2 => self.decode(|bytes| f64::from(u16::from_le_bytes(bytes))),
            Element::U4 => self.decode(|bytes| f64::from(u32::from_le_bytes(bytes))),
            Element::U8 => self.decode(|bytes| u64::from_le_bytes(bytes) as f64),
        }
    }

    /// The elements as whole numbers, the last dimension fastest; `None` where they are stored as floating-point
    /// numbers. Unsigned numbers beyond `i64::MAX` become that.
    pub fn to_i64(self) -> Option<Vec<i64>> {
        Some(match self.dtype.element {
            Element::F4 | Element::F8 => return None,
            Element::I1 => self.decode(|bytes| i64::from(i8::from_le_bytes(bytes))),
            Element::I2 => self.decode(|bytes| i64::from(i16::from_le_bytes(bytes))),
            Element::I4 => self.decode(|bytes| i64::from(i32::from_le_bytes(bytes))),
            Element::I8 => self.decode(i64::from_le_bytes),
            Element::U1 => self.decode(|bytes| i64::from(u8::from_le_bytes(bytes))),
            Element::U2 => self.decode(|bytes| i64::from(u16::from_le_bytes(bytes))),
            Element::U4 => self.decode(|bytes| i64::from(u32::from_le_bytes(bytes))),
            Element::U8 => {
                self.decode(|bytes| i64::try_from(u64::from_le_bytes(bytes)).unwrap_or(i64::MAX))
            }
        })
    }

    /// Whole numbers in the order in which they are stored, each with how often it comes in a row; a long row may come in
    /// parts. None where the elements are floating-point numbers.
    pub(in crate::wesad) fn stretches(self) -> impl Iterator<Item = (i64, usize)> {
        let size = self.dtype.element.size();
        let part = move |data| Array {
            fortran: false,
            data,
            ..self
        };
        self.data.chunks(4096 * size).flat_map(move |data| {
            // Bytes that equal themselves one element on are the same element again and again.
            let same = data[size..] == data[..data.len() - size];
            let (looked, count) = if same {
                (&data[..size], data.len() / size)
            } else {
                (data, 1)
            };
            let values = part(looked).to_i64().unwrap_or_default();
            values.into_iter().map(move |value| (value, count))
        })
    }

    fn decode<T: Copy, const N: usize>(self, element: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (elements, _) = self.data.as_chunks::<N>();
        let values: Vec<T> = if self.dtype.big_endian {
            let swapped = |&(mut bytes): &[u8; N]| {
                bytes.reverse();
                element(bytes)
            };
            elements.iter().map(swapped).collect()
        } else {
            elements.iter().map(|&bytes| element(bytes)).collect()
        };
        if self.fortran {
            rows_from_columns(&values, self.shape)
        } else {
            values
        }
    }
}

/// Puts elements stored with the first dimension fastest in the order with the last fastest.
fn rows_from_columns<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let mut index = vec![0; shape.len()];
    let mut from = 0;
    let mut ordered = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        ordered.push(values[from]);
        // Count up with the last dimension as the lowest digit, and carry its stride along.
        let mut stride = values.len();
        for (digit, &extent) in index.iter_mut().zip(shape).rev() {
            stride /= extent;
            *digit += 1;
            from += stride;
            if *digit < extent {
                break;
            }
            *digit = 0;
            from -= stride * extent;
        }
    }
    ordered
}

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dtype {
    /// Kind and size.
    pub element: Element,
    /// Whether the most significant byte comes first.
    pub big_endian: bool,
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match (self.element.size(), self.big_endian) {
            (1, _) => "|",
            (_, true) => ">",
            (_, false) => "<",
        };
        write!(f, "{order}{}", self.element.code())
    }
}

macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $size:literal;)*) => {
        /// Kind and size of an element; the sizes are bytes, as in numpy's codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Element {
            $($(#[$doc])* $name,)*
        }

        impl Element {
            /// Numpy's code (`f8`).
            pub fn code(self) -> &'static str {
                match self {
                    $(Element::$name => $code,)*
                }
            }

            /// The element of a code, or `None` for one that no recording uses.
            pub fn from_code(code: &str) -> Option<Element> {
                match code {
                    $($code => Some(Element::$name),)*
                    _ => None,
                }
            }

            /// Whether it is a whole number.
            pub fn is_whole(self) -> bool {
                !matches!(self, Element::F4 | Element::F8)
            }

            /// Bytes of one element.
            pub fn size(self) -> usize {
                match self {
                    $(Element::$name => $size,)*
                }
            }
        }
    };
}

elements! {
    /// Single precision.
    F4 = "f4", 4;
    /// Double precision.
    F8 = "f8", 8;
    /// Signed, 8 bits.
    I1 = "i1", 1;
    /// Signed, 16 bits.
    I2 = "i2", 2;
    /// Signed, 32 bits.
    I4 = "i4", 4;
    /// Signed, 64 bits.
    I8 = "i8", 8;
    /// Unsigned, 8 bits.
    U1 = "u1", 1;
    /// Unsigned, 16 bits.
    U2 = "u2", 2;
    /// Unsigned, 32 bits.
    U4 = "u4", 4;
    /// Unsigned, 64 bits.
    U8 = "u8", 8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shape: &[usize], columns: &[u8], rows: &[i64]) {
        let dtype = Dtype {
            element: Element::U1,
            big_endian: false,
        };
        let array = Array::new(dtype, shape, true, columns);
        assert_eq!(array.to_i64().unwrap(), rows);
    }

    #[test]
    fn fortran_order_is_put_in_rows() {
        // numpy: np.arange(n, dtype='u1').reshape(shape, order='F').ravel()
        check(&[4], &[0, 1, 2, 3], &[0, 1, 2, 3]);
        check(&[2, 3], &[0, 1, 2, 3, 4, 5], &[0, 2, 4, 1, 3, 5]);
        check(
            &[2, 2, 3],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            &[0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11],
        );
        check(&[0, 3], &[], &[]);
        check(&[], &[7], &[7]);
    }
}
