use tch::Tensor;

use crate::grid::Grid;
use crate::{BatchPath, SolveError, SolveStats, Steps, Tableau, VectorField};

/// Follows each sample over steps of its own: step k of every sample is taken at once, whatever its time.
///
/// A CDE does not change under a change of time, so samples need not share one; a sample that has no k-th
/// step sees a control that stands still.
pub(crate) fn solve(
    field: &dyn VectorField,
    path: &BatchPath,
    z0: &Tensor,
    save_at: &[f64],
    tableau: &Tableau,
    steps: Steps,
) -> Result<(Tensor, SolveStats), SolveError> {
    let batch = path.batch() as usize;
    let grids: Vec<Grid> = (0..batch)
        .map(|sample| grid(path.knots(sample), save_at, steps))
        .collect();
    let count = grids
        .iter()
        .map(|grid| grid.points.len() - 1)
        .max()
        .unwrap_or(0);
    let mut stats = SolveStats::new();
    for grid in &grids {
        for pair in grid.points.windows(2) {
            let step = pair[1] - pair[0];
            stats.smallest_step = stats.smallest_step.min(step);
            stats.largest_step = stats.largest_step.max(step);
        }
    }
    stats.accepted = count;

    let controls = match steps {
        Steps::Knots => derivatives(path, &grids, count, tableau)?,
        Steps::Every(_) => increments(path, &grids, count)?,
    };
    let needed = needed(&grids, count);
    let mut z = z0.shallow_clone();
    let mut kept = Vec::new();
    if needed[0] {
        kept.push(z.shallow_clone());
    }
    for (step, control) in controls.iter().enumerate() {
        z = explicit_step(field, &z, control, tableau);
        stats.evaluations += tableau.stages();
        if needed[step + 1] {
            kept.push(z.shallow_clone());
        }
    }
    let states = Tensor::f_stack(&kept, 0)?;
    check_finite(&states, &grids, &needed)?;
    Ok((gather(&states, &grids, &needed)?, stats))
}

/// One step of all samples; the control's stages are scaled by the step already.
fn explicit_step(
    field: &dyn VectorField,
    z: &Tensor,
    control: &[Tensor],
    tableau: &Tableau,
) -> Tensor {
    let mut stages: Vec<Tensor> = Vec::with_capacity(tableau.stages());
    for j in 0..tableau.stages() {
        let at = combine(z, tableau.row(j), &stages);
        stages.push(field.contract(&at, &control[j.min(control.len() - 1)]));
    }
    combine(z, tableau.b, &stages)
}

/// z + Σ wⱼ kⱼ. Never in place: autograd still needs the summands.
fn combine(z: &Tensor, weights: &[f64], stages: &[Tensor]) -> Tensor {
    let terms = weights
        .iter()
        .zip(stages)
        .filter(|(weight, _)| **weight != 0.0);
    terms.fold(z.shallow_clone(), |sum, (&weight, stage)| {
        if weight == 1.0 {
            sum + stage
        } else {
            sum + stage * weight
        }
    })
}

fn grid(knots: &[f64], save_at: &[f64], steps: Steps) -> Grid {
    match steps {
        Steps::Knots => Grid::new(knots, save_at),
        Steps::Every(length) => {
            let (start, end) = (knots[0], knots[knots.len() - 1]);
            let whole = ((end - start) / length * (1.0 - 1e-9)).floor() as usize;
            let mut points: Vec<f64> = (0..=whole).map(|k| start + k as f64 * length).collect();
            points.push(end);
            Grid::new(&points, save_at)
        }
    }
}

/// h · dX/dt at each stage of each step: [step][stage] of [batch, channels].
fn derivatives(
    path: &BatchPath,
    grids: &[Grid],
    count: usize,
    tableau: &Tableau,
) -> Result<Vec<Vec<Tensor>>, SolveError> {
    let stages = tableau.stages();
    let size = count * stages * grids.len();
    let (mut rows, mut offsets, mut lengths) = (
        Vec::with_capacity(size),
        Vec::with_capacity(size),
        Vec::with_capacity(size),
    );
    for step in 0..count {
        for &c in tableau.c {
            for (sample, grid) in grids.iter().enumerate() {
                let (from, to) = ends(grid, step);
                // No knot lies inside a step, so its middle tells the piece, also for a stage at its end.
                let (row, offset) = path.place(sample, from + c * (to - from), 0.5 * (from + to));
                rows.push(row);
                offsets.push(offset);
                lengths.push(to - from);
            }
        }
    }
    let slopes = path.derivatives(&rows, &offsets)?;
    let lengths = Tensor::f_from_slice(&lengths)?
        .f_to_kind(slopes.kind())?
        .f_to_device(slopes.device())?;
    let scaled = (slopes * lengths.unsqueeze(1)).f_view([
        count as i64,
        stages as i64,
        grids.len() as i64,
        path.channels(),
    ])?;
    Ok(scaled
        .f_unbind(0)?
        .into_iter()
        .map(|step| step.unbind(0))
        .collect())
}

/// X(t + h) − X(t) of each step, the same for all its stages.
fn increments(
    path: &BatchPath,
    grids: &[Grid],
    count: usize,
) -> Result<Vec<Vec<Tensor>>, SolveError> {
    let size = (count + 1) * grids.len();
    let (mut rows, mut offsets) = (Vec::with_capacity(size), Vec::with_capacity(size));
    for point in 0..=count {
        for (sample, grid) in grids.iter().enumerate() {
            let knots = path.knots(sample);
            let last = grid.points[grid.points.len() - 1];
            let time = grid.points.get(point).copied().unwrap_or(last);
            let time = time.clamp(knots[0], knots[knots.len() - 1]);
            let (row, offset) = path.place(sample, time, time);
            rows.push(row);
            offsets.push(offset);
        }
    }
    let values = path.values(&rows, &offsets)?.f_view([
        count as i64 + 1,
        grids.len() as i64,
        path.channels(),
    ])?;
    let increments = values.f_diff::<Tensor>(1, 0, None, None)?;
    Ok(increments
        .f_unbind(0)?
        .into_iter()
        .map(|step| vec![step])
        .collect())
}

/// Start and end of a sample's step; both its last point where it has no such step.
fn ends(grid: &Grid, step: usize) -> (f64, f64) {
    let last = grid.points[grid.points.len() - 1];
    let at = |point: usize| grid.points.get(point).copied().unwrap_or(last);
    (at(step), at(step + 1))
}

/// Which points of the grid any sample saves.
fn needed(grids: &[Grid], count: usize) -> Vec<bool> {
    let mut needed = vec![false; count + 1];
    for grid in grids {
        for &save in &grid.saves {
            needed[save] = true;
        }
    }
    needed
}

/// Of the states kept, [kept, batch, hidden], those that each sample saves: [batch, saved, hidden].
fn gather(states: &Tensor, grids: &[Grid], needed: &[bool]) -> Result<Tensor, SolveError> {
    let mut place = vec![0_i64; needed.len()];
    let mut kept = 0;
    for (place, &needed) in place.iter_mut().zip(needed) {
        *place = kept;
        kept += i64::from(needed);
    }
    let saved = grids[0].saves.len() as i64;
    let batch = grids.len() as i64;
    // Row of [kept · batch, hidden].
    let rows: Vec<i64> = grids
        .iter()
        .enumerate()
        .flat_map(|(sample, grid)| {
            let place = &place;
            grid.saves
                .iter()
                .map(move |&save| place[save] * batch + sample as i64)
        })
        .collect();
    let rows = Tensor::f_from_slice(&rows)?.f_to_device(states.device())?;
    let hidden = states.size()[2];
    Ok(states
        .f_reshape([-1, hidden])?
        .f_index_select(0, &rows)?
        .f_view([batch, saved, hidden])?)
}

fn check_finite(states: &Tensor, grids: &[Grid], needed: &[bool]) -> Result<(), SolveError> {
    if bool::try_from(states.isfinite().all())? {
        return Ok(());
    }
    // [kept, batch]: the first kept point, and in it the first sample, that is not finite.
    let sick: Vec<i64> = Vec::try_from(
        states
            .isfinite()
            .f_all_dim(2, false)?
            .f_logical_not()?
            .f_nonzero()?
            .f_select(0, 0)?,
    )?;
    let points: Vec<usize> = (0..needed.len()).filter(|&point| needed[point]).collect();
    let (kept, sample) = (sick[0] as usize, sick[1] as usize);
    let grid = &grids[sample].points;
    Err(SolveError::NonFinite {
        sample,
        time: grid[points[kept].min(grid.len() - 1)],
        what: "the state",
    })
}
