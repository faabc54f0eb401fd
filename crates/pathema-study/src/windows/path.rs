use pathema_experiments::config::Interpolation;
use pathema_path::{ControlPath, Ends, Gaps, Observations, PathError, Scheme};

use crate::models::{Drive, PathSpec, StepMethod};

/// A window of a minute is this long on the time channel, so that the field works at unit scale.
const SPAN: f64 = 4.0;

/// The control path of a window, step by step, of observations as they were measured.
///
/// Every channel of a path is an affine function of its observations, so a fold's standardisation is applied to what stands here
/// ([`crate::windows::Scale`]): paths are fitted once, whoever learns from them.
///
/// A step has, at each node of the method, what moves there: time, the count of observations, each data channel, its
/// integral, and the integral of 1 from its first observation to its last, by which a shift of the channel moves the integral.
#[derive(Clone, Debug, PartialEq)]
pub struct Controls {
    /// [steps × nodes × (2 + 3 · channels)].
    pub moves: Vec<f32>,
    /// Words of length two of each step's log-signature over time, count and data, `[steps × (2 + channels)²]`; empty unless asked for.
    pub areas: Vec<f32>,
    /// Value of each data channel where the path begins; NaN where it was never observed.
    pub start: Vec<f32>,
    /// Steps.
    pub steps: usize,
    /// Nodes of a step.
    pub nodes: usize,
    /// Data channels.
    pub channels: usize,
}

/// What decides how a path is fitted and cut into steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// The spline.
    pub interpolation: Interpolation,
    /// What is kept of each step.
    pub drive: Drive,
    /// Seconds of a step.
    pub step: f64,
    /// Whose nodes.
    pub method: StepMethod,
    /// Seconds of a grid that observations are resampled to first; 0 for none.
    pub grid: f64,
}

impl Cut {
    /// As a network's path is to be cut.
    pub fn of(path: &PathSpec) -> Cut {
        Cut {
            interpolation: path.interpolation,
            drive: path.drive,
            step: path.step,
            method: path.method,
            grid: path.grid,
        }
    }

    /// Where in a step controls are taken; one place where they are its increments.
    pub fn nodes(&self) -> &'static [f64] {
        match (self.drive, self.method) {
            (Drive::Slopes, method) => method.nodes(),
            _ => &[0.0],
        }
    }
}

impl Controls {
    /// The path through a window's observations, of `length` seconds with about `rate` observations a second.
    ///
    /// Before a channel's first observation and after its last the path stands still; nothing is filled in.
    ///
    /// # Errors
    /// [`PathError`] if the observations make no path.
    pub fn new(
        observed: &Observations,
        length: f64,
        rate: f64,
        cut: &Cut,
    ) -> Result<Controls, PathError> {
        let channels = observed.channels();
        let width = 2 + 3 * channels;
        let scheme = match cut.interpolation {
            Interpolation::Linear => Scheme::Linear,
            Interpolation::Hermite => Scheme::Hermite(Gaps::FitAcross),
            Interpolation::Natural => Scheme::NaturalCubic(Ends::Free),
        };
        let lifted = lifted(observed, length, rate)?;
        let path = ControlPath::fit(scheme, &lifted.0)?;
        let steps = (length / cut.step).round().max(1.0) as usize;
        let step = length / steps as f64;
        let nodes = cut.nodes();
        let mut moves = Vec::with_capacity(steps * nodes.len() * width);
        let mut areas = Vec::new();
        let (mut before, mut after) = (vec![0.0; width], vec![0.0; width]);
        path.value(0.0, &mut before);
        let mut start: Vec<f32> = before[2..2 + channels].iter().map(|&x| x as f32).collect();
        for (start, seen) in start.iter_mut().zip(&lifted.1) {
            if !seen {
                *start = f32::NAN;
            }
        }
        for k in 0..steps {
            let from = k as f64 * step;
            match cut.drive {
                Drive::Slopes => {
                    for node in nodes {
                        path.derivative(from + node * step, &mut after);
                        moves.extend(after.iter().map(|slope| (slope * step) as f32));
                    }
                }
                Drive::Increments | Drive::Areas => {
                    path.value(from + step, &mut after);
                    moves.extend(
                        after
                            .iter()
                            .zip(&before)
                            .map(|(to, from)| (to - from) as f32),
                    );
                    if cut.drive == Drive::Areas {
                        areas.extend(areas_of(&path, (from, from + step), 2 + channels));
                    }
                    std::mem::swap(&mut before, &mut after);
                }
            }
        }
        Ok(Controls {
            moves,
            areas,
            start,
            steps,
            nodes: nodes.len(),
            channels,
        })
    }
}

/// Lévy areas of the first `width` channels between two times, ½ ∫ (xᵢ dxⱼ − xⱼ dxᵢ), of the lines between the path's knots: the words of
/// length two of the log-signature.
fn areas_of(path: &ControlPath, (from, to): (f64, f64), width: usize) -> Vec<f32> {
    let knots = path.knots();
    let inner = knots
        .iter()
        .copied()
        .filter(|&knot| knot > from && knot < to)
        .chain([to]);
    let mut all = vec![0.0; path.channels()];
    path.value(from, &mut all);
    let origin = all[..width].to_vec();
    let mut last = vec![0.0; width];
    let mut areas = vec![0.0; width * width];
    for knot in inner {
        path.value(knot, &mut all);
        let next: Vec<f64> = all
            .iter()
            .zip(&origin)
            .map(|(x, origin)| x - origin)
            .collect();
        for i in 0..width {
            for j in i + 1..width {
                let area = 0.5 * (last[i] * next[j] - last[j] * next[i]);
                areas[i * width + j] += area;
                areas[j * width + i] -= area;
            }
        }
        last.copy_from_slice(&next[..width]);
    }
    areas.into_iter().map(|area| area as f32).collect()
}

/// The observations with all channels of the path, and which data channels were observed at all.
fn lifted(
    observed: &Observations,
    length: f64,
    rate: f64,
) -> Result<(Observations, Vec<bool>), PathError> {
    let own = observed.channels();
    let unit = SPAN / length;
    let per_count = SPAN / (length * rate);
    let mut count = 0.0;
    let mut integrals = vec![None::<Integral>; own];
    let mut times = Vec::with_capacity(observed.len() + 2);
    let mut values = Vec::with_capacity((observed.len() + 2) * (2 + 3 * own));
    // Time and count are known at both ends of the window; the data is not.
    let bare = |time: f64, count: f64, times: &mut Vec<f64>, values: &mut Vec<f64>| {
        times.push(time);
        values.extend([time * unit, count]);
        values.extend(std::iter::repeat_n(f64::NAN, 3 * own));
    };
    if observed.times().first().is_none_or(|&first| first > 0.0) {
        bare(0.0, 0.0, &mut times, &mut values);
    }
    for (&time, row) in observed.times().iter().zip(observed.rows()) {
        // The count has a knot where it grows only: a row of other channels would make a stair of it.
        let counts = row.first().is_some_and(|value| !value.is_nan());
        if counts {
            count += per_count;
        }
        times.push(time);
        values.extend([time * unit, if counts { count } else { f64::NAN }]);
        values.extend_from_slice(row);
        for (integral, &value) in integrals.iter_mut().zip(row) {
            if !value.is_nan() {
                integral
                    .get_or_insert(Integral::from(time, value))
                    .go_on(time, value, unit);
            }
        }
        let known = |of: fn(&Integral) -> f64| {
            let all = integrals.iter().zip(row);
            all.map(move |(integral, value)| match integral {
                Some(integral) if !value.is_nan() => of(integral),
                _ => f64::NAN,
            })
        };
        values.extend(known(|integral| integral.sum));
        values.extend(known(|integral| integral.span));
    }
    if times.last().is_none_or(|&last| last < length) {
        bare(length, count, &mut times, &mut values);
    }
    let seen = integrals.iter().map(Option::is_some).collect();
    Ok((Observations::new(times, values, 2 + 3 * own)?, seen))
}

/// ∫ x dt and ∫ dt by the trapezoidal rule from the first observation on.
#[derive(Clone, Copy)]
struct Integral {
    sum: f64,
    span: f64,
    last: (f64, f64),
}

impl Integral {
    fn from(time: f64, value: f64) -> Integral {
        Integral {
            sum: 0.0,
            span: 0.0,
            last: (time, value),
        }
    }

    fn go_on(&mut self, time: f64, value: f64, unit: f64) {
        let (before, previous) = self.last;
        let passed = (time - before) * unit;
        self.sum += 0.5 * (previous + value) * passed;
        self.span += passed;
        self.last = (time, value);
    }
}
