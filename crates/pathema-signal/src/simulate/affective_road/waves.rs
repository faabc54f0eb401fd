//! Six minutes of plain waves, whose levels the stress sets.

use std::f64::consts::TAU;

use super::layout::{E4, Files, Layout};
use super::{AFTER, LEADS};
use crate::simulate::SimulateError;
use crate::simulate::random::Random;

/// The parts of the road in the order of the columns, their seconds, and the stress that they mean.
const PARTS: [(&str, u32, f64); 9] = [
    ("Rest", 60, 0.1),
    ("Z", 20, 0.3),
    ("City1", 50, 0.85),
    ("Hwy", 40, 0.55),
    ("City2", 50, 0.8),
    ("City2.1", 40, 0.85),
    ("Hwy.1", 40, 0.5),
    ("City1.1", 50, 0.9),
    ("Z.1", 20, 0.3),
];

/// The parts and their seconds.
pub(super) fn parts() -> Vec<(&'static str, u32)> {
    PARTS.map(|(part, seconds, _)| (part, seconds)).to_vec()
}

/// The stress at a time since the first part.
fn stress(time: f64) -> f64 {
    let mut left = time;
    for (_, seconds, stress) in PARTS {
        left -= f64::from(seconds);
        if left < 0.0 {
            return stress;
        }
    }
    0.2
}

pub(super) fn write(layout: &Layout, drive: u32, random: &mut Random) -> Result<(), SimulateError> {
    let driven: u32 = PARTS.iter().map(|part| part.1).sum();
    let seconds = driven + LEADS[0] + AFTER[0];
    layout.put_wrists(drive, seconds, &mut |_, begins, after, length| {
        wrist(random, begins, after, length)
    })?;
    let [_, chest, rating] = LEADS.map(f64::from);
    let rows = (0..driven + LEADS[1] + AFTER[1]).map(|second| {
        let stress = stress(f64::from(second) - chest);
        let heart = 65.0 + 25.0 * stress + random.gauss();
        let breath = 12.0 + 6.0 * stress + 0.5 * random.gauss();
        [heart, breath, -8.0, 0.05 + 0.1 * stress]
    });
    layout.put_chest(drive, rows)?;
    let ratings = (0..(driven + LEADS[2]) * 4)
        .map(|sample| stress(f64::from(sample) / 4.0 - rating) + 0.01 * random.gauss());
    layout.put_ratings(drive, ratings)
}

/// The files of one E4 from `after` seconds on.
fn wrist(random: &mut Random, begins: u64, after: u32, seconds: u32) -> Files {
    let at = |sample: u32, rate: u32| {
        let time = f64::from(after) + f64::from(sample) / f64::from(rate);
        (time, stress(time - f64::from(LEADS[0])))
    };
    let mut acc = Vec::new();
    for sample in 0..seconds * 32 {
        let (_, stress) = at(sample, 32);
        acc.extend([-48.0, -12.0, 36.0].map(|rest| rest + (4.0 * stress * random.gauss()).round()));
    }
    let mut column = |rate: u32, value: &mut dyn FnMut(f64, f64) -> f64| -> Vec<f64> {
        let sample = |sample| {
            let (time, stress) = at(sample, rate);
            let noise = 0.01 * random.gauss();
            value(time, stress) + noise
        };
        (0..seconds * rate).map(sample).collect()
    };
    let mut phase = 0.0;
    let bvp = column(64, &mut |_, stress| {
        phase += (1.1 + 0.4 * stress) / 64.0;
        40.0 * (TAU * phase).sin()
    });
    let eda = column(4, &mut |time, stress| {
        0.5 + 2.0 * stress + 0.1 * (time / 7.0).sin()
    });
    let temp = column(4, &mut |_, stress| 33.0 - 0.8 * stress);
    let whole = E4 {
        acc,
        bvp,
        eda,
        temp,
        beats: (0..seconds).map(f64::from).collect(),
    };
    whole.files(begins)
}
