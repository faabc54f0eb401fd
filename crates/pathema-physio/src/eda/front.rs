//! The Newton system H + AᵀDA factored in the order of time.
//!
//! Unknowns are eliminated as soon as no later row meets them: q two samples after its own, a spline coefficient after the
//! last sample that it reaches, the drift at the end. At any time eight unknowns are then open, q's last two, four
//! coefficients and the drift's two, and the factor takes nine numbers a sample, however many knots there are.

use crate::eda::model::Model;
use crate::eda::point::Point;

/// Open unknowns.
const OPEN: usize = 8;

type Column = [f64; OPEN];

/// LDLᵀ of the system, and room for the right-hand side.
#[derive(Debug)]
pub(crate) struct Front {
    /// Of each q, 1/D and what its elimination does to the open unknowns. Two empty samples lead.
    states: Vec<(f64, Column)>,
    /// The same for the coefficient that each block but the last closes.
    coefficients: Vec<(f64, Column)>,
    /// The same for what is open at the end.
    last: [(f64, Column); OPEN],
    /// q, with two empty samples before and after.
    padded: Vec<f64>,
}

impl Front {
    pub(crate) fn new(model: &Model) -> Front {
        let empty = (0.0, [0.0; OPEN]);
        Front {
            states: vec![empty; model.len() + 2],
            coefficients: vec![empty; model.blocks().saturating_sub(1)],
            last: [empty; OPEN],
            padded: vec![0.0; model.len() + 4],
        }
    }

    /// Factors (M B C)ᵀ(M B C) + γI on l + AᵀDA, the rows of missing samples left out.
    pub(crate) fn factor(&mut self, model: &Model, weights: &[f64]) {
        let n = model.len();
        let [a0, a1, a2] = model.ar;
        let blocks = model.blocks();
        let mut open = [[0.0; OPEN]; OPEN];
        // The two samples before the first.
        open[0][0] = 1.0;
        open[1][1] = 1.0;
        for k in 0..4 {
            open[2 + k][2 + k] = coefficient_diagonal(model, k);
        }
        let mut drift = [0.0; 2];
        for block in 0..blocks {
            let start = block * model.spacing;
            for (offset, row) in model.block_rows(block).enumerate() {
                let index = start + offset;
                if index >= n {
                    break;
                }
                // Whether the row has an entry for its own q, for the one before and for the one before that.
                let [own, younger, older] =
                    [0, 1, 2].map(|lag| f64::from(u8::from(index >= model.first && index >= lag)));
                // How the new q meets the open unknowns and itself.
                let mut new = [0.0; OPEN];
                let mut diagonal = 0.0;
                if model.present[index] {
                    let slope = model.slope(index);
                    drift[0] += 1.0;
                    drift[1] += slope * slope;
                    let fit = [
                        older,
                        2.0 * younger,
                        row[0],
                        row[1],
                        row[2],
                        row[3],
                        1.0,
                        slope,
                    ];
                    for (line, value) in open.iter_mut().zip(fit) {
                        for (entry, other) in line.iter_mut().zip(fit) {
                            *entry += value * other;
                        }
                    }
                    if own != 0.0 {
                        new = fit;
                        diagonal = 1.0;
                    }
                }
                let weight = own * weights[index];
                let (a1, a2) = (younger * a1, older * a2);
                open[0][0] += weight * a2 * a2;
                open[0][1] += weight * a2 * a1;
                open[1][0] += weight * a2 * a1;
                open[1][1] += weight * a1 * a1;
                new[0] += weight * a0 * a2;
                new[1] += weight * a0 * a1;
                diagonal += weight * a0 * a0;
                self.states[index] = close_state(&mut open, new, diagonal);
            }
            if block + 1 < blocks {
                self.coefficients[block] = close(&mut open, 2, 0.0);
                // The others move up, and the next block's last knot opens.
                for line in &mut open {
                    line.copy_within(3..6, 2);
                    line[5] = 0.0;
                }
                open.copy_within(3..6, 2);
                open[5] = [0.0; OPEN];
                open[5][5] = coefficient_diagonal(model, block + 4);
            }
        }
        // Two empty samples close the last two.
        for index in n..n + 2 {
            self.states[index] = close_state(&mut open, [0.0; OPEN], 1.0);
        }
        // With one sample, constant and line are the same: the second gets no step.
        let floors = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, drift[0], drift[1]];
        for (index, floor) in floors.into_iter().enumerate() {
            self.last[index] = close(&mut open, index, 1e-14 * floor);
        }
    }

    /// Solves for `side` in place.
    pub(crate) fn solve(&mut self, model: &Model, side: &mut Point) {
        let n = model.len();
        let (blocks, spacing) = (model.blocks(), model.spacing);
        let padded = &mut self.padded;
        padded[..2].fill(0.0);
        padded[2..n + 2].copy_from_slice(&side.q);
        padded[n + 2..].fill(0.0);
        let l = &mut side.l;
        let mut drift = side.d;
        for block in 0..blocks {
            let end = if block + 1 < blocks {
                (block + 1) * spacing
            } else {
                n + 2
            };
            let mut spline = [l[block], l[block + 1], l[block + 2], l[block + 3]];
            let mut index = block * spacing;
            let (mut here, mut next) = (padded[index], padded[index + 1]);
            for (_, column) in &self.states[index..end] {
                let after = padded[index + 2] - column[1] * here;
                next -= column[0] * here;
                for (value, column) in spline.iter_mut().zip(&column[2..6]) {
                    *value -= column * here;
                }
                drift[0] -= column[6] * here;
                drift[1] -= column[7] * here;
                padded[index] = here;
                (here, next) = (next, after);
                index += 1;
            }
            padded[index] = here;
            padded[index + 1] = next;
            l[block..block + 4].copy_from_slice(&spline);
            if block + 1 < blocks {
                let value = l[block];
                let (_, column) = &self.coefficients[block];
                padded[end] -= column[0] * value;
                padded[end + 1] -= column[1] * value;
                for k in 1..4 {
                    l[block + k] -= column[2 + k] * value;
                }
                drift[0] -= column[6] * value;
                drift[1] -= column[7] * value;
            }
        }

        let top = blocks - 1;
        let mut open = [0.0; OPEN];
        open[0] = padded[n + 2];
        open[1] = padded[n + 3];
        open[2..6].copy_from_slice(&l[top..top + 4]);
        open[6..].copy_from_slice(&drift);
        for (index, (_, column)) in self.last.iter().enumerate() {
            for other in index + 1..OPEN {
                open[other] -= column[other] * open[index];
            }
        }
        for (index, (inverse, column)) in self.last.iter().enumerate().rev() {
            let mut value = open[index] * inverse;
            for other in index + 1..OPEN {
                value -= column[other] * open[other];
            }
            open[index] = value;
        }
        padded[n + 2] = open[0];
        padded[n + 3] = open[1];
        l[top..top + 4].copy_from_slice(&open[2..6]);
        let drift = [open[6], open[7]];
        side.d = drift;

        for block in (0..blocks).rev() {
            let end = if block + 1 < blocks {
                let end = (block + 1) * spacing;
                let (inverse, column) = &self.coefficients[block];
                let mut value = l[block] * inverse
                    - column[0] * padded[end]
                    - column[1] * padded[end + 1]
                    - column[6] * drift[0]
                    - column[7] * drift[1];
                for k in 1..4 {
                    value -= column[2 + k] * l[block + k];
                }
                l[block] = value;
                end
            } else {
                n + 2
            };
            let spline = [l[block], l[block + 1], l[block + 2], l[block + 3]];
            let (mut next, mut after) = (padded[end], padded[end + 1]);
            for index in (block * spacing..end).rev() {
                let (inverse, column) = &self.states[index];
                // What comes from afar first: the chain from sample to sample stays short.
                let far = column[2] * spline[0]
                    + column[3] * spline[1]
                    + column[4] * spline[2]
                    + column[5] * spline[3]
                    + column[6] * drift[0]
                    + column[7] * drift[1];
                let value = padded[index] * inverse - far - column[1] * after - column[0] * next;
                padded[index] = value;
                (after, next) = (next, value);
            }
        }
        side.q.copy_from_slice(&padded[2..n + 2]);
    }
}

/// What stands on the diagonal of a coefficient before any sample: γ, or 1 for one that belongs to no knot.
fn coefficient_diagonal(model: &Model, index: usize) -> f64 {
    if model.is_knot(index) {
        model.gamma
    } else {
        1.0
    }
}

/// Eliminates the older q, and takes in a new one, which meets the open unknowns in `new` and itself in `diagonal`.
#[inline]
fn close_state(open: &mut [Column; OPEN], new: Column, diagonal: f64) -> (f64, Column) {
    let pivot = open[0][0];
    let inverse = if pivot > 0.0 { pivot.recip() } else { 0.0 };
    // What the older q meets, in the order in which the unknowns will stand: the newer q, the new one, the others.
    let mut met = open[0];
    met[0] = open[0][1];
    met[1] = new[0];
    let column = met.map(|entry| entry * inverse);
    let younger = open[1];
    open[0] = younger;
    open[0][0] = younger[1];
    open[0][1] = new[1];
    open[1] = new;
    open[1][0] = new[1];
    open[1][1] = diagonal;
    for (index, line) in open.iter_mut().enumerate().skip(2) {
        line[0] = younger[index];
        line[1] = new[index];
    }
    for (line, value) in open.iter_mut().zip(met) {
        for (entry, column) in line.iter_mut().zip(column) {
            *entry -= value * column;
        }
    }
    (inverse, column)
}

/// Eliminates one open unknown where it stands; one whose pivot is not above `floor` gets no step.
fn close(open: &mut [Column; OPEN], at: usize, floor: f64) -> (f64, Column) {
    let pivot = open[at][at];
    let inverse = if pivot > floor { pivot.recip() } else { 0.0 };
    let mut met = open[at];
    met[at] = 0.0;
    let column = met.map(|entry| entry * inverse);
    for (line, value) in open.iter_mut().zip(met) {
        for (entry, column) in line.iter_mut().zip(column) {
            *entry -= value * column;
        }
        line[at] = 0.0;
    }
    open[at] = [0.0; OPEN];
    (inverse, column)
}
