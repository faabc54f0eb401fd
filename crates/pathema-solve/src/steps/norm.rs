use tch::{Kind, Tensor};

use crate::error::Cause;

/// How the error of a step, component by component relative to the tolerance, becomes one number, which must not
/// exceed 1.
#[derive(Clone, Copy, Debug)]
pub enum Norm {
    /// Root mean square over all components of all samples that share the step.
    Rms,
    /// The largest component.
    Max,
    /// Root mean square over the first so many features of the state's last dimension: the others follow, and
    /// their error counts for nothing (Kidger, Chen & Lyons 2021, *"Hey, that's not an ODE"*).
    Seminorm(i64),
    /// The user's: from `[groups, samples, …state]`, one group a step, to `[groups]`.
    Own(fn(&Tensor) -> Tensor),
}

impl Norm {
    /// The norm of each group of rows that shares a step: `x` is [rows, …].
    pub(crate) fn of(&self, x: &Tensor, groups: usize) -> Result<Vec<f64>, Cause> {
        let mut shape = x.size();
        shape[0] /= groups as i64;
        shape.insert(0, groups as i64);
        let x = x.f_view(shape.as_slice())?;
        let flat = |x: &Tensor| x.f_reshape([groups as i64, -1]);
        let rms = |x: &Tensor| -> Result<Tensor, Cause> {
            let dims: &[i64] = &[1];
            Ok(flat(x)?
                .square()
                .f_mean_dim(dims, false, Kind::Double)?
                .sqrt())
        };
        let norms = match *self {
            Norm::Rms => rms(&x)?,
            Norm::Max => flat(&x)?.abs().f_amax([1_i64], false)?,
            Norm::Seminorm(features) if !(1..=x.size()[x.dim() - 1]).contains(&features) => {
                return Err(Cause::Setting {
                    name: "the features of the seminorm",
                    value: features as f64,
                    expected: "from 1 to the last dimension of the state",
                });
            }
            Norm::Seminorm(features) => rms(&x.f_narrow(-1, 0, features)?)?,
            Norm::Own(norm) => norm(&x),
        };
        if norms.size() != [groups as i64] {
            return Err(Cause::Shape {
                what: "the norm of the error",
                found: norms.size(),
                expected: format!("[{groups}]: one number for each group"),
            });
        }
        Ok(Vec::try_from(norms.to_kind(Kind::Double))?)
    }
}
