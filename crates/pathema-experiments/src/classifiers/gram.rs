//! Sums of outer products, and the systems that they make.

/// Adds Σₖ wₖ xₖ xₖᵀ of four rows to the upper triangle of `sum` [width × width].
///
/// Four at once: each element of the sum is then read and written once for four products.
pub(crate) fn add_outer(sum: &mut [f64], rows: [&[f64]; 4], weights: [f64; 4]) {
    let width = rows[0].len();
    let [a, b, c, d] = rows.map(|row| &row[..width]);
    for i in 0..width {
        let [wa, wb, wc, wd] = [
            weights[0] * a[i],
            weights[1] * b[i],
            weights[2] * c[i],
            weights[3] * d[i],
        ];
        let line = &mut sum[i * width + i..(i + 1) * width];
        let (a, b, c, d) = (&a[i..], &b[i..], &c[i..], &d[i..]);
        for (j, to) in line.iter_mut().enumerate() {
            *to += (wa * a[j] + wb * b[j]) + (wc * c[j] + wd * d[j]);
        }
    }
}

/// Copies the upper triangle to the lower.
pub(crate) fn mirror(sum: &mut [f64], width: usize) {
    for i in 0..width {
        for j in 0..i {
            sum[i * width + j] = sum[j * width + i];
        }
    }
}

/// The factor L of A = L Lᵀ for a symmetric A [size × size], in the lower triangle; `None` if A is not positive definite.
pub(crate) fn cholesky(mut a: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    for i in 0..size {
        let (done, rest) = a.split_at_mut(i * size);
        let line = &mut rest[..size];
        for j in 0..i {
            let other = &done[j * size..j * size + j];
            let product: f64 = line[..j].iter().zip(other).map(|(x, y)| x * y).sum();
            line[j] = (line[j] - product) / done[j * size + j];
        }
        let own: f64 = line[..i].iter().map(|x| x * x).sum();
        let pivot = line[i] - own;
        if pivot.is_nan() || pivot <= 0.0 {
            return None;
        }
        line[i] = pivot.sqrt();
    }
    Some(a)
}

/// Solves L Lᵀ x = b, in place.
pub(crate) fn solve(factor: &[f64], b: &mut [f64]) {
    let size = b.len();
    for i in 0..size {
        let line = &factor[i * size..i * size + i];
        let product: f64 = line.iter().zip(&*b).map(|(l, x)| l * x).sum();
        b[i] = (b[i] - product) / factor[i * size + i];
    }
    for i in (0..size).rev() {
        b[i] /= factor[i * size + i];
        let x = b[i];
        for j in 0..i {
            b[j] -= factor[i * size + j] * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_outer_products_make() {
        let rows = [[1.0, 2.0], [0.5, -1.0], [3.0, 0.0], [-2.0, 1.0]];
        let weights = [1.0, 2.0, 0.5, 1.5];
        let mut a = vec![0.0; 4];
        add_outer(&mut a, [&rows[0], &rows[1], &rows[2], &rows[3]], weights);
        mirror(&mut a, 2);
        // By hand: Σ w x², Σ w x y, Σ w y².
        assert_eq!(a, [12.0, -2.0, -2.0, 7.5]);
        let factor = cholesky(a, 2).unwrap();
        let mut b = [8.0, 13.0];
        solve(&factor, &mut b);
        assert!(
            (b[0] - 1.0).abs() < 1e-14 && (b[1] - 2.0).abs() < 1e-14,
            "{b:?}"
        );
        assert!(cholesky(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
    }
}
