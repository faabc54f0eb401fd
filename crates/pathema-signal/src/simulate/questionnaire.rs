//! What a simulated person answers: `SX_quest.csv` and `SX_readme.txt`, laid out as WESAD's.

use std::fmt::Write;

use super::person::Person;
use super::random::{Purpose, Random};
use super::schedule::{Interval, Schedule};
use crate::Label;

/// Fields of a row of the questionnaire file, its key among them.
const FIELDS: usize = 27;

/// For each PANAS item in WESAD's order, whether it names a good feeling. After stress `Angry` and
/// `Irritated` are asked before the last item, `Sad`.
const PANAS: [bool; 24] = [
    true, false, true, true, false, true, false, false, false, true, true, false, true, false,
    true, false, true, true, false, false, false, false, true, false,
];

/// For each of the six STAI items (at ease, nervous, jittery, relaxed, worried, pleasant), whether agreeing
/// means calm.
const STAI: [bool; 6] = [true, false, false, true, false, true];

/// Self-reports of one session.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    /// One row a condition, in the order of the file: PANAS, STAI, and the pair of manikins.
    conditions: Vec<Condition>,
    /// Short Stress State Questionnaire, after the stress task only.
    sssq: [u8; 6],
    readme: String,
}

#[derive(Clone, Debug)]
struct Condition {
    panas: Vec<u8>,
    stai: [u8; 6],
    /// Valence and arousal, 1 to 9.
    manikins: [u8; 2],
}

impl Answers {
    pub(super) fn new(seed: u64, index: usize, schedule: &Schedule, person: &Person) -> Answers {
        let random = &mut Random::new(seed, index, Purpose::Questionnaire);
        // People feel stress more alike than their bodies show it.
        let felt = random.normal(0.8, 0.25).clamp(0.1, 1.3) * (0.7 + 0.3 * person.effects.mean());
        let mood = random.normal(0.0, 0.15);
        let conditions = schedule
            .intervals
            .iter()
            .filter(|interval| is_condition(interval))
            .map(|interval| {
                let (tension, joy) = match interval.label {
                    Label::Stress => (felt, 0.15),
                    Label::Amusement => (0.05, 0.5),
                    Label::Meditation => (0.0, 0.25),
                    _ => (0.12, 0.3),
                };
                condition(random, interval.label, tension, joy + mood)
            })
            .collect();
        Answers {
            conditions,
            sssq: std::array::from_fn(|_| scale(random, 0.35 + 0.5 * felt, 1, 5)),
            readme: readme(random),
        }
    }

    /// The questionnaire file: rows of 27 fields between semicolons, lines that end in CR LF.
    pub(super) fn file(&self, subject: &str, intervals: &[Interval]) -> String {
        // The conditions first, then the reading blocks, each in the order of time.
        let (conditions, reading): (Vec<_>, Vec<_>) =
            intervals.iter().partition(|i| is_condition(i));
        let listed: Vec<&Interval> = conditions.into_iter().chain(reading).collect();
        let mut text = String::new();
        let mut row = |key: &str, values: Vec<String>| {
            let padding = FIELDS - 1 - values.len();
            let fields = [&[key.to_owned()], &values[..]].concat().join(";");
            text.push_str(&fields);
            text.push_str(&";".repeat(padding));
            text.push_str("\r\n");
        };
        let numbers = |values: &[u8]| values.iter().map(u8::to_string).collect::<Vec<_>>();
        row("# Subj", vec![subject.to_owned()]);
        row(
            "# ORDER",
            listed.iter().map(|i| i.name.to_owned()).collect(),
        );
        row("# START", listed.iter().map(|i| clock(i.start)).collect());
        row("# END", listed.iter().map(|i| clock(i.end)).collect());
        row("", vec![]);
        for condition in &self.conditions {
            row("# PANAS", numbers(&condition.panas));
        }
        row("", vec![]);
        for condition in &self.conditions {
            row("# STAI", numbers(&condition.stai));
        }
        row("", vec![]);
        for condition in &self.conditions {
            row("# DIM", numbers(&condition.manikins));
        }
        row("", vec![]);
        row("# SSSQ", numbers(&self.sssq));
        text
    }

    /// The readme file.
    pub(super) fn readme(&self) -> &str {
        &self.readme
    }
}

fn is_condition(interval: &Interval) -> bool {
    !matches!(interval.label, Label::Ignored(_))
}

fn condition(random: &mut Random, label: Label, tension: f64, joy: f64) -> Condition {
    let mut panas: Vec<u8> = PANAS
        .iter()
        .map(|&good| scale(random, if good { 0.2 + joy } else { 0.8 * tension }, 1, 5))
        .collect();
    if label == Label::Stress {
        for _ in 0..2 {
            panas.insert(PANAS.len() - 1, scale(random, 0.5 * tension, 1, 5));
        }
    }
    let stai = STAI.map(|calm| {
        let agreement = if calm {
            0.85 - 0.7 * tension
        } else {
            0.05 + 0.7 * tension
        };
        scale(random, agreement, 1, 4)
    });
    let valence = 0.6 + 0.4 * joy - 0.45 * tension;
    let arousal = 0.15 + 0.6 * tension + 0.15 * joy;
    Condition {
        panas,
        stai,
        manikins: [valence, arousal].map(|mean| scale(random, mean, 1, 9)),
    }
}

/// An answer on a scale from `low` to `high`, around `mean` (0 is the low end, 1 the high end).
fn scale(random: &mut Random, mean: f64, low: u8, high: u8) -> u8 {
    let span = f64::from(high - low);
    let answer = f64::from(low) + span * random.normal(mean, 0.15);
    answer.round().clamp(f64::from(low), f64::from(high)) as u8
}

/// Seconds as WESAD writes them: minutes, a point, two digits of seconds without trailing zeros.
pub(super) fn clock(seconds: f64) -> String {
    let seconds = seconds as u64;
    let text = format!("{}.{:02}", seconds / 60, seconds % 60);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn readme(random: &mut Random) -> String {
    let male = random.chance(0.8);
    let height = random.normal(if male { 179.0 } else { 167.0 }, 6.0).round();
    let weight = (random.normal(23.0, 2.2).clamp(18.0, 30.0) * (height / 100.0).powi(2)).round();
    let mut yes = |probability| {
        if random.chance(probability) {
            "YES"
        } else {
            "NO"
        }
    };
    let coffee = yes(0.3);
    let answers = [
        ("Did you drink coffee today", coffee),
        ("Did you drink coffee within the last hour", "NO"),
        ("Did you do any sports today", yes(0.12)),
        ("Are you a smoker", yes(0.07)),
        ("Did you smoke within the last hour", "NO"),
        ("Do you feel ill today", yes(0.05)),
    ];
    let age = random.normal(27.5, 2.4).clamp(20.0, 45.0).round();
    let mut text = String::from("### Personal information ###\r\n");
    let gender = if male { "male" } else { "female" };
    let hand = if random.chance(0.92) { "right" } else { "left" };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "Age: {age}\r\nHeight (cm): {height}\r\nWeight (kg): {weight}\r\nGender: {gender}\r\n\
         Dominant hand: {hand}\r\n\r\n### Study pre-requisites ###\r\n"
    );
    for (question, answer) in answers {
        let _ = write!(text, "{question}? {answer}\r\n");
    }
    text.push_str("\r\n### Additional notes ###\r\n");
    text.push_str("This person and all signals are simulated.\r\n");
    text
}
