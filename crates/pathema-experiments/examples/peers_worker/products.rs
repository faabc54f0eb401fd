//! The products of a training step and nothing else, by libtorch's own sgemm.
//!
//! The routine is called past libtorch's tensors, whose overhead is no part of a limit.

use std::ffi::{c_char, c_int, c_void};

use crate::Prepared;
use crate::protocol::{Answer, Fallible, Unsupported, Workload};

/// BLAS's product of matrices laid out by columns: `into = factor · op(left) · op(right) + keep · into`.
type Sgemm = unsafe extern "C" fn(
    turn_left: *const c_char,
    turn_right: *const c_char,
    rows: *const c_int,
    columns: *const c_int,
    inner: *const c_int,
    factor: *const f32,
    left: *const f32,
    left_step: *const c_int,
    right: *const f32,
    right_step: *const c_int,
    keep: *const f32,
    into: *mut f32,
    into_step: *const c_int,
);

/// Those of so many evaluations of the field, forward and back.
pub(crate) struct Products {
    sgemm: Sgemm,
    each: Vec<Product>,
    evaluations: usize,
}

/// A matrix row by row, or what it is the transpose of.
struct Matrix {
    numbers: Vec<f32>,
    rows: usize,
    columns: usize,
    turned: bool,
}

/// `into = left · right`.
struct Product {
    left: Matrix,
    right: Matrix,
    into: Vec<f32>,
}

impl Products {
    pub(crate) fn new(asked: &Workload) -> Fallible<Products> {
        let sgemm = sgemm()?;
        let [batch, hidden, width, channels] =
            [asked.batch, asked.hidden, asked.width, asked.channels].map(|size| size as usize);
        let mut each = Vec::new();
        for (inputs, outputs) in [(hidden, width), (width, width), (width, hidden * channels)] {
            let values = || Matrix::new(batch, inputs);
            let weight = || Matrix::new(outputs, inputs);
            let slopes = || Matrix::new(batch, outputs);
            each.extend([
                Product::new(values(), weight().turned()),
                Product::new(slopes(), weight()),
                Product::new(slopes().turned(), values()),
            ]);
        }
        for product in &mut each {
            product.call(sgemm)?;
            product.check()?;
        }
        Ok(Products {
            sgemm,
            each,
            evaluations: asked.evaluations,
        })
    }
}

impl Prepared for Products {
    fn run(&mut self) -> Fallible<()> {
        for _ in 0..self.evaluations {
            for product in &mut self.each {
                product.call(self.sgemm)?;
            }
        }
        Ok(())
    }

    fn report(&self) -> Fallible<Answer> {
        Ok(Answer::default())
    }
}

impl Matrix {
    /// Of small numbers, which are no less work than others.
    fn new(rows: usize, columns: usize) -> Matrix {
        let numbers = (0..rows * columns).map(|k| (k % 7) as f32 - 3.0);
        Matrix {
            numbers: numbers.collect(),
            rows,
            columns,
            turned: false,
        }
    }

    fn turned(self) -> Matrix {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            turned: !self.turned,
            ..self
        }
    }

    fn at(&self, row: usize, column: usize) -> f32 {
        if self.turned {
            self.numbers[column * self.rows + row]
        } else {
            self.numbers[row * self.columns + column]
        }
    }

    /// Whether BLAS must transpose it, and how far its lines are apart.
    fn layout(&self) -> (c_char, usize) {
        if self.turned {
            (b'T' as c_char, self.rows)
        } else {
            (b'N' as c_char, self.columns)
        }
    }
}

impl Product {
    fn new(left: Matrix, right: Matrix) -> Product {
        Product {
            into: vec![0.0; left.rows * right.columns],
            left,
            right,
        }
    }

    /// BLAS counts by columns: it is told right · left of the transposes, which are the same numbers in memory.
    fn call(&mut self, sgemm: Sgemm) -> Fallible<()> {
        let (right_turn, right_step) = self.right.layout();
        let (left_turn, left_step) = self.left.layout();
        let (rows, inner, columns) = (self.left.rows, self.left.columns, self.right.columns);
        let whole = |size: usize| c_int::try_from(size);
        let (rows, inner, columns) = (whole(rows)?, whole(inner)?, whole(columns)?);
        let (right_step, left_step) = (whole(right_step)?, whole(left_step)?);
        // SAFETY: the three hold as many numbers as the sizes say, and BLAS keeps no address.
        unsafe {
            sgemm(
                &right_turn,
                &left_turn,
                &columns,
                &rows,
                &inner,
                &1.0,
                self.right.numbers.as_ptr(),
                &right_step,
                self.left.numbers.as_ptr(),
                &left_step,
                &0.0,
                self.into.as_mut_ptr(),
                &columns,
            );
        }
        Ok(())
    }

    /// Sums of small whole numbers, so there is no rounding.
    fn check(&self) -> Fallible<()> {
        let (left, right) = (&self.left, &self.right);
        for row in 0..left.rows {
            for column in 0..right.columns {
                let terms = (0..left.columns).map(|k| left.at(row, k) * right.at(k, column));
                let (expected, found) =
                    (terms.sum::<f32>(), self.into[row * right.columns + column]);
                if expected != found {
                    return Err(format!("sgemm_ gives {found} for {expected}").into());
                }
            }
        }
        Ok(())
    }
}

/// The routine in libtorch, whichever library it was built with.
#[cfg(target_os = "linux")]
fn sgemm() -> Fallible<Sgemm> {
    unsafe extern "C" {
        fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    }
    // Without a name of a library, all those that are loaded are looked through.
    // SAFETY: the name ends with a zero, and what is found is a symbol or null.
    let found = unsafe { dlsym(std::ptr::null_mut(), c"sgemm_".as_ptr()) };
    if found.is_null() {
        let why = "this build of libtorch shows no sgemm_";
        return Err(Unsupported(why.to_owned()).into());
    }
    // SAFETY: by this name BLAS has a function with these arguments.
    Ok(unsafe { std::mem::transmute::<*mut c_void, Sgemm>(found) })
}

#[cfg(not(target_os = "linux"))]
fn sgemm() -> Fallible<Sgemm> {
    let why = "libtorch's sgemm is looked up on Linux only";
    Err(Unsupported(why.to_owned()).into())
}
