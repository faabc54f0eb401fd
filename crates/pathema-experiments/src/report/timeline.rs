//! Truth, what was named, and the probability of stress over sessions.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::format::{model_name, percent, score};
use super::order::natural;
use super::plot::{Axis, Frame, polyline, px};
use super::windows::{Band, Slot, bands, slots};
use super::{ReportInput, missing};
use crate::run::records::{CLASSES, ModelResults, SubjectScores};

const NO_PREDICTIONS: &str = "predictions of its windows";

/// A band narrower than this has no room for its name.
const ROOM_FOR_A_NAME: f64 = 64.0;

pub(super) fn median_subject(input: &ReportInput) -> Markup {
    let chosen = input
        .recogniser()
        .and_then(|model| Some((model, median(&model.three_class.per_subject)?)));
    let Some((model, subject)) = chosen else {
        return missing(NO_PREDICTIONS);
    };
    let windows = slots(input.predictions, &model.model, &subject.subject);
    if windows.is_empty() {
        return missing(NO_PREDICTIONS);
    }
    let clock = slots(input.predictions, "clock", &subject.subject);
    let subjects = model.three_class.per_subject.iter();
    let known = subjects.filter(|s| has_accuracy(s)).count();
    html! {
        p {
            "Subject " b { (subject.subject) } ", held out. Chosen because the accuracy with three states, "
            (score(subject.scores.accuracy)) ", is the median of all subjects"
            @if known.is_multiple_of(2) { " (the lower of the two in the middle)" }
            ", not because the picture is good."
        }
        (class_legend())
        div.wide { (session(&windows, &clock, &model.model, &subject.subject)) }
        p.caption {
            "Shaded: the true state. Line: the probability of stress by the output for stress or not"
            @if !clock.is_empty() { "; dashed: the clock's" }
            ". Lower strips: the true state, and the one named of three; marks under them are windows named wrong. "
            "Windows overlap and meet in the middle of what they share; between states nothing was recognised."
        }
    }
}

pub(super) fn all_subjects(input: &ReportInput) -> Markup {
    let Some(model) = input.recogniser() else {
        return missing(NO_PREDICTIONS);
    };
    let mut subjects: Vec<(&str, Vec<Slot>)> = model
        .binary
        .per_subject
        .iter()
        .map(|s| {
            let name = s.subject.as_str();
            (name, slots(input.predictions, &model.model, name))
        })
        .filter(|(_, windows)| !windows.is_empty())
        .collect();
    if subjects.is_empty() {
        return missing(NO_PREDICTIONS);
    }
    subjects.sort_by(|a, b| natural(a.0, b.0));
    // One scale for all, so that sessions can be compared by eye.
    let end = subjects
        .iter()
        .map(|(_, windows)| minutes(end_of(windows)))
        .fold(0.0, f64::max);
    html! {
        (class_legend())
        div.small-multiples {
            @for (subject, windows) in &subjects { (small(model, subject, windows, end)) }
        }
        p.caption {
            "Upper strip: the true state. Lower strip: the one named of three. Line: the probability of stress, "
            "from 0 to 1. Under each plot: minutes since the recording began."
        }
    }
}

fn class_legend() -> Markup {
    html! {
        p.legends {
            @for (class, name) in CLASSES.iter().enumerate() {
                span.legend { i class={ "key " (class_colour(class)) } {} (name) } " "
            }
        }
    }
}

/// The subject whose accuracy is the median; the lower median of an even number.
fn median(subjects: &[SubjectScores]) -> Option<&SubjectScores> {
    let mut known: Vec<&SubjectScores> = subjects.iter().filter(|s| has_accuracy(s)).collect();
    known.sort_by(|a, b| {
        let by_accuracy = a.scores.accuracy.partial_cmp(&b.scores.accuracy);
        by_accuracy
            .unwrap_or(Ordering::Equal)
            .then_with(|| natural(&a.subject, &b.subject))
    });
    known.get(known.len().checked_sub(1)? / 2).copied()
}

fn has_accuracy(subject: &SubjectScores) -> bool {
    subject.scores.accuracy.is_some_and(f64::is_finite)
}

fn session(windows: &[Slot], clock: &[Slot], model: &str, subject: &str) -> Markup {
    let end = minutes(end_of(windows));
    let x = Axis::new((0.0, end), (58.0, 990.0));
    let y = Axis::new((0.0, 1.0), (210.0, 30.0));
    let truth = bands(windows, |slot| slot.prediction.truth);
    let frame = Frame {
        x,
        y,
        x_ticks: Vec::new(),
        y_ticks: y.ticks(4),
        x_label: "",
        y_label: "",
    };
    html! {
        svg.session viewBox="0 0 1000 324" role="img"
            aria-label={ "Session of " (subject) ": true state, state named, probability of stress" } {
            g.shading { (strip(&truth, &x, 30.0, 180.0)) }
            (frame.axes())
            text.name x=(px(x.range().0)) y="12" { "probability of stress" }
            @for &(from, to, class) in &truth {
                @let (left, right) = (x.at(minutes(from)), x.at(minutes(to)));
                @if right - left >= ROOM_FOR_A_NAME {
                    text.state x=(px((left + right) / 2.0)) y="25" text-anchor="middle" { (class_name(class)) }
                }
            }
            @if !clock.is_empty() {
                path.stress.clock d=(stress_line(clock, &x, &y)) { title { "Clock" } }
            }
            path.stress d=(stress_line(windows, &x, &y)) { title { (model_name(model)) } }
            @for slot in windows { (dot(slot, &x, &y)) }
            text x="50" y="234" dy="0.35em" text-anchor="end" { "truth" }
            (strip(&truth, &x, 226.0, 16.0))
            text x="50" y="254" dy="0.35em" text-anchor="end" { "named" }
            (strip(&bands(windows, Slot::named), &x, 246.0, 16.0))
            g.wrong {
                @for &(from, to, wrong) in &bands(windows, |slot| usize::from(slot.named() != slot.prediction.truth)) {
                    @if wrong == 1 {
                        @let left = x.at(minutes(from));
                        rect x=(px(left)) y="265" height="4" width=(px(x.at(minutes(to)) - left)) {}
                    }
                }
            }
            (time_axis(&x, 274.0, 10))
            text.name x=(px((x.range().0 + x.range().1) / 2.0)) y="310" text-anchor="middle" {
                "minutes since the recording began"
            }
        }
    }
}

fn dot(slot: &Slot, x: &Axis, y: &Axis) -> Markup {
    let p = slot.prediction.p_stress_binary;
    if !p.is_finite() {
        return html! {};
    }
    html! {
        circle.window cx=(px(x.at(minutes(slot.middle())))) cy=(px(y.at(p))) r="2.2" {
            title {
                (format!("{:.1} min", minutes(slot.middle()))) ": " (class_name(slot.prediction.truth))
                ", named " (class_name(slot.named())) ", probability of stress " (percent(p))
            }
        }
    }
}

fn small(model: &ModelResults, subject: &str, windows: &[Slot], end: f64) -> Markup {
    let x = Axis::new((0.0, end), (6.0, 312.0));
    let y = Axis::new((0.0, 1.0), (80.0, 34.0));
    let truth = bands(windows, |slot| slot.prediction.truth);
    let accuracy = |subjects: &[SubjectScores]| {
        let found = subjects.iter().find(|s| s.subject == subject);
        score(found.and_then(|s| s.scores.accuracy))
    };
    html! {
        figure {
            figcaption {
                b { (subject) } " "
                span.sd {
                    "stress or not " (accuracy(&model.binary.per_subject))
                    " · which state " (accuracy(&model.three_class.per_subject))
                }
            }
            svg viewBox="0 0 320 102" role="img"
                aria-label={ "Session of " (subject) ": true state, state named, probability of stress" } {
                (strip(&truth, &x, 2.0, 10.0))
                (strip(&bands(windows, Slot::named), &x, 15.0, 10.0))
                g.shading { (strip(&truth, &x, 34.0, 46.0)) }
                path.stress d=(stress_line(windows, &x, &y)) {}
                (time_axis(&x, 82.0, 5))
            }
        }
    }
}

fn strip(bands: &[Band], x: &Axis, top: f64, height: f64) -> Markup {
    html! {
        g.band {
            @for &(from, to, class) in bands {
                @let left = x.at(minutes(from));
                rect.(class_colour(class)) x=(px(left)) y=(px(top)) height=(px(height))
                    width=(px(x.at(minutes(to)) - left)) {
                    title { (class_name(class)) }
                }
            }
        }
    }
}

fn stress_line(windows: &[Slot], x: &Axis, y: &Axis) -> String {
    let mut points = Vec::with_capacity(windows.len());
    for slot in windows {
        if !slot.follows {
            points.push(None);
        }
        let p = slot.prediction.p_stress_binary;
        points.push(Some((x.at(minutes(slot.middle())), y.at(p))));
    }
    polyline(points)
}

fn time_axis(x: &Axis, top: f64, about: u32) -> Markup {
    let (left, right) = x.range();
    html! {
        g.axes {
            line.rule x1=(px(left)) x2=(px(right)) y1=(px(top)) y2=(px(top)) {}
            @for (value, text) in x.ticks(about) {
                @let at = px(x.at(value));
                line.tick x1=(at) x2=(at) y1=(px(top)) y2=(px(top + 4.0)) {}
                text x=(at) y=(px(top + 16.0)) text-anchor="middle" { (text) }
            }
        }
    }
}

fn class_name(class: usize) -> &'static str {
    CLASSES.get(class).copied().unwrap_or("no class")
}

/// The CSS class that gives a state its colour.
fn class_colour(class: usize) -> &'static str {
    match class {
        0 => "baseline",
        1 => "stress-state",
        2 => "amusement",
        _ => "no-state",
    }
}

fn minutes(seconds: f64) -> f64 {
    seconds / 60.0
}

fn end_of(windows: &[Slot]) -> f64 {
    windows.iter().map(|slot| slot.to).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::scores;

    fn subject(name: &str, accuracy: Option<f64>) -> SubjectScores {
        let mut scores = scores::<3>(&[], &[]);
        scores.accuracy = accuracy;
        SubjectScores {
            subject: name.into(),
            scores,
        }
    }

    #[track_caller]
    fn check(subjects: &[(&str, Option<f64>)], expected: Option<&str>) {
        let subjects: Vec<SubjectScores> = subjects.iter().map(|s| subject(s.0, s.1)).collect();
        assert_eq!(median(&subjects).map(|s| s.subject.as_str()), expected);
    }

    #[test]
    fn the_median_subject_is_shown() {
        check(&[], None);
        check(&[("S2", None)], None);
        check(&[("S2", Some(0.9))], Some("S2"));
        check(
            &[("S2", Some(0.9)), ("S3", Some(0.7)), ("S4", Some(0.8))],
            Some("S4"),
        );
        check(
            &[("S2", Some(0.9)), ("S3", Some(0.7)), ("S4", None)],
            Some("S3"),
        );
        check(
            &[("S10", Some(0.8)), ("S9", Some(0.8)), ("S2", Some(0.9))],
            Some("S10"),
        );
    }
}
