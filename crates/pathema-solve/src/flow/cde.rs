use std::ops::Deref;

use pathema_autograd::attach;
use pathema_path::Depth;
use tch::Tensor;

use super::span::tensor;
use super::{Drive, Flow, Span, Standard, log_ode, of_the_states_shape};
use crate::BatchPath;
use crate::error::Cause;
use crate::field::VectorField;
use crate::path::Located;

/// dz = f(z) dX.
pub(crate) struct CdeFlow<F> {
    pub(crate) field: F,
    pub(crate) path: BatchPath,
    pub(crate) control: Control,
    /// Whether ends of steps move with the knots that they lie on.
    pub(crate) moving: bool,
}

/// What of the path a step sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Control {
    /// dX/dt at each stage; no knot may lie inside a step.
    Derivative,
    /// dX/dt at each stage, of a smooth path whose knots may lie anywhere, and which no gradient reaches.
    Anywhere,
    /// X(end) − X(start), the same for all stages: the log-ODE method of depth 1.
    Increment,
    /// The log-signature over the step, the same for all stages.
    LogSignature(Depth),
}

impl<F: Deref<Target = T>, T: VectorField + ?Sized> CdeFlow<F> {
    pub(super) fn batch(&self) -> usize {
        self.path.batch() as usize
    }

    /// Start and end of each row of the steps, in the pieces that the control is read from.
    fn located(&self, spans: &[Span]) -> Vec<(Located, Located)> {
        let batch = self.batch();
        let rows = spans.iter().map(|span| span.rows(batch)).sum();
        let mut located = Vec::with_capacity(rows);
        for span in spans {
            for row in 0..span.rows(batch) {
                let (sample, from, to) = (span.sample(row), span.from.at(row), span.to.at(row));
                let locate = |time: f64, probe: f64| self.path.locate(sample, time, probe);
                located.push(match self.control {
                    // No knot lies inside a step, so its middle tells the piece, also for a stage at its end.
                    Control::Derivative => {
                        let middle = 0.5 * (from + to);
                        (locate(from, middle), locate(to, middle))
                    }
                    Control::Increment | Control::LogSignature(_) | Control::Anywhere => {
                        let (start, end) = self.path.path(sample).interval();
                        let (from, to) = (from.clamp(start, end), to.clamp(start, end));
                        (locate(from, from), locate(to, to))
                    }
                });
            }
        }
        located
    }

    /// Of each tensor that is cut, its rows.
    fn rows_of_cuts(&self, located: &[(Located, Located)]) -> Vec<Tensor> {
        let index = |row: &dyn Fn(&(Located, Located)) -> i64| {
            let rows: Vec<i64> = located.iter().map(row).collect();
            Tensor::from_slice(&rows).to_device(self.path.coefficients.device())
        };
        let last = self.path.coefficients.size()[0] - 1;
        let from = |of: &Located| of.row;
        let right = |of: &Located| (of.row + 1).min(last);
        let mut rows = vec![index(&|(start, _)| from(start))];
        if self.control == Control::Increment {
            rows.push(index(&|(_, end)| from(end)));
        }
        if self.path.knots.is_some() {
            rows.push(index(&|(start, _)| from(start)));
            rows.push(index(&|(start, _)| right(start)));
            if self.control == Control::Increment {
                rows.push(index(&|(_, end)| from(end)));
                rows.push(index(&|(_, end)| right(end)));
            }
        }
        rows
    }

    /// Sample, start and end of each row of the steps.
    fn windows(&self, spans: &[Span]) -> Vec<(usize, f64, f64)> {
        let batch = self.batch();
        let rows = spans.iter().flat_map(|span| {
            (0..span.rows(batch))
                .map(move |row| (span.sample(row), span.from.at(row), span.to.at(row)))
        });
        rows.collect()
    }

    /// The words of the steps' log-signatures, with their gradient.
    fn words(&self, spans: &[Span], depth: Depth) -> Result<Tensor, Cause> {
        let windows = self.windows(spans);
        let words = log_ode::words(&self.path, &windows, depth)?;
        let path = self.path.detached();
        let wholes = self.wholes();
        let inputs: Vec<&Tensor> = wholes.iter().collect();
        let backward = move |gradients: &[Option<Tensor>], _: &pathema_autograd::Wanted<'_>| {
            let wholes = std::iter::once(&path.coefficients).chain(&path.knots);
            let mut sums: Vec<Tensor> = wholes.map(Tensor::zeros_like).collect();
            if let Some(gradient) = &gradients[0] {
                paste_words(&path, &windows, depth, gradient, &mut sums)?;
            }
            Ok(sums.into_iter().map(Some).collect())
        };
        let attached = attach(
            "log-signatures",
            &inputs,
            vec![words.shallow_clone()],
            backward,
        )?;
        Ok(attached.into_iter().next().unwrap_or(words))
    }
}

impl<F: Deref<Target: VectorField>> Flow for CdeFlow<F> {
    fn cut(&self, spans: &[Span]) -> Result<Vec<Tensor>, Cause> {
        match self.control {
            Control::LogSignature(depth) => return Ok(vec![self.words(spans, depth)?]),
            Control::Anywhere => return Ok(Vec::new()),
            Control::Derivative | Control::Increment => {}
        }
        let wholes = self.wholes();
        let rows = self.rows_of_cuts(&self.located(spans));
        let cuts = self.whole_of_cuts().into_iter().zip(rows);
        cuts.map(|(whole, rows)| Ok(wholes[whole].f_index_select(0, &rows)?))
            .collect()
    }

    fn drives(
        &self,
        spans: &[Span],
        nodes: &[f64],
        cut: &[Tensor],
        scaled: bool,
    ) -> Result<Vec<Drive>, Cause> {
        if self.control == Control::Anywhere {
            return self.derivatives_anywhere(spans, nodes, scaled);
        }
        let located = self.located(spans);
        match self.control {
            Control::Derivative | Control::Anywhere => {
                self.derivatives(spans, &located, nodes, cut, scaled)
            }
            Control::Increment => self.increments(spans, &located, nodes.len(), cut),
            Control::LogSignature(_) => self.same_at_all_nodes(spans, &cut[0], nodes.len()),
        }
    }

    fn slope(&self, control: &Tensor, z: &Tensor) -> Result<Tensor, Cause> {
        let slope = match self.control {
            Control::LogSignature(depth) => {
                log_ode::slope(&*self.field, control, z, self.path.channels(), depth)?
            }
            _ => self.field.contract(z, control),
        };
        of_the_states_shape(slope, z)
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.field.parameters()
    }

    fn standard(&self) -> Option<Standard<'_>> {
        let field = self.field.standard()?;
        Some(Standard {
            field,
            path: &self.path,
            control: self.control,
        })
    }

    fn wholes(&self) -> Vec<Tensor> {
        let coefficients = std::iter::once(&self.path.coefficients);
        let wholes = coefficients.chain(&self.path.knots);
        wholes.map(Tensor::shallow_clone).collect()
    }

    fn paste(
        &self,
        spans: &[Span],
        gradients: &[Option<Tensor>],
        sums: &mut [Tensor],
    ) -> Result<(), Cause> {
        if self.control == Control::Anywhere {
            return Ok(());
        }
        if let Control::LogSignature(depth) = self.control {
            return match &gradients[0] {
                Some(gradient) => {
                    paste_words(&self.path, &self.windows(spans), depth, gradient, sums)
                }
                None => Ok(()),
            };
        }
        let rows = self.rows_of_cuts(&self.located(spans));
        let cuts = self.whole_of_cuts().into_iter().zip(rows);
        for ((whole, rows), gradient) in cuts.zip(gradients) {
            if let Some(gradient) = gradient {
                let _ = sums[whole].f_index_add_(0, &rows, gradient)?;
            }
        }
        Ok(())
    }

    fn whole_of_cuts(&self) -> Vec<usize> {
        match (self.control, self.path.knots.is_some()) {
            (Control::Anywhere, _) => Vec::new(),
            (Control::Derivative, false) | (Control::LogSignature(_), _) => vec![0],
            (Control::Derivative, true) => vec![0, 1, 1],
            (Control::Increment, false) => vec![0, 0],
            (Control::Increment, true) => vec![0, 0, 1, 1, 1, 1],
        }
    }

    fn paste_ends(
        &self,
        span: &Span,
        at_start: &Tensor,
        at_end: &Tensor,
        knots: &mut Tensor,
    ) -> Result<(), Cause> {
        // An increment depends on the knots through the path's values alone.
        if self.control != Control::Derivative {
            return Ok(());
        }
        let (starts, ends): (Vec<Located>, Vec<Located>) =
            self.located(std::slice::from_ref(span)).into_iter().unzip();
        for (at, rates) in [(starts, at_start), (ends, at_end)] {
            let (mut rows, mut of_rate) = (Vec::new(), Vec::new());
            for (k, at) in at
                .iter()
                .enumerate()
                .filter(|(_, at)| at.is_left || at.is_right)
            {
                rows.push(at.row + i64::from(!at.is_left));
                of_rate.push(k as i64);
            }
            let on = |index: &[i64]| Tensor::from_slice(index).to_device(knots.device());
            let rates = rates.f_index_select(0, &on(&of_rate))?;
            let _ = knots.f_index_add_(0, &on(&rows), &rates)?;
        }
        Ok(())
    }

    fn rebuilt(&self, moving: bool) -> Result<Box<dyn Flow + Send>, Cause> {
        let field = self.field.rebuilt(super::leaves(&self.field.parameters()));
        Ok(Box::new(CdeFlow {
            field: field.ok_or(Cause::NotRebuildable)?,
            path: self.path.detached(),
            control: self.control,
            moving: moving || self.control != Control::Derivative,
        }))
    }
}

/// Adds the gradient of windows' words to those of the coefficients and, where they are there, the knots.
fn paste_words(
    path: &BatchPath,
    windows: &[(usize, f64, f64)],
    depth: Depth,
    gradient: &Tensor,
    sums: &mut [Tensor],
) -> Result<(), Cause> {
    let mut coefficients = vec![0.0; path.coefficients.numel()];
    let mut knots = vec![0.0; path.batch() as usize * path.rows_each()];
    log_ode::pull_back(
        path,
        windows,
        depth,
        gradient,
        &mut coefficients,
        &mut knots,
    )?;
    for (sum, numbers) in sums.iter_mut().zip([coefficients, knots]) {
        // Not wanted, a sum has no size.
        if sum.numel() == numbers.len() {
            let numbers = tensor(&numbers, sum.kind(), sum.device());
            let _ = sum.f_add_(&numbers.f_view(sum.size().as_slice())?)?;
        }
    }
    Ok(())
}
