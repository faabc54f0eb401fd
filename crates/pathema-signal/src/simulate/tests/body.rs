//! Schedules, people and beats, without rendering a signal.

use proptest::prelude::*;

use super::super::person::Person;
use super::super::schedule::{Schedule, TRIM, subject};
use super::super::session::Body;
use super::{config, full};
use crate::{Label, LabelRun};

#[track_caller]
fn check_schedule(schedule: &Schedule, labels: &[u8]) {
    let listed: Vec<u8> = schedule.intervals.iter().map(|i| i.label.code()).collect();
    assert_eq!(listed, labels);
    assert_eq!(
        schedule.stress_first,
        labels.iter().find(|&&l| l == 2 || l == 3) == Some(&2)
    );
    let mut now = 0.0;
    for interval in &schedule.intervals {
        assert!(
            interval.start >= now + 15.0,
            "{interval:?} starts too early"
        );
        assert!(
            interval.end > interval.start + 60.0,
            "{interval:?} is too short"
        );
        assert_eq!((interval.start.fract(), interval.end.fract()), (0.0, 0.0));
        now = interval.end;
    }
    // The labels are the intervals without 10 s at each end, and transient fills the rest.
    let runs = schedule.label_runs();
    let (inside, between): (Vec<&LabelRun>, Vec<&LabelRun>) =
        runs.iter().partition(|run| run.label != Label::Transient);
    for (run, interval) in inside.iter().zip(&schedule.intervals) {
        assert_eq!(run.label, interval.label);
        assert_eq!(
            (run.start, run.end),
            (interval.start + TRIM, interval.end - TRIM)
        );
    }
    assert_eq!(
        (inside.len(), between.len()),
        (labels.len(), labels.len() + 1)
    );
    assert_eq!(
        (runs[0].start, runs[runs.len() - 1].end),
        (0.0, schedule.duration)
    );
    assert!(runs.windows(2).all(|pair| pair[0].end == pair[1].start));
}

proptest! {
    #[test]
    fn schedules_are_whole(seed: u64, index in 0usize..999) {
        let short = Schedule::new(&config(seed), index);
        let long = Schedule::new(&full(seed), index);
        prop_assert_eq!(short.stress_first, long.stress_first);
        if short.stress_first {
            check_schedule(&short, &[1, 2, 4, 3, 4]);
            check_schedule(&long, &[1, 5, 2, 6, 4, 3, 7, 4]);
        } else {
            check_schedule(&short, &[1, 3, 4, 2, 4]);
            check_schedule(&long, &[1, 5, 3, 7, 4, 2, 6, 4]);
        }
        prop_assert!((840.0..1080.0).contains(&short.duration));
        prop_assert!((4200.0..7200.0).contains(&long.duration));
    }

    #[test]
    fn half_of_the_first_six_are_stressed_first(seed: u64) {
        let first = (0..6).filter(|&k| Schedule::new(&config(seed), k).stress_first);
        prop_assert_eq!(first.count(), 3);
    }

    #[test]
    fn beats_are_physiologic(seed: u64) {
        let body = Body::new(&config(seed), 3);
        let intervals: Vec<f64> = body.beats.windows(2).map(|b| b[1] - b[0]).collect();
        for &interval in &intervals {
            prop_assert!((0.28..2.2).contains(&interval), "{interval} s between beats");
        }
        prop_assert!(body.beats[0] < 0.0 && body.beats[body.beats.len() - 1] > body.schedule.duration);
    }
}

#[test]
fn subjects_are_named_as_in_wesad() {
    let names: Vec<String> = (0..17).map(subject).collect();
    let official = "S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S13 S14 S15 S16 S17 S18 S19";
    assert_eq!(names.join(" "), official);
}

/// Mean heart rate of a condition, from the beats.
fn heart_rate(body: &Body, label: Label) -> f64 {
    let runs = body.schedule.label_runs();
    let run = runs.iter().find(|run| run.label == label).unwrap();
    let inside = |t: &&f64| (run.start..run.end).contains(*t);
    60.0 * body.beats.iter().filter(inside).count() as f64 / run.duration()
}

#[test]
fn stress_raises_the_heart_rate_of_most_but_not_of_all() {
    let rises: Vec<f64> = (0..40)
        .map(|index| {
            let body = Body::new(&config(1), index);
            heart_rate(&body, Label::Stress) - heart_rate(&body, Label::Baseline)
        })
        .collect();
    let risen = rises.iter().filter(|&&rise| rise > 0.0).count();
    assert!((26..40).contains(&risen), "{risen} of 40: {rises:?}");
    assert!(rises.iter().any(|&rise| rise > 12.0), "{rises:?}");
}

#[test]
fn responses_of_the_skin_come_more_often_in_stress() {
    let (mut stress, mut baseline) = (0.0, 0.0);
    for index in 0..40 {
        let body = Body::new(&config(2), index);
        for run in body.schedule.label_runs() {
            let inside = |t: &&f64| (run.start..run.end).contains(*t);
            let rate = body.responses.onsets.iter().filter(inside).count() as f64 / run.duration();
            match run.label {
                Label::Stress => stress += rate,
                Label::Baseline => baseline += rate,
                _ => {}
            }
        }
    }
    assert!(stress > 1.5 * baseline, "{stress} against {baseline}");
}

#[test]
fn each_effect_fails_in_about_one_person_of_six() {
    let people: Vec<_> = (0..600).map(|k| Person::new(5, k).effects).collect();
    let failing = |gain: &dyn Fn(&super::super::StressEffects) -> f64| {
        people.iter().filter(|person| gain(person) < 0.3).count() as f64 / people.len() as f64
    };
    for share in [
        failing(&|e| e.heart),
        failing(&|e| e.skin),
        failing(&|e| e.vessels),
        failing(&|e| e.temperature),
        failing(&|e| e.breathing),
        failing(&|e| e.muscle),
    ] {
        assert!((0.11..0.21).contains(&share), "{share}");
    }
    // Independent: both fail in about one of 36.
    let both = failing(&|e| e.heart.max(e.skin));
    assert!((0.008..0.06).contains(&both), "{both}");
}
