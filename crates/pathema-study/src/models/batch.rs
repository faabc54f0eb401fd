use pathema_kernel::Drive as KernelDrive;

use super::{Drive, NetSpec};
use crate::windows::{Form, Prepared, Scale, View};

/// One modality of a batch of windows, as an encoder takes it.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Control paths.
    Paths(Moves),
    /// Cells of a grid.
    Grid(Grid),
}

/// Control paths of a batch, step by step.
#[derive(Clone, Debug)]
pub struct Moves {
    /// Standardised values where the paths begin, [batch × data channels].
    pub start: Vec<f32>,
    /// [batch × steps × nodes × width].
    pub moves: Vec<f32>,
    /// Steps.
    pub steps: usize,
    /// Nodes of a step that controls are kept at: one where they are increments.
    pub nodes: usize,
    /// Channels of the path; with areas, their words of length two too.
    pub width: usize,
    /// Whether there are areas.
    pub areas: bool,
}

/// Cells of a batch, [batch · cells × channels] each, sample by sample.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Resampled, gaps filled by the training mean.
    pub filled: Vec<f32>,
    /// Observed means, 0 where there are none.
    pub observed: Vec<f32>,
    /// 1 where there is one, 0 where not.
    pub mask: Vec<f32>,
    /// What was observed last, before the cell; 0 before the first.
    pub last: Vec<f32>,
    /// Minutes since then.
    pub since: Vec<f32>,
    /// Data channels.
    pub channels: usize,
    /// Cells.
    pub cells: usize,
}

impl KernelDrive<f32> for Moves {
    fn steps(&self) -> usize {
        self.steps
    }

    fn has_areas(&self) -> bool {
        self.areas
    }

    fn fill(&self, sample: usize, step: usize, nodes: &[f64], controls: &mut [f32]) {
        let own = (sample * self.steps + step) * self.nodes * self.width;
        for (node, controls) in controls
            .chunks_exact_mut(self.width)
            .take(nodes.len())
            .enumerate()
        {
            let node = if self.nodes == 1 { 0 } else { node };
            controls.copy_from_slice(&self.moves[own + node * self.width..][..self.width]);
        }
    }
}

impl Seen {
    /// Windows of a batch, standardised, each through its own view.
    pub fn new(spec: &NetSpec, scale: &Scale, windows: &[(&Prepared, View)]) -> Seen {
        match windows.first().map(|(window, _)| &window.form) {
            Some(Form::Cells(first)) => {
                Seen::Grid(Grid::new(scale, windows, first.channels, first.cells))
            }
            Some(Form::Controls(first)) => {
                let (mut start, mut moves) = (Vec::new(), Vec::new());
                for (window, view) in windows {
                    start.extend(scale.controls(window, view, &spec.path, &mut moves));
                }
                Seen::Paths(Moves {
                    width: moves.len() / (windows.len() * first.steps * first.nodes),
                    start,
                    moves,
                    steps: first.steps,
                    nodes: first.nodes,
                    areas: spec.path.drive == Drive::Areas,
                })
            }
            None => unreachable!("a batch has windows"),
        }
    }
}

impl Seen {
    /// Blends each window with another of the batch, by its place: `share` of itself, the rest of the other.
    pub fn mix(&mut self, others: &[usize], share: f32) {
        let mix = |values: &mut Vec<f32>| {
            let each = values.len() / others.len().max(1);
            let before = values.clone();
            for (own, &other) in values.chunks_exact_mut(each.max(1)).zip(others) {
                for (own, other) in own.iter_mut().zip(&before[other * each..]) {
                    *own = share * *own + (1.0 - share) * other;
                }
            }
        };
        match self {
            Seen::Paths(paths) => {
                mix(&mut paths.start);
                mix(&mut paths.moves);
            }
            Seen::Grid(grid) => {
                let all = [
                    &mut grid.filled,
                    &mut grid.observed,
                    &mut grid.mask,
                    &mut grid.last,
                    &mut grid.since,
                ];
                all.into_iter().for_each(mix);
            }
        }
    }
}

impl Grid {
    fn new(scale: &Scale, windows: &[(&Prepared, View)], channels: usize, cells: usize) -> Grid {
        let size = windows.len() * channels * cells;
        let mut grid = Grid {
            filled: Vec::with_capacity(size),
            observed: Vec::with_capacity(size),
            mask: Vec::with_capacity(size),
            last: Vec::with_capacity(size),
            since: Vec::with_capacity(size),
            channels,
            cells,
        };
        for (window, view) in windows {
            let Form::Cells(own) = &window.form else {
                unreachable!("all windows of a batch have one form");
            };
            scale.cells(&own.resampled, view, &mut grid.filled);
            scale.cells(&own.observed, view, &mut grid.observed);
            let begin = grid.mask.len();
            let seen = own.observed.iter().enumerate();
            grid.mask.extend(seen.map(|(place, value)| {
                f32::from(u8::from(!value.is_nan() && !view.hidden[place % channels]))
            }));
            let mut last = vec![0.0; channels];
            for place in begin..begin + cells * channels {
                let channel = (place - begin) % channels;
                grid.last.push(last[channel]);
                if grid.mask[place] > 0.0 {
                    last[channel] = grid.observed[place];
                }
            }
            // Of a hidden channel nothing was observed since the window's start.
            grid.since
                .extend(own.since.iter().enumerate().map(|(place, &seconds)| {
                    let passed = (place / channels + 1) as f32 * own.length / cells as f32;
                    let hidden = view.hidden[place % channels];
                    (if hidden { passed } else { seconds }) / 60.0
                }));
        }
        grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_blended_with_others_of_the_batch() {
        let paths = Moves {
            start: vec![1.0, 2.0, 5.0, 6.0],
            moves: vec![0.0, 4.0],
            steps: 1,
            nodes: 1,
            width: 1,
            areas: false,
        };
        let mut seen = Seen::Paths(paths);
        seen.mix(&[1, 0], 0.75);
        let Seen::Paths(mixed) = seen else {
            unreachable!("it was a path")
        };
        assert_eq!(mixed.start, [2.0, 3.0, 4.0, 5.0]);
        assert_eq!(mixed.moves, [1.0, 3.0]);
    }
}
