use super::{Course, Search, Steps, Tolerance};
use crate::error::KernelError;
use crate::field::{Mlp, Network};
use crate::method::Method;
use crate::simd::Real;
use crate::solve::Engine;

impl Engine {
    /// The steps that each sample takes from `z0`, [batch, hidden], as its error allows: to be solved over, and gone back
    /// over, by [`solve`](Self::solve). They are the same for any number of threads.
    ///
    /// # Errors
    /// [`KernelError`] names the numbers that do not fit, or the sample that does not come to its end.
    ///
    /// ```
    /// use pathema_kernel::*;
    ///
    /// // dz = z dX along X(t) = t from 0 to 1.
    /// struct Line;
    /// impl Course<f64> for Line {
    ///     fn fill(&self, _sample: usize, _ends: (f64, f64), _nodes: &[f64], slopes: &mut [f64]) {
    ///         slopes.fill(1.0);
    ///     }
    ///     fn way(&self, _sample: usize) -> Way {
    ///         Way { start: 0.0, end: 1.0, stops: Vec::new(), saves: vec![1.0], whole: false }
    ///     }
    /// }
    /// let field = Mlp {
    ///     hidden: 1,
    ///     channels: 1,
    ///     layers: vec![Layer { weight: &[1.0], bias: &[0.0] }],
    ///     activation: Activation::Silu,
    ///     final_tanh: false,
    /// };
    /// // Heun's method, whose error is its distance from Euler's.
    /// let heun = Method { a: &[&[1.0]], b: &[0.5, 0.5], c: &[0.0, 1.0], dense: &[] };
    /// let tolerance = Tolerance {
    ///     rtol: 1e-4,
    ///     atol: 1e-4,
    ///     error: &[-0.5, 0.5],
    ///     order: 2,
    ///     controller: Controller::I,
    ///     norm: Norm::Max,
    ///     first_step: None,
    ///     max_steps: 1000,
    ///     jumps: false,
    /// };
    /// let steps = Engine::new().find_steps(&field, &heun, &Line, &tolerance, &[1.0])?;
    /// assert_eq!(steps.ends[0].last(), Some(&1.0));
    /// assert!((30..100).contains(&steps.ends[0].len()));
    /// # Ok::<(), KernelError>(())
    /// ```
    pub fn find_steps<T: Real>(
        &self,
        field: &Mlp<'_, T>,
        method: &Method<'_>,
        course: &dyn Course<T>,
        tolerance: &Tolerance<'_>,
        z0: &[T],
    ) -> Result<Steps, KernelError> {
        self.instructions.check()?;
        method.check()?;
        let network = Network::new(field, T::height(self.instructions), false)?;
        let batch = z0.len() / field.hidden;
        KernelError::unless_fits("the initial state", z0.len(), batch * field.hidden)?;
        let (errors, stages) = (tolerance.error.len(), method.b.len());
        KernelError::unless_fits("the method's error weights", errors, stages)?;
        let each = batch.div_ceil(self.threads.max(1)).max(1);
        let parts = self.each_group(batch.div_ceil(each), |part| {
            let search = Search {
                network: &network,
                method,
                course,
                tolerance,
                z0,
                samples: part * each..batch.min((part + 1) * each),
            };
            T::search(self.instructions, search)
        });
        let mut all = Steps::default();
        for part in parts {
            let part = part?;
            all.ends.extend(part.ends);
            all.rejected.extend(part.rejected);
            all.evaluations = all.evaluations.max(part.evaluations);
        }
        Ok(all)
    }
}
