use crate::error::KernelError;

/// An explicit Runge–Kutta method: stage j is f(y + h Σ_{l<j} a_jl k_l), the step y + h Σ b_j k_j.
#[derive(Clone, Copy, Debug)]
pub struct Method<'a> {
    /// Rows of the strictly lower triangle; the first, which is empty, is left out.
    pub a: &'a [&'a [f64]],
    /// Weights of the stages.
    pub b: &'a [f64],
    /// Nodes.
    pub c: &'a [f64],
    /// For states inside a step, y + h Σ_j (Σ_p w_jp θ^(p+1)) k_j, θ from 0 to 1 over it: a row of weights w for each stage.
    /// Empty if none is asked for.
    pub dense: &'a [&'a [f64]],
}

impl<'a> Method<'a> {
    pub(crate) fn check(&self) -> Result<(), KernelError> {
        let stages = self.b.len();
        KernelError::unless_fits("the method's nodes", self.c.len(), stages)?;
        KernelError::unless_fits("the method's rows", self.a.len() + 1, stages)?;
        if !self.dense.is_empty() {
            KernelError::unless_fits("the method's dense weights", self.dense.len(), stages)?;
        }
        for (j, row) in self.a.iter().enumerate() {
            let what = format!("row {} of the method", j + 1);
            KernelError::unless_fits(what, row.len(), j + 1)?;
        }
        Ok(())
    }

    pub(crate) fn row(&self, stage: usize) -> &'a [f64] {
        match stage {
            0 => &[],
            _ => self.a[stage - 1],
        }
    }

    /// Stages that the step itself needs.
    pub(crate) fn needed(&self) -> usize {
        let last = self.b.iter().rposition(|&b| b != 0.0);
        last.map_or(0, |last| last + 1)
    }

    /// The weights of a state inside a step.
    pub(crate) fn inside(&self, theta: f64) -> impl Iterator<Item = f64> {
        let polynomial = move |row: &&[f64]| row.iter().rev().fold(0.0, |sum, w| (sum + w) * theta);
        self.dense.iter().map(polynomial)
    }
}
