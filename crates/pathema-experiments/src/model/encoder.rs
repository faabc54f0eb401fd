use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{
    Adaptive, BatchPath, Engine, SaveAt, Sharing, Solve, SolveError, SolveStats, cdeint, solvers,
};
use tch::Tensor;
use tch::nn::{self, Module};

use crate::config::{ModelConfig, SolverConfig, SolverEngine, SolverMethod};

/// A neural CDE: z₀ = tanh(W X(t₀) + b), dz = f(z) dX.
#[derive(Debug)]
pub struct Encoder {
    initial: nn::Linear,
    field: MlpField,
}

impl Encoder {
    /// An encoder of paths with `channels` channels, its parameters under `path`.
    pub fn new(path: &nn::Path<'_>, channels: i64, config: &ModelConfig) -> Encoder {
        let field = MlpFieldConfig {
            hidden: config.hidden,
            channels,
            width: config.width,
            layers: config.layers,
            activation: Activation::Silu,
            final_tanh: true,
        };
        Encoder {
            initial: nn::linear(
                path / "initial",
                channels,
                config.hidden,
                Default::default(),
            ),
            field: MlpField::on(&(path / "field"), field),
        }
    }

    /// z at the times asked for, which increase from 0 or later on, [batch, times, hidden].
    ///
    /// # Errors
    /// [`SolveError`] names the sample and time where the state ceased to be finite.
    pub fn latents(
        &self,
        path: &BatchPath,
        times: &[f64],
        how: &Solve,
    ) -> Result<(Tensor, SolveStats), SolveError> {
        let z0 = self.initial.forward(&path.start()?).tanh();
        let save = SaveAt::Times(times);
        let solution = cdeint(&self.field, path, &z0, 0.0, save, how)?;
        Ok((solution.z, solution.stats))
    }
}

/// The solver that a config names.
pub(crate) fn method(config: &SolverConfig) -> Solve {
    let engine = match config.engine {
        SolverEngine::Fused => Engine::Fused,
        SolverEngine::General => Engine::General,
    };
    let tableau = match config.method {
        SolverMethod::Euler => &solvers::EULER,
        SolverMethod::Midpoint => &solvers::MIDPOINT,
        SolverMethod::Rk4 => &solvers::RK4,
        SolverMethod::Dopri5 => {
            // Windows have knots of their own.
            let steps = Adaptive {
                sharing: Sharing::Sample,
                ..Adaptive::new(config.rtol, config.atol)
            };
            return Solve::adaptive(&solvers::DOPRI5, steps).with_engine(engine);
        }
    };
    let solve = if config.step > 0.0 {
        Solve::every(tableau, config.step)
    } else {
        Solve::knots(tableau)
    };
    solve.with_engine(engine)
}
