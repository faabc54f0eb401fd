use super::breath::Breath;
use super::electrodermal::{self, Responses};
use super::motion::{self, Motion};
use super::person::Person;
use super::questionnaire::Answers;
use super::schedule::{self, Interval, Schedule};
use super::state::{State, Track};
use super::truth::Truth;
use super::{SimulationConfig, cardiac, chest, wrist};
use crate::Recording;

/// One simulated session: what the sensors stored, and what really happened.
#[derive(Clone, Debug)]
pub struct Session {
    /// WESAD's name: S2 to S11, S13 to S17, then S18 and so on.
    pub subject: String,
    /// The conditions in the order of time; the labels leave out 10 s at each end.
    pub intervals: Vec<Interval>,
    /// Chest and wrist, with labels that cover the whole recording.
    pub recording: Recording,
    /// The ground truth.
    pub truth: Truth,
    pub(super) answers: Answers,
}

/// Simulates the session of the subject `index`, counted from 0.
///
/// Depends on the seed, the protocol and `index` alone, not on `config.subjects`, and `index` may lie
/// beyond it. A short session takes about 60 MB of memory, a full one 270 MB.
///
/// ```
/// use pathema_signal::simulate::{SimulationConfig, session};
/// let one = SimulationConfig { subjects: 1, ..SimulationConfig::default() };
/// let many = SimulationConfig { subjects: 40, ..one.clone() };
/// assert_eq!(session(&one, 0).truth, session(&many, 0).truth);
/// ```
pub fn session(config: &SimulationConfig, index: usize) -> Session {
    let body = Body::new(config, index);
    let subject = schedule::subject(index);
    let (mut channels, chest_eda_lost) = chest::channels(&body);
    let (wrist_channels, pulse_peaks, eda_lost) = wrist::channels(&body);
    channels.extend(wrist_channels);
    let duration = body.schedule.duration;
    let n = (duration * wrist::EDA_RATE) as usize;
    let phasic = electrodermal::phasic(&body.responses, wrist::EDA_RATE, n);
    let share = body.person.skin.chest_phasic;
    let course = |track: &Track| track.0.iter().copied().take(n).collect();
    let truth = Truth {
        simulated: true,
        stress_first: body.schedule.stress_first,
        stress_effect: body.person.effects.mean(),
        effects: body.person.effects,
        r_peaks: within(&body.beats, duration),
        pulse_peaks,
        eda_rate: wrist::EDA_RATE,
        tonic: course(&body.wrist_tonic),
        chest_tonic: course(&body.chest_tonic),
        chest_phasic: phasic.iter().map(|value| share * value).collect(),
        phasic,
        scr_onsets: body.responses.onsets,
        scr_amplitudes: body.responses.amplitudes,
        eda_lost,
        chest_eda_lost,
    };
    Session {
        recording: Recording {
            subject: subject.clone(),
            channels,
            labels: body.schedule.label_runs(),
            ..Recording::default()
        },
        answers: Answers::new(config.seed, index, &body.schedule, &body.person),
        intervals: body.schedule.intervals,
        subject,
        truth,
    }
}

/// The instants inside the recording.
fn within(times: &[f64], duration: f64) -> Vec<f64> {
    let inside = |t: &f64| (0.0..duration).contains(t);
    times.iter().copied().filter(inside).collect()
}

/// All that happens in the body and around it, before any sensor.
pub(super) struct Body {
    pub(super) seed: u64,
    pub(super) index: usize,
    pub(super) person: Person,
    pub(super) schedule: Schedule,
    pub(super) state: State,
    pub(super) breath: Breath,
    pub(super) beats: Vec<f64>,
    pub(super) responses: Responses,
    pub(super) wrist_tonic: Track,
    pub(super) chest_tonic: Track,
    pub(super) wrist_motion: Motion,
    pub(super) chest_motion: Motion,
}

impl Body {
    pub(super) fn new(config: &SimulationConfig, index: usize) -> Body {
        let seed = config.seed;
        let person = Person::new(seed, index);
        let schedule = Schedule::new(config, index);
        let duration = schedule.duration;
        let state = State::new(seed, index, &person, &schedule);
        let breath = Breath::new(seed, index, &person, &state, duration);
        let beats = cardiac::beats(seed, index, &person, &state, &breath, duration);
        let responses = electrodermal::responses(seed, index, &person, &state, duration);
        let (wrist_tonic, chest_tonic) =
            electrodermal::tonic(seed, index, &person, &state, duration);
        let (wrist_motion, chest_motion) = motion::motions(seed, index, &person, &schedule, &state);
        Body {
            seed,
            index,
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
}
