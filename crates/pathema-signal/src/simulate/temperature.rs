//! Skin temperature.

use super::person::Person;
use super::random::{Memory, Random};
use super::state::{RATE, State, Track};
use crate::Placement;

/// The course in °C at one place: what wearing the sensor does, slow drift, and a fall under stress, when
/// the vessels of the hands narrow.
pub(super) fn course(
    random: &mut Random,
    person: &Person,
    state: &State,
    placement: Placement,
    duration: f64,
) -> Track {
    let warmth = &person.warmth;
    let (base, wear, fall) = match placement {
        Placement::Wrist => (warmth.wrist, warmth.wear, warmth.stress),
        _ => (warmth.chest, 0.5 * warmth.wear, 0.1 * warmth.stress),
    };
    let mut drift = Memory::new(random, RATE, 300.0, 0.15);
    let goal = |t| fall * state.slow_drive(person.effects.temperature, t);
    let mut cooling = goal(0.0);
    Track::new(duration, |t| {
        cooling += (goal(t) - cooling) / (RATE * 60.0);
        base + wear * (1.0 - (-t / warmth.wear_time).exp()) + drift.next(random) - cooling
    })
}
