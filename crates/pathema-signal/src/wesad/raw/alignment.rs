use super::correlation::{Peak, Series, peak};
use super::movement::{FINE, RATIO, coarse, smooth, strength};
use crate::recording::Channel;

/// How the E4's clock stands to the RespiBAN's, and how far that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// Seconds from the RespiBAN's time 0 to the E4's, right in the middle of what both recorded: an instant t of the E4
    /// is t + `offset_s` of the RespiBAN.
    pub offset_s: f64,
    /// Millionths by which an E4's second is longer than a RespiBAN's; 0 where too few windows tell.
    pub drift_ppm: f64,
    /// The instant of the E4's clock at which the offset is right, whatever the drift.
    pub middle_s: f64,
    /// Correlation of the two movements at the best lag, at 4 Hz.
    pub peak: f64,
    /// That, over the highest correlation at another lag more than 5 s away.
    pub ratio: f64,
    /// Windows in which the two movements correlate, at lags that lie on one line with a drift that clocks can have.
    pub windows: usize,
    /// Windows in which they correlate at another lag.
    pub apart: usize,
    /// Windows that were tried.
    pub tried: usize,
    /// Seconds by which the windows' lags scatter around offset and drift (1.48 times the median).
    pub spread_s: f64,
}

impl Alignment {
    /// Whether the alignment can be trusted: a peak of 0.15 or more that is 1.5 times as high as any other, and three windows
    /// or more that agree within an E4's sample, 1/32 s.
    pub fn is_sure(&self) -> bool {
        self.peak >= 0.15 && self.ratio >= 1.5 && self.windows >= 3 && self.spread_s <= 1.0 / FINE
    }
}

/// Where to look for the offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Where it should be, in seconds.
    pub center: f64,
    /// Seconds to look on either side.
    pub window: f64,
}

/// Aligns a wrist's acceleration with a chest's by how strongly both moved; `None` where they do not overlap for a minute at
/// any lag that is searched, or one of them never moved.
///
/// ```
/// use pathema_signal::simulate::{self, SimulationConfig};
/// use pathema_signal::wesad::raw::{Search, align};
/// use pathema_signal::{Modality, Placement};
/// let recording = simulate::session(&SimulationConfig::default(), 0).recording;
/// let acc = |placement| recording.channel(placement, Modality::Acc).unwrap();
/// let search = Search { center: 20.0, window: 60.0 };
/// let alignment = align(acc(Placement::Chest), acc(Placement::Wrist), search).unwrap();
/// assert!(alignment.is_sure() && alignment.offset_s.abs() < 1.0 / 32.0);
/// ```
pub fn align(chest: &Channel, wrist: &Channel, search: Search) -> Option<Alignment> {
    // Times from the starts of the channels on; what lies between is put back at the end.
    let (chest_start, wrist_start) = (chest.start(), wrist.start());
    let center = search.center + wrist_start - chest_start;
    let chest = strength(chest, chest_start);
    let wrist = strength(wrist, wrist_start);
    let (chest_coarse, wrist_coarse) = (Series::new(coarse(&chest)), Series::new(coarse(&wrist)));
    let rate = FINE / RATIO as f64;
    let least = (LEAST_OVERLAP * rate) as usize;
    // Lags at which nothing overlaps need not be tried, however large the window.
    let low = ((center - search.window) * rate).max(-(wrist_coarse.len() as f64));
    let high = ((center + search.window) * rate).min(chest_coarse.len() as f64);
    if low > high {
        return None;
    }
    let overlap = chest_coarse.len().min(wrist_coarse.len()) as f64;
    if (high - low) * overlap > MOST_PRODUCTS {
        return None;
    }
    let lags = low.floor() as i64..=high.ceil() as i64;
    let least_here = least.max(chest_coarse.len().min(wrist_coarse.len()) / 4);
    let all = (0, wrist_coarse.len());
    let apart = (APART * rate) as i64;
    let rough = peak(&chest_coarse, &wrist_coarse, all, lags, least_here, apart)?;

    let (chest, wrist) = (
        Series::new(smooth(&chest, 1)),
        Series::new(smooth(&wrist, 1)),
    );
    let rough_lag = (rough.lag * RATIO as f64).round() as i64;
    let around = |lag: i64, reach: i64| lag - reach..=lag + reach;
    let every = (0, wrist.len());
    let fine = peak(&chest, &wrist, every, around(rough_lag, FINE as i64), 2, 0)?;
    // What both recorded, by the E4's clock.
    let first = (-fine.lag).max(0.0) as usize;
    let end = wrist
        .len()
        .min((chest.len() as f64 - fine.lag).max(0.0) as usize);
    let length = ((end.saturating_sub(first)) / WINDOWS).max((SHORTEST * FINE) as usize);
    let mut lags: Vec<(f64, f64)> = Vec::new();
    let mut tried = 0;
    let mut at = first;
    while at + length <= end {
        tried += 1;
        let near = around(fine.lag.round() as i64, NEAR);
        let found = peak(&chest, &wrist, (at, at + length), near, length / 2, 0);
        let agrees = |peak: &Peak| peak.inside && peak.height >= AGREES;
        if let Some(found) = found.filter(agrees) {
            lags.push(((at + length / 2) as f64 / FINE, found.lag / FINE));
        }
        at += length;
    }
    let middle = (first + end) as f64 / 2.0 / FINE;
    let accepted = lags.len();
    let lags = consensus(lags);
    let drift = if lags.len() >= 3 { slope(&lags) } else { 0.0 };
    let straight = |&(time, lag): &(f64, f64)| lag - drift * (time - middle);
    let offset = median(lags.iter().map(straight).collect()).unwrap_or(fine.lag / FINE);
    let scatter = lags.iter().map(|window| (straight(window) - offset).abs());
    Some(Alignment {
        offset_s: offset + chest_start - wrist_start,
        drift_ppm: drift * 1e6,
        middle_s: middle + wrist_start,
        peak: rough.height,
        ratio: rough.height / rough.second.max(0.01),
        windows: lags.len(),
        apart: accepted - lags.len(),
        tried,
        spread_s: 1.4826 * median(scatter.collect()).unwrap_or(f64::INFINITY),
    })
}

/// Products of the search for the lag: some seconds' work, and enough for any lag of two sessions of ten hours.
const MOST_PRODUCTS: f64 = 4e10;

/// Seconds that must overlap.
const LEAST_OVERLAP: f64 = 60.0;

/// Seconds between two peaks that are not one.
const APART: f64 = 5.0;

/// Windows over a session, unless they would be shorter than `SHORTEST` seconds.
const WINDOWS: usize = 16;
const SHORTEST: f64 = 60.0;

/// Fine samples around the offset in which a window's own lag is looked for.
const NEAR: i64 = 16;

/// Correlation from which on a window's lag counts.
const AGREES: f64 = 0.3;

/// The windows on the line that most of them lie on; a single movement may fit a wrong lag better than the right one.
fn consensus(lags: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let on = |line: (f64, f64), window: &(f64, f64)| {
        (window.1 - line.0 - line.1 * window.0).abs() <= 1.0 / FINE
    };
    let level = lags.iter().map(|window| (window.1, 0.0));
    let through = lags.iter().enumerate().flat_map(|(index, a)| {
        let later = lags[index + 1..].iter();
        later.map(move |b| {
            let slope = (b.1 - a.1) / (b.0 - a.0);
            (a.1 - slope * a.0, slope)
        })
    });
    let possible = through.filter(|line| line.1.abs() <= MOST_DRIFT);
    let lines = level.chain(possible);
    let best = lines.max_by_key(|&line| lags.iter().filter(|window| on(line, window)).count());
    let kept = |window: &(f64, f64)| best.is_some_and(|line| on(line, window));
    lags.iter().copied().filter(kept).collect()
}

/// Quartz clocks drift less.
const MOST_DRIFT: f64 = 200e-6;

/// The median of the slopes of all pairs.
fn slope(points: &[(f64, f64)]) -> f64 {
    let pairs = points.iter().enumerate().flat_map(|(index, a)| {
        let later = points[index + 1..].iter();
        later.map(move |b| (b.1 - a.1) / (b.0 - a.0))
    });
    median(pairs.collect()).unwrap_or(0.0)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}
