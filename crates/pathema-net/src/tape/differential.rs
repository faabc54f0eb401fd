use std::sync::Arc;

use pathema_kernel::{Course, Drive, Gradient, Layer, Method, Mlp, Saves, Steps, Tolerance};

use super::{Tape, Values, Var};
use crate::error::NetError;
use crate::layers::Field;
use crate::number::Number;
use crate::parameters::Parameters;

impl<T: Number> Tape<'_, T> {
    /// Solves dz = f(z) dX for each sample (Kidger et al. 2020, *Neural controlled differential equations for irregular
    /// time series*): z₀ \[batch, hidden\]; the states at the points to save at, \[batch · slots, hidden\], by one call of
    /// the engine.
    ///
    /// # Errors
    /// [`NetError::Solve`] if the numbers do not fit, or names the sample whose state ceased to be finite.
    ///
    /// # Panics
    /// If z₀ has not as many columns as the field's state.
    pub fn solve_cde(
        &mut self,
        z0: Var,
        field: &Field,
        drive: Arc<dyn Drive<T> + Send>,
        method: &Method<'static>,
        saves: Saves,
        gradient: Gradient,
    ) -> Result<Var, NetError> {
        let (batch, hidden) = self.shape(z0);
        assert_eq!(hidden, field.hidden, "columns of the initial states");
        let moves = self.records;
        // The coupled solution is another than the plain one, and holds no more of its way.
        let gradient = match gradient {
            Gradient::Direct | Gradient::Checkpointed { .. } if !moves => Gradient::Nothing,
            _ => gradient,
        };
        let method = *method;
        let mlp = field.with(self.parameters);
        let start = self.values(z0);
        let mut solved = self
            .engine
            .solve(&mlp, &method, &*drive, &saves, start, gradient)?;
        let evaluations = evaluations(batch, &*drive, &method, gradient);
        self.evaluations += evaluations as u64;
        self.add_to_cost(evaluations * field.multiply_adds(drive.has_areas()));
        let shape = (batch * saves.slots(), hidden);
        let values = std::mem::take(&mut solved.saved);
        if !moves {
            return Ok(self.push(shape.0, shape.1, Values::Own(values), false));
        }
        let layers = field.layers.clone();
        Ok(self.record_if(moves, shape, values, move |way, of_output| {
            let engine = way.engine();
            let back = engine.pull_back(&solved, &method, &*drive, &saves, &of_output)?;
            for (&(weight, bias), (of_weight, of_bias)) in layers.iter().zip(&back.layers) {
                super::way::add(way.gradients.of_mut(weight), of_weight);
                super::way::add(way.gradients.of_mut(bias), of_bias);
            }
            way.give(z0, back.z0);
            Ok(())
        }))
    }

    /// The steps of dz = f(z) dX that each sample's error allows from z₀ \[batch, hidden\] on, for
    /// [`solve_cde`](Self::solve_cde) to take: the drive then has increments between where they end. No gradient goes through
    /// the choice of a step.
    ///
    /// # Errors
    /// [`NetError::Solve`] if the numbers do not fit, or names the sample that does not come to its end.
    ///
    /// # Panics
    /// If z₀ has not as many columns as the field's state.
    pub fn find_steps(
        &mut self,
        z0: Var,
        field: &Field,
        course: &dyn Course<T>,
        method: &Method<'static>,
        tolerance: &Tolerance<'_>,
    ) -> Result<Steps, NetError> {
        assert_eq!(
            self.shape(z0).1,
            field.hidden,
            "columns of the initial states"
        );
        let mlp = field.with(self.parameters);
        let start = self.values(z0);
        let steps = self
            .engine
            .find_steps(&mlp, method, course, tolerance, start)?;
        let taken: usize = steps.ends.iter().map(Vec::len).sum();
        let tried = taken + steps.rejected.iter().sum::<usize>();
        let evaluations = tried * method.b.len();
        self.evaluations += evaluations as u64;
        self.add_to_cost(evaluations * field.multiply_adds(false));
        Ok(steps)
    }
}

impl Field {
    /// As the engine reads it.
    fn with<'a, T: Number>(&self, parameters: &'a Parameters<T>) -> Mlp<'a, T> {
        let layers = self.layers.iter().map(|&(weight, bias)| Layer {
            weight: parameters.values(weight),
            bias: parameters.values(bias),
        });
        Mlp {
            hidden: self.hidden,
            channels: self.channels,
            layers: layers.collect(),
            activation: self.activation,
            final_tanh: self.final_tanh,
        }
    }
}

/// Of all samples together, on the way forward.
fn evaluations<T: Number>(
    batch: usize,
    drive: &dyn Drive<T>,
    method: &Method<'_>,
    gradient: Gradient,
) -> usize {
    let steps: usize = (0..batch).map(|sample| drive.steps_of(sample)).sum();
    let last = method.b.iter().rposition(|&b| b != 0.0);
    let stages = last.map_or(0, |last| last + 1);
    let solutions = match gradient {
        Gradient::Reversible { .. } => 2,
        _ => 1,
    };
    steps * stages * solutions
}
