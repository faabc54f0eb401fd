use tch::Tensor;

use crate::error::Cause;
use crate::march::rows_of;

/// Which states a solve gives back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SaveAt<'a> {
    /// Those at these times, which lead on from the start in one direction, forward or backward.
    Times(&'a [f64]),
    /// That at the start and those at the end of every step, up to this time.
    Steps(f64),
    /// That at this time.
    End(f64),
    /// That at this time, and a [`Trajectory`](crate::Trajectory) to be asked for any on the way.
    Dense(f64),
}

impl SaveAt<'_> {
    /// The last time needed; `None` where nothing is.
    pub(crate) fn end(&self) -> Option<f64> {
        match *self {
            SaveAt::Times(times) => times.last().copied(),
            SaveAt::Steps(end) | SaveAt::End(end) | SaveAt::Dense(end) => Some(end),
        }
    }

    /// 1 forward in time, −1 backward.
    pub(crate) fn direction(&self, start: f64) -> f64 {
        match self.end() {
            Some(end) if end < start => -1.0,
            _ => 1.0,
        }
    }

    /// Times in the direction of the solve, in which they increase; none where every step is saved.
    pub(crate) fn ahead(&self, direction: f64) -> Vec<f64> {
        match *self {
            SaveAt::Times(times) => times.iter().map(|time| time * direction).collect(),
            SaveAt::Steps(_) => Vec::new(),
            SaveAt::End(end) | SaveAt::Dense(end) => vec![end * direction],
        }
    }

    /// # Errors
    /// [`Cause::SaveTimes`] unless the times are finite and lead strictly on from the start.
    pub(crate) fn check(&self, start: f64) -> Result<(), Cause> {
        if !start.is_finite() {
            return Err(Cause::Setting {
                name: "the start",
                value: start,
                expected: "finite",
            });
        }
        let direction = self.direction(start);
        let single = self.end().map(|end| [end]);
        let times = match self {
            SaveAt::Times(times) => times,
            _ => single.as_ref().map_or(&[][..], |end| end),
        };
        let mut previous = start;
        for (index, &time) in times.iter().enumerate() {
            let ahead = (time - previous) * direction;
            if !(time.is_finite() && (ahead > 0.0 || index == 0 && ahead == 0.0)) {
                return Err(Cause::SaveTimes {
                    index,
                    time,
                    previous,
                });
            }
            previous = time;
        }
        Ok(())
    }
}

/// A state to be saved: of a row of a step, so far into the step, in a place of the solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Put {
    pub(crate) row: usize,
    /// From 0 to 1 over the step.
    pub(crate) theta: f64,
    pub(crate) sample: usize,
    pub(crate) slot: usize,
}

impl Put {
    /// Of a row as it is when the step ends.
    pub(crate) fn at_end(row: usize, sample: usize, slot: usize) -> Put {
        Put {
            row,
            theta: 1.0,
            sample,
            slot,
        }
    }
}

/// Saved states as they come, to be put in order at the end.
#[derive(Default)]
pub(crate) struct Shelf {
    pieces: Vec<Tensor>,
    rows: i64,
    /// Sample, slot and row of all pieces.
    places: Vec<(usize, usize, i64)>,
}

impl Shelf {
    /// What is saved of the rows at the end of a step.
    pub(crate) fn put_rows(&mut self, z: &Tensor, puts: &[Put]) -> Result<(), Cause> {
        if puts.is_empty() {
            return Ok(());
        }
        let rows: Vec<usize> = puts.iter().map(|put| put.row).collect();
        self.put_each(&rows_of(z, &rows)?, puts);
        Ok(())
    }

    /// A row for each of the puts.
    pub(crate) fn put_each(&mut self, rows: &Tensor, puts: &[Put]) {
        let places = puts.iter().zip(self.rows..);
        self.places
            .extend(places.map(|(put, row)| (put.sample, put.slot, row)));
        self.rows += rows.size()[0];
        self.pieces.push(rows.shallow_clone());
    }

    /// [batch, slots, …], NaN where nothing was put; `z0` tells shape and kind.
    pub(crate) fn finish(mut self, z0: &Tensor, slots: usize) -> Result<Tensor, Cause> {
        let batch = z0.size()[0] as usize;
        if slots == 0 {
            return Ok(z0.f_unsqueeze(1)?.f_narrow(1, 0, 0)?);
        }
        let mut rows = vec![-1_i64; batch * slots];
        for &(sample, slot, row) in &self.places {
            rows[sample * slots + slot] = row;
        }
        if rows.contains(&-1) {
            let missing = z0.f_narrow(0, 0, 1)?.f_full_like(f64::NAN)?;
            self.pieces.push(missing);
            for row in rows.iter_mut().filter(|row| **row < 0) {
                *row = self.rows;
            }
        }
        let all = Tensor::f_cat(&self.pieces, 0)?;
        let rows = Tensor::f_from_slice(&rows)?.f_to_device(all.device())?;
        let mut shape = z0.size();
        shape.insert(1, slots as i64);
        Ok(all.f_index_select(0, &rows)?.f_view(shape.as_slice())?)
    }
}
