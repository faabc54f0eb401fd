//! The body of somebody who drives, as the devices saw it.

use super::course::Course;
use super::layout::{E4, Layout};
use super::{AFTER, LEADS};
use crate::simulate::SimulateError;
use crate::simulate::breath::Breath;
use crate::simulate::person::Person;
use crate::simulate::random::{Purpose, Random};
use crate::simulate::schedule::{Interval, Schedule};
use crate::simulate::session::Body;
use crate::simulate::state::State;
use crate::simulate::{cardiac, electrodermal, motion, wrist};
use crate::{Channel, Label, Modality};

/// Samples a second of the E4's channels.
const RATES: [(Modality, u32); 4] = [
    (Modality::Acc, 32),
    (Modality::Bvp, 64),
    (Modality::Eda, 4),
    (Modality::Temp, 4),
];

/// Writes what was recorded of one drive.
pub(super) fn write(
    layout: &Layout,
    seed: u64,
    drive: u32,
    driver: u32,
    course: &Course,
) -> Result<(), SimulateError> {
    let person = || Person::new(seed, driver as usize);
    // Two places in the streams of numbers for each drive: the body's, whose left wrist it is, and the right wrist's.
    let index = 2 * drive as usize;
    let left = body(seed, [index, index], person(), course);
    let right = body(seed, [index, index + 1], person(), course);
    let recorded: Vec<_> = [&left, &right].map(wrist::channels).into();
    layout.put_wrists(drive, course.seconds, &mut |side, begins, after, length| {
        let (channels, peaks, _) = &recorded[side];
        let [acc, bvp, eda, temp] =
            RATES.map(|(modality, rate)| piece(channels, modality, rate, after, length));
        let (from, to) = (f64::from(after), f64::from(after + length));
        let within = peaks.iter().filter(|&&peak| (from..to).contains(&peak));
        let whole = E4 {
            acc,
            bvp,
            eda,
            temp,
            beats: within.map(|peak| peak - from).collect(),
        };
        whole.files(begins)
    })?;

    let random = &mut Random::new(seed, drive as usize, Purpose::Road);
    let [wrists, chest, rating] = LEADS.map(f64::from);
    let rows = (0..course.driven() + LEADS[1] + AFTER[1]).map(|second| {
        let time = f64::from(second) + wrists - chest;
        let Body { person, state, .. } = &left;
        // The mean over ten seconds, as the device shows it.
        let near = |beat: &&f64| (time - 5.0..time + 5.0).contains(*beat);
        let heart = 6.0 * left.beats.iter().filter(near).count() as f64;
        let breath = person.breath.rate
            * 60.0
            * (1.0 + person.breath.stress * state.drive(person.effects.breathing, time));
        let breath = breath.max(4.0) + 0.5 * random.gauss();
        let moved = 0.3 * left.chest_motion.envelope.at(time);
        [heart, breath, -8.0, 0.03 + moved]
    });
    layout.put_chest(drive, rows)?;
    let ratings = (0..(course.driven() + LEADS[2]) * 4)
        .map(|sample| course.rating(f64::from(sample) / 4.0 + wrists - rating));
    layout.put_ratings(drive, ratings)
}

/// The body, with one wrist: the heart and the glands are the same at both, skin and movements their own.
fn body(seed: u64, [index, own]: [usize; 2], person: Person, course: &Course) -> Body {
    let duration = f64::from(course.seconds);
    let state = State::driving(seed, index, &person, duration, |time| course.drive(time));
    let breath = Breath::new(seed, index, &person, &state, duration);
    let beats = cardiac::beats(seed, index, &person, &state, &breath, duration);
    let responses = electrodermal::responses(seed, index, &person, &state, duration);
    let (wrist_tonic, chest_tonic) = electrodermal::tonic(seed, own, &person, &state, duration);
    let schedule = schedule(course);
    let (wrist_motion, chest_motion) = motion::motions(seed, own, &person, &schedule, &state);
    Body {
        seed,
        index: own,
        person,
        schedule,
        state,
        breath,
        beats,
        responses,
        wrist_tonic,
        chest_tonic,
        wrist_motion,
        chest_motion,
    }
}

/// At rest one sits still as in a baseline; who drives moves as between two conditions.
fn schedule(course: &Course) -> Schedule {
    let mut now = f64::from(LEADS[0]);
    let mut intervals = Vec::new();
    for (part, seconds) in &course.parts {
        let end = now + f64::from(*seconds);
        if *part == "Rest" {
            intervals.push(Interval {
                name: part,
                label: Label::Baseline,
                start: now,
                end,
            });
        }
        now = end;
    }
    Schedule {
        stress_first: false,
        intervals,
        duration: f64::from(course.seconds),
    }
}

/// Stored numbers of one channel over `length` seconds.
fn piece(channels: &[Channel], modality: Modality, rate: u32, after: u32, length: u32) -> Vec<f64> {
    let channel = channels.iter().find(|channel| channel.modality == modality);
    channel.map_or_else(Vec::new, |channel| {
        let all = channel.len();
        let [first, end] = [after, after + length]
            .map(|second| ((second * rate) as usize).min(all) * channel.axes);
        (first..end).map(|at| channel.samples.get(at)).collect()
    })
}
