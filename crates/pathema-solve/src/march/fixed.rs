//! Steps laid out beforehand.

use tch::Tensor;

use super::grid::Grids;
use super::plan::Plan;
use super::{March, Newton, rows_of, step, step_alone};
use crate::dense::{Interpolant, Trajectory};
use crate::error::Cause;
use crate::flow::{Flow, Span};
use crate::save::{Put, Shelf};
use crate::solution::Status;
use crate::{SolveStats, Tableau};

/// Steps whose controls are made together where nothing else needs the memory.
const BLOCK: usize = 64;

/// Takes all steps, with a trajectory where there is one to fill. The controls are made `at_once` for a graph, which holds
/// them all anyway.
pub(crate) fn march(
    flow: &dyn Flow,
    z0: &Tensor,
    grids: &Grids,
    tableau: &Tableau,
    mut trajectory: Option<Trajectory>,
    at_once: bool,
) -> Result<March, Cause> {
    let mut stats = SolveStats::new();
    let mut shelf = Shelf::default();
    let batch = z0.size()[0] as usize;
    let mut statuses = vec![Status::Done; batch];
    let mut z = z0.shallow_clone();
    put(&mut shelf, &z, &grids.first_puts())?;
    let block = if at_once { grids.len() } else { BLOCK };
    let mut nodes = tableau.c.to_vec();
    if trajectory.is_some() {
        nodes.push(1.0);
    }
    for first in (0..grids.len()).step_by(block.max(1)) {
        let spans: Vec<Span> = (first..grids.len().min(first + block))
            .map(|step| grids.span(step))
            .collect();
        let drives = flow.drives(&spans, &nodes, &flow.cut(&spans)?, true)?;
        for (k, (span, drive)) in spans.iter().zip(&drives).enumerate() {
            // A trajectory may need the last stage, which the step alone leaves out.
            let tried = if trajectory.is_some() {
                step(flow, tableau, drive, &z, None, &Newton::TIGHT)?
            } else {
                step_alone(flow, tableau, drive, &z, &Newton::TIGHT)?
            };
            let taken = match tried {
                Ok(taken) => taken,
                Err(unsolved) => {
                    let status = Status::DidNotConverge {
                        time: span.from.at(unsolved.row),
                        stage: unsolved.stage,
                        correction: unsolved.correction,
                    };
                    statuses[unsolved.row] = status;
                    return Ok(end(shelf, stats, statuses, trajectory, batch));
                }
            };
            stats.evaluations += taken.evaluations;
            count(&mut stats, span, batch);
            if let Some(trajectory) = &mut trajectory {
                let last = taken.slopes.last().filter(|_| tableau.is_fsal());
                let slope = match last {
                    Some(slope) => slope.shallow_clone(),
                    None => {
                        stats.evaluations += 1;
                        flow.slope(&drive.controls[tableau.stages()], &taken.end)?
                    }
                };
                let interpolant = Interpolant::new(tableau, &z, &taken, drive, &slope);
                let rows: Vec<usize> = (0..batch)
                    .filter(|&row| span.from.at(row) != span.to.at(row))
                    .collect();
                trajectory.push(span, interpolant, &rows);
            }
            z = taken.end;
            put(&mut shelf, &z, &grids.puts(first + k))?;
        }
    }
    Ok(end(shelf, stats, statuses, trajectory, batch))
}

fn put(shelf: &mut Shelf, z: &Tensor, puts: &[Put]) -> Result<(), Cause> {
    if puts.is_empty() {
        return Ok(());
    }
    let rows: Vec<usize> = puts.iter().map(|put| put.row).collect();
    let z = rows_of(z, &rows)?;
    shelf.put(
        &z,
        puts.iter()
            .enumerate()
            .map(|(row, put)| (row, put.sample, put.slot)),
    );
    Ok(())
}

fn count(stats: &mut SolveStats, span: &Span, batch: usize) {
    stats.accepted += 1;
    for row in 0..batch {
        let step = (span.to.at(row) - span.from.at(row)).abs();
        if step > 0.0 {
            stats.smallest_step = stats.smallest_step.min(step);
            stats.largest_step = stats.largest_step.max(step);
        }
    }
}

fn end(
    shelf: Shelf,
    stats: SolveStats,
    statuses: Vec<Status>,
    trajectory: Option<Trajectory>,
    batch: usize,
) -> March {
    March {
        shelf,
        step_times: Vec::new(),
        stats,
        statuses,
        culprit: None,
        plan: Vec::new(),
        trajectory,
        happenings: vec![None; batch],
    }
}
