//! Solvers on their way from step to step.

pub(crate) mod adaptive;
mod first_step;
pub(crate) mod fixed;
pub(crate) mod grid;
mod keep;
pub(crate) mod lanes;
pub(crate) mod layout;
mod newton;
pub(crate) mod plan;
mod step;

pub(crate) use newton::{Newton, Unsolved};
pub(crate) use plan::{Plan, Record, Recorded};
pub(crate) use step::{Known, Taken, step, step_alone};

use tch::Tensor;

use crate::dense::Trajectory;
use crate::error::Cause;
use crate::save::Shelf;
use crate::solution::{Happening, Status};
use crate::{SolveStats, flow};

/// How far a solve came.
pub(crate) struct March {
    pub(crate) shelf: Shelf,
    /// Times saved at each step, of each sample, where every step is saved.
    pub(crate) step_times: Vec<Vec<f64>>,
    pub(crate) stats: SolveStats,
    /// Of each sample.
    pub(crate) statuses: Vec<Status>,
    /// Whose fault it is where all samples share a step, and stop together.
    pub(crate) culprit: Option<usize>,
    /// The steps kept, where they were asked for.
    pub(crate) plan: Vec<Recorded>,
    pub(crate) trajectory: Option<Trajectory>,
    /// Of each sample.
    pub(crate) happenings: Vec<Option<Happening>>,
}

impl March {
    /// Before any step.
    pub(crate) fn at_start(batch: usize) -> March {
        March {
            shelf: Shelf::default(),
            step_times: Vec::new(),
            stats: SolveStats::new(),
            statuses: vec![Status::Done; batch],
            culprit: None,
            plan: Vec::new(),
            trajectory: None,
            happenings: vec![None; batch],
        }
    }
}

/// The samples, as rows, that are not finite.
pub(crate) fn sick_rows(x: &Tensor) -> Result<Vec<usize>, Cause> {
    let finite = x.isfinite();
    if bool::try_from(finite.all())? {
        return Ok(Vec::new());
    }
    let rows = finite.f_view([x.size()[0], -1])?.f_all_dim(1, false)?;
    let sick: Vec<i64> = Vec::try_from(rows.logical_not().nonzero().f_select(1, 0)?)?;
    Ok(sick.into_iter().map(|row| row as usize).collect())
}

/// Rows of a tensor.
pub(crate) fn rows_of(x: &Tensor, rows: &[usize]) -> Result<Tensor, Cause> {
    if rows.len() as i64 == x.size()[0] && rows.iter().enumerate().all(|(k, &row)| k == row) {
        return Ok(x.shallow_clone());
    }
    let rows = flow::index(rows.iter().copied(), x.device());
    Ok(x.f_index_select(0, &rows)?)
}

/// `new` where a row is marked, else `old`.
pub(crate) fn marked(marks: &[bool], new: &Tensor, old: &Tensor) -> Tensor {
    let marks: Vec<f64> = marks
        .iter()
        .map(|&mark| f64::from(u8::from(mark)))
        .collect();
    let marks = flow::column(&marks, new).to_kind(tch::Kind::Bool);
    new.where_self(&marks, old)
}
