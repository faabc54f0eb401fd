use std::ops::Range;

/// Values as their file stored them, one variant a number format.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Signed, up to 16 bits.
    I16(Vec<i16>),
    /// Unsigned, up to 16 bits.
    U16(Vec<u16>),
    /// Signed, up to 32 bits.
    I32(Vec<i32>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl Samples {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Samples::I16(values) => values.len(),
            Samples::U16(values) => values.len(),
            Samples::I32(values) => values.len(),
            Samples::F32(values) => values.len(),
            Samples::F64(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as stored. Every format's values are exact in double precision.
    ///
    /// # Panics
    /// If `index` is past the end, as indexing does.
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Samples::I16(values) => f64::from(values[index]),
            Samples::U16(values) => f64::from(values[index]),
            Samples::I32(values) => f64::from(values[index]),
            Samples::F32(values) => f64::from(values[index]),
            Samples::F64(values) => values[index],
        }
    }

    /// How many values are NaN or infinite.
    pub fn not_finite(&self) -> usize {
        match self {
            Samples::F32(values) => values.iter().filter(|value| !value.is_finite()).count(),
            Samples::F64(values) => values.iter().filter(|value| !value.is_finite()).count(),
            Samples::I16(_) | Samples::U16(_) | Samples::I32(_) => 0,
        }
    }

    /// Some of the values as stored, in double precision.
    ///
    /// # Panics
    /// If the range reaches past the end, as slicing does.
    pub fn to_f64(&self, range: Range<usize>) -> Vec<f64> {
        match self {
            Samples::F64(values) => values[range].to_vec(),
            _ => self.map(range, |value| value),
        }
    }

    /// What `f` makes of some of the values.
    pub(super) fn map(&self, range: Range<usize>, f: impl Fn(f64) -> f64) -> Vec<f64> {
        fn each<T: Copy + Into<f64>>(values: &[T], f: impl Fn(f64) -> f64) -> Vec<f64> {
            values.iter().map(|&value| f(value.into())).collect()
        }
        match self {
            Samples::I16(values) => each(&values[range], f),
            Samples::U16(values) => each(&values[range], f),
            Samples::I32(values) => each(&values[range], f),
            Samples::F32(values) => each(&values[range], f),
            Samples::F64(values) => each(&values[range], f),
        }
    }

    /// A copy of some of the values, in the same format.
    ///
    /// # Panics
    /// If the range reaches past the end, as slicing does.
    pub fn part(&self, range: Range<usize>) -> Samples {
        match self {
            Samples::I16(values) => Samples::I16(values[range].to_vec()),
            Samples::U16(values) => Samples::U16(values[range].to_vec()),
            Samples::I32(values) => Samples::I32(values[range].to_vec()),
            Samples::F32(values) => Samples::F32(values[range].to_vec()),
            Samples::F64(values) => Samples::F64(values[range].to_vec()),
        }
    }

    /// What the values are stored as: `i16`, `u16`, `i32`, `f32` or `f64`.
    pub fn format(&self) -> &'static str {
        match self {
            Samples::I16(_) => "i16",
            Samples::U16(_) => "u16",
            Samples::I32(_) => "i32",
            Samples::F32(_) => "f32",
            Samples::F64(_) => "f64",
        }
    }
}
