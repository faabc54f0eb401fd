//! Steps laid out beforehand.

use tch::Tensor;

use super::grid::Grids;
use super::plan::Plan;
use super::{Known, March, Newton, step, step_alone};
use crate::Tableau;
use crate::dense::{Interpolant, Trajectory};
use crate::error::Cause;
use crate::flow::{Flow, Span};

/// Steps whose controls are made together where nothing else needs the memory.
const BLOCK: usize = 16;

/// Takes all steps, with a trajectory where there is one to fill. The controls are made `at_once` for a graph, which holds
/// them all anyway.
pub(crate) fn march(
    flow: &dyn Flow,
    z0: &Tensor,
    grids: &Grids,
    tableau: &Tableau,
    trajectory: Option<Trajectory>,
    at_once: bool,
) -> Result<March, Cause> {
    let batch = z0.size()[0] as usize;
    let mut out = March {
        trajectory,
        ..March::at_start(batch)
    };
    let mut z = z0.shallow_clone();
    out.shelf.put_rows(&z, &grids.first_puts())?;
    let block = if at_once { grids.len() } else { BLOCK };
    let mut nodes = tableau.c.to_vec();
    if out.trajectory.is_some() {
        nodes.push(1.0);
    }
    for first in (0..grids.len()).step_by(block.max(1)) {
        let spans: Vec<Span> = (first..grids.len().min(first + block))
            .map(|step| grids.span(step))
            .collect();
        let drives = flow.drives(&spans, &nodes, &flow.cut(&spans)?, true)?;
        for (k, (span, drive)) in spans.iter().zip(&drives).enumerate() {
            // A trajectory may need the last stage, which the step alone leaves out.
            let tried = if out.trajectory.is_some() {
                step(flow, tableau, drive, &z, Known::default(), &Newton::TIGHT)?
            } else {
                step_alone(flow, tableau, drive, &z, &Newton::TIGHT)?
            };
            let taken = match tried {
                Ok(taken) => taken,
                Err(unsolved) => {
                    // All stop together.
                    out.statuses
                        .fill(unsolved.status(span.from.at(unsolved.row)));
                    out.culprit = Some(unsolved.row);
                    return Ok(out);
                }
            };
            out.stats.evaluations += taken.evaluations;
            out.stats.accept_span(span, batch);
            if let Some(trajectory) = &mut out.trajectory {
                let last = taken.slopes.last().filter(|_| tableau.is_fsal());
                let slope = match last {
                    Some(slope) => slope.shallow_clone(),
                    None => {
                        out.stats.evaluations += 1;
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
            out.shelf.put_rows(&z, &grids.puts(first + k))?;
        }
    }
    Ok(out)
}
