use crate::Tableau;
use crate::tableau::Dense;

/// The solution inside a step as the engine takes it: z + h Σ_j (Σ_p w_jp θ^(p+1)) k_j, a row of weights w for each stage.
/// The slope at the end of the step must be the last stage's, unless the method says weights itself.
pub(super) fn weights(method: &Tableau) -> Vec<Vec<f64>> {
    let last = method.stages() - 1;
    let row = |j: usize| {
        let (b, first) = (method.b[j], f64::from(u8::from(j == 0)));
        let end = f64::from(u8::from(j == last));
        match method.dense {
            Dense::Hermite => vec![first, 3.0 * b - 2.0 * first - end, first + end - 2.0 * b],
            Dense::Middle(middle) => {
                let v = middle[j];
                vec![
                    first,
                    16.0 * v - 5.0 * b - 4.0 * first + end,
                    14.0 * b - 32.0 * v + 5.0 * first - 3.0 * end,
                    16.0 * v - 8.0 * b - 2.0 * first + 2.0 * end,
                ]
            }
            Dense::Stages(rows) => rows[j].to_vec(),
        }
    };
    (0..=last).map(row).collect()
}
