//! How much of a pulse's power lies at one frequency: a clean pulse is a hum, movement a rustle.

use std::f64::consts::TAU;

use super::pulse::Stretch;

/// Seconds that are looked at.
const WINDOW: f64 = 10.0;
/// Cells a second into which samples are averaged, far above the band.
const CELL_RATE: f64 = 16.0;
const CELLS: usize = (WINDOW * CELL_RATE) as usize;
/// Part of the cells that must hold a sample.
const LEAST_SHARE: f64 = 0.5;
/// Hz: 42 to 180 beats a minute, half the width of a window's resolution apart.
const BAND: [f64; 2] = [0.7, 3.0];
const SPACING: f64 = 0.05;
/// Frequencies to both sides of the strongest that are counted with it: 0.1 Hz.
const NEAR: usize = 2;
/// Amplitude beside the largest sample that rounding leaves of a constant.
const ROUNDING: f64 = 1e-9;

/// Spectral concentration of one stretch, at any time.
#[derive(Debug)]
pub(super) struct Concentration {
    /// Mean of each cell's part of the path; NaN for none.
    cells: Vec<f64>,
    /// For each cell, the last one up to it that no later sample helped to draw; counted from 1.
    known: Vec<usize>,
    taper: Vec<f64>,
    /// A row of cosines and one of sines, tapered, for each frequency.
    waves: Vec<f64>,
}

impl Concentration {
    pub(super) fn new(stretch: &Stretch, rate: f64) -> Concentration {
        let count = (stretch.path.len() as f64 / rate * CELL_RATE + 1e-9) as usize;
        let edge = |cell: usize| {
            ((cell as f64 / CELL_RATE * rate - 1e-9).ceil() as usize).min(stretch.path.len())
        };
        let mut cells = Vec::with_capacity(count);
        let mut known = Vec::with_capacity(count);
        let mut certain = 0;
        for cell in 0..count {
            let range = edge(cell)..edge(cell + 1);
            // Where the last sample is recorded, no line leads on beyond the cell.
            if !range.is_empty() && !stretch.recorded[range.end - 1].is_nan() {
                certain = cell + 1;
            }
            known.push(certain);
            let present = stretch.path[range].iter().filter(|value| value.is_finite());
            let (sum, present) = present.fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
            cells.push(if present > 0 {
                sum / f64::from(present)
            } else {
                f64::NAN
            });
        }
        // Hann's window, so that what lies outside of the band stays there.
        let taper: Vec<f64> = (0..CELLS)
            .map(|cell| 0.5 - 0.5 * (TAU * (cell as f64 + 0.5) / CELLS as f64).cos())
            .collect();
        let steps = ((BAND[1] - BAND[0]) / SPACING).round() as usize;
        let mut waves = Vec::with_capacity((steps + 1) * 2 * CELLS);
        for step in 0..=steps {
            let turn = TAU * (BAND[0] + step as f64 * SPACING) / CELL_RATE;
            waves.extend((0..CELLS).map(|cell| taper[cell] * (turn * cell as f64).cos()));
            waves.extend((0..CELLS).map(|cell| taper[cell] * (turn * cell as f64).sin()));
        }
        Concentration {
            cells,
            known,
            taper,
            waves,
        }
    }

    /// Part of the power in the band that lies near the strongest frequency, over the seconds that end `since` the stretch's start.
    pub(super) fn at(&self, since: f64) -> f64 {
        let end = ((since * CELL_RATE + 1e-9) as usize).min(self.cells.len());
        let certain = if end > 0 { self.known[end - 1] } else { 0 };
        let first = end as isize - CELLS as isize;
        let cell = |index: usize| {
            let at = first + index as isize;
            match usize::try_from(at) {
                Ok(at) if at < certain => self.cells[at],
                _ => f64::NAN,
            }
        };
        let mut window: [f64; CELLS] = std::array::from_fn(cell);
        let (mut count, mut weight, mut sum, mut largest) = (0, 0.0, 0.0, 0.0_f64);
        for (value, taper) in window.iter().zip(&self.taper) {
            if !value.is_nan() {
                count += 1;
                weight += taper;
                sum += taper * value;
                largest = largest.max(value.abs());
            }
        }
        if (count as f64) < LEAST_SHARE * CELLS as f64 {
            return f64::NAN;
        }
        let mean = sum / weight;
        for value in &mut window {
            *value = if value.is_nan() { 0.0 } else { *value - mean };
        }
        let power: Vec<f64> = self
            .waves
            .chunks_exact(2 * CELLS)
            .map(|waves| {
                let (cosine, sine) = waves.split_at(CELLS);
                dot(cosine, &window).powi(2) + dot(sine, &window).powi(2)
            })
            .collect();
        let total: f64 = power.iter().sum();
        if total.sqrt() <= ROUNDING * largest * weight {
            return f64::NAN;
        }
        let strongest = (0..power.len())
            .max_by(|&a, &b| power[a].total_cmp(&power[b]))
            .unwrap_or(0);
        let near = strongest.saturating_sub(NEAR)..(strongest + NEAR + 1).min(power.len());
        power[near].iter().sum::<f64>() / total
    }
}

/// In eight sums, which processors take at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}
