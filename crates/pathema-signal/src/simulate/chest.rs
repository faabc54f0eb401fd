//! The chest's sensors: RespiBAN, 700 Hz.

use super::cardiac::electrocardiogram;
use super::device;
use super::electrodermal;
use super::random::{Memory, Purpose, Random};
use super::session::Body;
use super::state::Track;
use super::temperature;
use crate::{Channel, Modality, Placement, Samples, Timing};

/// Samples per second of every chest sensor, and of the labels.
pub(super) const RATE: f64 = 700.0;
/// German mains, Hz.
const MAINS: f64 = 50.0;

/// All channels in the order of the official files, and the stretches without EDA.
pub(super) fn channels(body: &Body) -> (Vec<Channel>, Vec<[f64; 2]>) {
    let n = (body.schedule.duration * RATE) as usize;
    let (ecg, emg) = potentials(body, n);
    let (eda, lost) = eda(body, n);
    let channel = |name, modality, unit, samples| {
        Channel::new(name, modality, unit, Timing::regular(RATE), samples).worn(Placement::Chest)
    };
    let channels = vec![
        channel(
            "ACC",
            Modality::Acc,
            "g",
            Samples::F64(acceleration(body, n)),
        )
        .with_axes(3),
        channel("ECG", Modality::Ecg, "mV", Samples::F64(ecg)),
        channel("EMG", Modality::Emg, "mV", Samples::F64(emg)),
        channel("EDA", Modality::Eda, "µS", Samples::F64(eda)),
        channel("Temp", Modality::Temp, "°C", Samples::F32(skin(body, n))),
        channel(
            "Resp",
            Modality::Resp,
            "%",
            Samples::F64(respiration(body, n)),
        ),
    ];
    (channels, lost)
}

/// ECG and EMG together, because each picks up some of the other.
fn potentials(body: &Body, n: usize) -> (Vec<f64>, Vec<f64>) {
    let (person, state, breath) = (&body.person, &body.state, &body.breath);
    let motion = &body.chest_motion;
    let mut ecg = electrocardiogram(person, breath, &body.beats, RATE, n);
    let mut emg = vec![0.0; n];
    let random = &mut Random::new(body.seed, body.index, Purpose::Emg);
    let habit = &person.body;
    let mut slow = Memory::new(random, super::state::RATE, 8.0, 0.2);
    let tone = Track::new(body.schedule.duration, |t| {
        let tense = habit.tension * state.drive(person.effects.muscle, t) + slow.next(random);
        habit.tone * tense.exp().min(6.0) * (1.0 + 40.0 * motion.envelope.at(t))
    });
    let mut last = 0.0;
    for (i, (ecg, emg)) in ecg.iter().zip(&mut emg).enumerate() {
        let white = random.gauss();
        // A first difference gives the surface EMG's rise towards its middle frequencies.
        let muscle = tone.at(i as f64 / RATE) * (white - 0.6 * last);
        last = white;
        *emg = muscle + 0.015 * ecg;
    }
    let random = &mut Random::new(body.seed, body.index, Purpose::Ecg);
    let wander = wander(random, body.schedule.duration);
    let mut shake = Memory::new(random, RATE, 0.12, 1.0);
    let hum = random.uniform(0.001, 0.006);
    for (i, (ecg, emg)) in ecg.iter_mut().zip(&mut emg).enumerate() {
        let t = i as f64 / RATE;
        let mains = hum * (std::f64::consts::TAU * MAINS * t).sin();
        let artefact = 1.2 * motion.envelope.at(t) * shake.next(random);
        let base = wander.at(t) + 0.05 * breath.modulation(t);
        let noise = 0.006 * random.gauss();
        *ecg = device::respiban_potential(*ecg + base + mains + artefact + 0.5 * *emg + noise);
        *emg = device::respiban_potential(*emg + 0.3 * mains);
    }
    (ecg, emg)
}

/// Baseline wander of the ECG electrodes in mV.
fn wander(random: &mut Random, duration: f64) -> Track {
    let mut slow = Memory::new(random, super::state::RATE, 6.0, 0.04);
    Track::new(duration, |_| slow.next(random))
}

fn eda(body: &Body, n: usize) -> (Vec<f64>, Vec<[f64; 2]>) {
    let random = &mut Random::new(body.seed, body.index, Purpose::ChestEdaNoise);
    let share = body.person.skin.chest_phasic;
    let phasic = electrodermal::phasic(&body.responses, RATE, n);
    let clean = phasic
        .iter()
        .enumerate()
        .map(|(i, phasic)| body.chest_tonic.at(i as f64 / RATE) + share * phasic);
    let (mut samples, lost) =
        electrodermal::electrodes(random, clean, RATE, 0.004, &body.chest_motion);
    for value in &mut samples {
        *value = device::respiban_eda(*value);
    }
    (samples, lost)
}

fn skin(body: &Body, n: usize) -> Vec<f32> {
    let random = &mut Random::new(body.seed, body.index, Purpose::ChestTemperature);
    let (person, duration) = (&body.person, body.schedule.duration);
    let course = temperature::course(random, person, &body.state, Placement::Chest, duration);
    (0..n)
        .map(|i| device::respiban_temperature(course.at(i as f64 / RATE) + 0.008 * random.gauss()))
        .collect()
}

fn respiration(body: &Body, n: usize) -> Vec<f64> {
    let random = &mut Random::new(body.seed, body.index, Purpose::Respiration);
    let mut seat = Memory::new(random, super::state::RATE, 60.0, 1.2);
    let seat = Track::new(body.schedule.duration, |_| seat.next(random));
    let mut shake = Memory::new(random, RATE, 0.4, 1.0);
    (0..n)
        .map(|i| {
            let t = i as f64 / RATE;
            let artefact = 30.0 * body.chest_motion.envelope.at(t) * shake.next(random);
            let clean = body.breath.extension(t) + seat.at(t);
            device::respiban_respiration(clean + artefact + 0.05 * random.gauss())
        })
        .collect()
}

fn acceleration(body: &Body, n: usize) -> Vec<f64> {
    let random = &mut Random::new(body.seed, body.index, Purpose::ChestMotion);
    let mut values = body.chest_motion.acceleration(RATE, n);
    for (i, sample) in values.chunks_exact_mut(3).enumerate() {
        // Breathing tilts the belt.
        let tilt = 0.0012 * body.breath.extension(i as f64 / RATE);
        for (value, share) in sample.iter_mut().zip([0.2, 0.1, 1.0]) {
            *value = device::respiban_acceleration(*value + share * tilt + 0.0025 * random.gauss());
        }
    }
    values
}
