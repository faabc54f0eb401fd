use super::Number;

/// How a slice is read as a matrix.
#[derive(Clone, Copy)]
pub(crate) struct View<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    /// From one row to the next, and from one column to the next.
    row: usize,
    column: usize,
}

impl<'a, T> View<'a, T> {
    /// Row by row.
    pub(crate) fn new(values: &'a [T], rows: usize, columns: usize) -> View<'a, T> {
        assert_eq!(values.len(), rows * columns, "numbers of a matrix");
        View {
            values,
            rows,
            columns,
            row: columns,
            column: 1,
        }
    }

    pub(crate) fn values(self) -> &'a [T] {
        self.values
    }

    /// Rows for columns.
    pub(crate) fn turned(self) -> View<'a, T> {
        View {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row: self.column,
            column: self.row,
        }
    }
}

/// C ← A B, or C + A B to keep what is there; C row by row.
///
/// # Panics
/// If the sizes do not fit.
pub(crate) fn product<T: Number>(a: View<'_, T>, b: View<'_, T>, keep: bool, c: &mut [T]) {
    let (rows, terms, columns) = (a.rows, a.columns, b.columns);
    assert_eq!(terms, b.rows, "terms of a product");
    assert_eq!(c.len(), rows * columns, "numbers of a product");
    let strides = |view: View<'_, T>| {
        let (row, column) = (view.row as isize, view.column as isize);
        (view.values.as_ptr(), row, column)
    };
    let beta = if keep { T::of(1.0) } else { T::default() };
    let to = (c.as_mut_ptr(), columns as isize, 1);
    // SAFETY: views cover their slices, the product its own, and what is written is borrowed by nobody else.
    unsafe { T::gemm(rows, terms, columns, strides(a), strides(b), beta, to) };
}
