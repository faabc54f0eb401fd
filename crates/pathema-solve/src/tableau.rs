//! Methods as data.

use crate::error::Cause;

/// A Runge–Kutta method as data (Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I*, II.1).
///
/// Stage j is f(t + c_j h, y + h Σ_{l≤j} a_jl k_l), the step y + h Σ b_j k_j. Where the `diagonal` is empty the
/// method is explicit; else stage j is the solution of an equation (ESDIRK: the first stage is explicit, the
/// others share one coefficient; Hairer & Wanner, *Solving Ordinary Differential Equations II*, IV.6).
///
/// ```
/// use pathema_solve::solvers::{DOPRI5, KVAERNO5, RK4};
///
/// assert_eq!((RK4.order, RK4.stages()), (4, 4));
/// assert!(DOPRI5.is_fsal() && DOPRI5.is_embedded());
/// assert!(KVAERNO5.is_implicit());
/// ```
#[derive(Debug, PartialEq)]
pub struct Tableau {
    /// The method's name.
    pub name: &'static str,
    /// Order of convergence.
    pub order: u32,
    /// Rows of the strictly lower triangle; the first, which is empty, is left out.
    pub a: &'static [&'static [f64]],
    /// The diagonal a_jj; empty where the method is explicit.
    pub diagonal: &'static [f64],
    /// For each stage but the first, weights of the earlier slopes that guess its own; empty where the method is
    /// explicit.
    pub predictor: &'static [&'static [f64]],
    /// Weights of the stages.
    pub b: &'static [f64],
    /// Nodes, the first of which is 0.
    pub c: &'static [f64],
    /// b minus the weights of the embedded method; empty where there is none.
    pub error: &'static [f64],
    /// The solution within a step.
    pub dense: Dense,
}

/// How a method continues its solution into the inside of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dense {
    /// The cubic through both ends and their slopes: third order.
    Hermite,
    /// The quartic through both ends, their slopes and the middle y + h Σ w_j k_j, the weights of which these are.
    Middle(&'static [f64]),
    /// y + h Σ_j (Σ_p w_jp θ^(p+1)) k_j, θ from 0 to 1 over the step: a row of weights w for each stage.
    Stages(&'static [&'static [f64]]),
}

impl Tableau {
    /// Number of stages.
    pub fn stages(&self) -> usize {
        self.b.len()
    }

    /// Weights of the earlier stages in stage `j`.
    pub(crate) fn row(&self, j: usize) -> &'static [f64] {
        if j == 0 { &[] } else { self.a[j - 1] }
    }

    /// The coefficient of stage `j` in its own equation; 0 where the stage is explicit.
    pub(crate) fn own(&self, j: usize) -> f64 {
        self.diagonal.get(j).copied().unwrap_or(0.0)
    }

    /// Stages without a last one that only the next step needs.
    pub(crate) fn stages_needed(&self) -> usize {
        let last = self.stages() - 1;
        if last > 0 && self.b[last] == 0.0 {
            last
        } else {
            last + 1
        }
    }

    /// # Errors
    /// [`Cause::Tableau`] unless there are as many weights and nodes as stages.
    pub(crate) fn check(&self) -> Result<(), Cause> {
        let stages = self.stages();
        let rows = |rows: &[&[f64]], name: &str| match rows
            .iter()
            .zip(1..)
            .find(|(row, j)| row.len() != *j)
        {
            Some((row, j)) => Some(format!("{} weights in row {j} of {name}", row.len())),
            None if rows.len() + 1 != stages => Some(format!("{} rows of {name}", rows.len())),
            None => None,
        };
        let count = |found: usize, name: &str| (found != stages).then(|| format!("{found} {name}"));
        let optional =
            |found: usize, name: &str| if found == 0 { None } else { count(found, name) };
        let dense = match self.dense {
            Dense::Hermite => None,
            Dense::Middle(weights) => count(weights.len(), "weights of the middle"),
            Dense::Stages(weights) => count(weights.len(), "rows of dense weights").or_else(|| {
                weights
                    .iter()
                    .any(|row| row.len() != weights[0].len())
                    .then(|| "dense rows of different lengths".into())
            }),
        };
        let problem = (stages == 0)
            .then(|| "no stage".to_owned())
            .or_else(|| rows(self.a, "a"))
            .or_else(|| count(self.c.len(), "nodes"))
            .or_else(|| optional(self.diagonal.len(), "diagonal coefficients"))
            .or_else(|| {
                if self.is_implicit() {
                    rows(self.predictor, "the predictor")
                } else {
                    None
                }
            })
            .or_else(|| optional(self.error.len(), "error weights"))
            .or(dense);
        match problem {
            Some(problem) => Err(Cause::Tableau {
                name: self.name,
                stages,
                problem,
            }),
            None => Ok(()),
        }
    }

    /// Whether some stage is the solution of an equation.
    pub fn is_implicit(&self) -> bool {
        self.diagonal.iter().any(|&own| own != 0.0)
    }

    /// Whether an embedded method estimates the error of a step.
    pub fn is_embedded(&self) -> bool {
        !self.error.is_empty()
    }

    /// Whether the last stage lies at the end of the step and is the first of the next (*first same as last*; of
    /// implicit methods, *stiffly accurate*).
    pub fn is_fsal(&self) -> bool {
        let last = self.stages() - 1;
        last > 0 && self.row(last) == &self.b[..last] && self.own(last) == self.b[last]
    }
}
