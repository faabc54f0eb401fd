//! The controls of a controlled equation's steps, from what was cut out of the path.

use std::ops::Deref;

use tch::Tensor;

use super::cde::CdeFlow;
use super::{Clock, Drive, Length, Span};
use crate::error::Cause;
use crate::field::VectorField;
use crate::path::{Located, derivatives_anywhere};

impl<F: Deref<Target = T>, T: VectorField + ?Sized> CdeFlow<F> {
    fn numbers(&self, values: &[f64]) -> Tensor {
        let (kind, device) = (
            self.path.coefficients.kind(),
            self.path.coefficients.device(),
        );
        super::tensor(values, kind, device)
    }

    /// Offsets of times from the knots to their left, [rows]; with the knots cut where gradients reach them.
    fn offsets(&self, at: &[Located], knots: Option<(&Tensor, &Tensor)>) -> Tensor {
        let Some((left, right)) = knots else {
            let offsets: Vec<f64> = at.iter().map(|at| at.offset).collect();
            return self.numbers(&offsets);
        };
        let share = |holds: &dyn Fn(&Located) -> bool| {
            let flags: Vec<f64> = at.iter().map(|at| f64::from(u8::from(holds(at)))).collect();
            self.numbers(&flags)
        };
        // A time of its own stays where it is when the knot moves; a time that is a knot moves with it.
        let moves = |at: &Located| self.moving && (at.is_left || at.is_right);
        let own = share(&|at| !moves(at));
        let offsets = at.iter().map(|at| if moves(at) { 0.0 } else { at.offset });
        self.numbers(&offsets.collect::<Vec<f64>>()) - own * (left - left.detach())
            + share(&|at| moves(at) && !at.is_left) * (right - left)
    }

    pub(super) fn derivatives(
        &self,
        spans: &[Span],
        located: &[(Located, Located)],
        nodes: &[f64],
        cut: &[Tensor],
        scaled: bool,
    ) -> Result<Vec<Drive>, Cause> {
        let knots = (self.path.knots.is_some()).then(|| (&cut[1], &cut[2]));
        let (from, to): (Vec<Located>, Vec<Located>) = located.iter().copied().unzip();
        let from = self.offsets(&from, knots);
        let lengths = match knots {
            Some(_) if self.moving => self.offsets(&to, knots) - &from,
            _ => self.lengths(spans),
        };
        // [nodes, rows, 1]
        let nodes = self.numbers(nodes).view([-1, 1, 1]);
        let s = from.unsqueeze(1) + nodes * lengths.unsqueeze(1);
        let [b, c, d] = [1, 2, 3].map(|order| cut[0].select(1, order));
        let mut slopes = (d * (&s * 3.0) + c * 2.0) * &s + b;
        if scaled {
            slopes *= lengths.unsqueeze(1);
        }
        let each = knots.is_some() && self.moving;
        let shift = knots.filter(|_| each).map(|(left, _)| {
            let start = left + &from;
            &start - start.detach()
        });
        let length = |span: &Span, lengths: Tensor| match (&span.from, &span.to) {
            _ if scaled => Length::Shared(1.0),
            (Clock::Shared(from), Clock::Shared(to)) if !each => Length::Shared(to - from),
            _ => Length::Each(lengths),
        };
        let batch = self.batch();
        let rows: Vec<i64> = spans.iter().map(|span| span.rows(batch) as i64).collect();
        let split = |x: &Tensor, dim: i64| match spans {
            [_] => Ok(vec![x.shallow_clone()]),
            _ => x.f_split_with_sizes(&rows, dim),
        };
        let mut shifts = match &shift {
            Some(shift) => split(shift, 0)?.into_iter(),
            None => Vec::new().into_iter(),
        };
        let drives = spans
            .iter()
            .zip(split(&slopes, 1)?)
            .zip(split(&lengths, 0)?);
        Ok(drives
            .map(|((span, slopes), lengths)| Drive {
                controls: slopes.unbind(0),
                moving: shifts.next().map(|shift| (shift, lengths.shallow_clone())),
                length: length(span, lengths),
            })
            .collect())
    }

    /// As [`derivatives`](Self::derivatives), wherever knots lie.
    pub(super) fn derivatives_anywhere(
        &self,
        spans: &[Span],
        nodes: &[f64],
        scaled: bool,
    ) -> Result<Vec<Drive>, Cause> {
        let (batch, channels) = (self.batch(), self.path.channels() as usize);
        let mut drives = Vec::with_capacity(spans.len());
        for span in spans {
            let rows = span.rows(batch);
            let mut slopes = vec![0.0; nodes.len() * rows * channels];
            let mut own = vec![0.0; nodes.len() * channels];
            for row in 0..rows {
                let (from, to) = (span.from.at(row), span.to.at(row));
                let times = if scaled { to - from } else { 1.0 };
                let path = self.path.path(span.sample(row));
                derivatives_anywhere(path, (from, to), times, nodes, &mut own);
                for (node, own) in own.chunks_exact(channels).enumerate() {
                    let at = (node * rows + row) * channels;
                    slopes[at..at + channels].copy_from_slice(own);
                }
            }
            let shape = [nodes.len() as i64, rows as i64, channels as i64];
            drives.push(Drive {
                controls: self.numbers(&slopes).f_view(shape)?.unbind(0),
                moving: None,
                length: match (&span.from, &span.to) {
                    _ if scaled => Length::Shared(1.0),
                    (Clock::Shared(from), Clock::Shared(to)) => Length::Shared(to - from),
                    _ => Length::Each(self.lengths(std::slice::from_ref(span))),
                },
            });
        }
        Ok(drives)
    }

    /// The rows' lengths in time, [rows].
    fn lengths(&self, spans: &[Span]) -> Tensor {
        let batch = self.batch();
        let rows = spans.iter().flat_map(|span| {
            (0..span.rows(batch)).map(move |row| span.to.at(row) - span.from.at(row))
        });
        self.numbers(&rows.collect::<Vec<f64>>())
    }

    pub(super) fn increments(
        &self,
        spans: &[Span],
        located: &[(Located, Located)],
        nodes: usize,
        cut: &[Tensor],
    ) -> Result<Vec<Drive>, Cause> {
        let ends: (Vec<Located>, Vec<Located>) = located.iter().copied().unzip();
        let knots =
            |k: usize| (self.path.knots.is_some()).then(|| (&cut[2 + 2 * k], &cut[3 + 2 * k]));
        let value = |k: usize, at: &[Located]| {
            let s = self.offsets(at, knots(k)).unsqueeze(1);
            let [a, b, c, d] = [0, 1, 2, 3].map(|order| cut[k].select(1, order));
            ((d * &s + c) * &s + b) * &s + a
        };
        let increments = value(1, &ends.1) - value(0, &ends.0);
        self.same_at_all_nodes(spans, &increments, nodes)
    }

    pub(super) fn same_at_all_nodes(
        &self,
        spans: &[Span],
        controls: &Tensor,
        nodes: usize,
    ) -> Result<Vec<Drive>, Cause> {
        let batch = self.batch();
        let rows: Vec<i64> = spans.iter().map(|span| span.rows(batch) as i64).collect();
        let controls = controls.f_split_with_sizes(&rows, 0)?;
        Ok(controls
            .iter()
            .map(|control| Drive {
                controls: (0..nodes).map(|_| control.shallow_clone()).collect(),
                length: Length::Shared(1.0),
                moving: None,
            })
            .collect())
    }
}
