use pathema_study::inside::Components;
use proptest::prelude::*;

#[test]
fn a_known_covariance_is_taken_apart() {
    // ±2 along (3, 4, 0) / 5 and ±1 along (−4, 3, 0) / 5: variances 2 and 1/2, about the point (1, −1, 7).
    let rows: Vec<f64> = [
        [1.2, 1.6, 0.0],
        [-1.2, -1.6, 0.0],
        [-0.8, 0.6, 0.0],
        [0.8, -0.6, 0.0],
    ]
    .iter()
    .flat_map(|row| [row[0] + 1.0, row[1] - 1.0, row[2] + 7.0])
    .collect();
    let found = Components::fit(&rows, 3);
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near(found.variances(), &[2.0, 0.5, 0.0]));
    assert!(near(&found.directions()[0], &[0.6, 0.8, 0.0]));
    assert!(near(&found.directions()[1], &[0.8, -0.6, 0.0]));
    assert!(near(&found.explained(), &[0.8, 0.2]));
    assert!(near(&found.plane(&rows[..3]), &[2.0, 0.0]));
    assert!(near(&found.plane(&rows[6..9]), &[0.0, -1.0]));
}

#[test]
fn what_does_not_vary_explains_nothing() {
    let found = Components::fit(&[3.0, 3.0, 3.0], 1);
    assert_eq!(found.explained(), [0.0, 0.0]);
    assert_eq!(found.plane(&[3.0]), [0.0, 0.0]);
}

proptest! {
    #[test]
    fn directions_are_orthonormal_and_keep_all_variance(
        rows in prop::collection::vec(prop::array::uniform5(-10.0_f64..10.0), 2..30),
    ) {
        let count = rows.len() as f64;
        let flat: Vec<f64> = rows.iter().flatten().copied().collect();
        let found = Components::fit(&flat, 5);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        for (i, a) in found.directions().iter().enumerate() {
            for (j, b) in found.directions().iter().enumerate() {
                prop_assert!((dot(a, b) - f64::from(u8::from(i == j))).abs() < 1e-9);
            }
            // Its variance is that of the rows along it.
            let along: Vec<f64> = rows.iter().map(|row| dot(row, a)).collect();
            let mean = along.iter().sum::<f64>() / count;
            let variance = along.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            prop_assert!((variance - found.variances()[i]).abs() < 1e-8);
        }
        prop_assert!(found.variances().windows(2).all(|pair| pair[0] >= pair[1]));
    }
}
