//! A step of training, as the peers take it.

use pathema_solve::{Adaptive, Engine, Gradient, Sharing, Solve, solvers};
use tch::Kind;

use crate::Prepared;
use crate::data::{Data, numbers};
use crate::problem::{Outcome, Problem, distance, norm};
use crate::protocol::{Answer, Fallible, Unsupported, Workload};

/// The equation, how it is solved, and what the last run found.
pub(crate) struct Step {
    problem: Problem,
    how: Solve,
    truth: Option<Vec<f64>>,
    found: Option<Outcome>,
}

impl Step {
    pub(crate) fn new(asked: &Workload) -> Fallible<Step> {
        let truth = asked.truth.as_deref();
        let truth = truth.map(|file| Data::read(file)?.numbers("truth"));
        Ok(Step {
            how: how(asked)?,
            problem: Problem::read(asked, Kind::Float, 0)?,
            truth: truth.transpose()?,
            found: None,
        })
    }
}

impl Prepared for Step {
    fn run(&mut self) -> Fallible<()> {
        self.found = Some(self.problem.train(&self.how)?);
        Ok(())
    }

    fn report(&self) -> Fallible<Answer> {
        let found = self.found.as_ref().ok_or("there was no run to report on")?;
        let first = found.gradients.first().ok_or("there is no gradient")?;
        let (loss, gradient_norm) = (found.loss, norm(numbers(first)?.into_iter()));
        if !(loss.is_finite() && gradient_norm.is_finite()) {
            return Err(format!("the loss is {loss}, the gradient's norm {gradient_norm}").into());
        }
        let error = match &self.truth {
            Some(truth) => Some(distance(&found.gradient()?, truth)),
            None => None,
        };
        Ok(Answer {
            loss: Some(loss),
            gradient_norm: Some(gradient_norm),
            error,
            ..Answer::default()
        })
    }
}

/// The peers' words in ours.
pub(crate) fn how(asked: &Workload) -> Fallible<Solve> {
    let solve = match asked.method.as_str() {
        "midpoint" => Solve::knots(&solvers::MIDPOINT),
        // torchdiffeq's rk4 is the 3/8 rule.
        "rk4" => Solve::knots(&solvers::RK4_38),
        "dopri5" => {
            let steps = Adaptive {
                sharing: Sharing::Sample,
                at_knots: asked.knots,
                ..Adaptive::new(asked.rtol, asked.atol)
            };
            Solve::adaptive(&solvers::DOPRI5, steps)
        }
        other => return Err(Unsupported::choice("method", other)),
    };
    let gradient = match asked.gradient.as_str() {
        "direct" => Gradient::Direct,
        "checkpointed" => Gradient::checkpointed(),
        "reversible" => Gradient::reversible(),
        "backsolve" => Gradient::continuous(),
        other => return Err(Unsupported::choice("gradient", other)),
    };
    let engine = match asked.engine.as_str() {
        "fused" => Engine::Fused,
        "plain" => Engine::General,
        other => return Err(Unsupported::choice("engine", other)),
    };
    Ok(solve.with_gradient(gradient).with_engine(engine))
}
