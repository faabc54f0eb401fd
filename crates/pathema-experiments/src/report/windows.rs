//! One model's windows of one subject, laid out in time.

use crate::metrics::named;
use crate::run::records::Prediction;

/// A window's place in a strip: its share of the time that it and its neighbours overlap in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot<'a> {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) prediction: &'a Prediction,
    /// Whether the window before reaches into this one or touches it.
    pub(super) follows: bool,
}

impl Slot<'_> {
    /// The middle of the window.
    pub(super) fn middle(&self) -> f64 {
        self.prediction.start + self.prediction.length / 2.0
    }

    /// The class named in the 3-class task.
    pub(super) fn named(&self) -> usize {
        named(&self.prediction.three_class())
    }
}

/// Lays out the windows of `model` and `subject` by time. Overlapping neighbours meet in the middle of what they share,
/// so that every window is seen once. Windows whose time is not finite are left out.
pub(super) fn slots<'a>(
    predictions: &'a [Prediction],
    model: &str,
    subject: &str,
) -> Vec<Slot<'a>> {
    let mut windows: Vec<&Prediction> = predictions
        .iter()
        .filter(|p| p.model == model && p.subject == subject)
        .filter(|p| p.start.is_finite() && (p.start + p.length).is_finite() && p.length > 0.0)
        .collect();
    windows.sort_by(|a, b| a.start.total_cmp(&b.start));
    let end = |p: &Prediction| p.start + p.length;
    let mut slots: Vec<Slot> = Vec::with_capacity(windows.len());
    for window in windows {
        let mut from = window.start;
        let mut follows = false;
        if let Some(before) = slots.last_mut()
            && window.start <= end(before.prediction)
        {
            from = (window.start + end(before.prediction)) / 2.0;
            before.to = from.max(before.from);
            from = before.to;
            follows = true;
        }
        slots.push(Slot {
            from,
            to: end(window).max(from),
            prediction: window,
            follows,
        });
    }
    slots
}

/// A stretch of one class: (from, to, class).
pub(super) type Band = (f64, f64, usize);

/// Joins neighbouring slots of the same class.
pub(super) fn bands<'a>(slots: &[Slot<'a>], class: impl Fn(&Slot<'a>) -> usize) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for slot in slots {
        let class = class(slot);
        match bands.last_mut() {
            Some((_, to, last)) if slot.follows && *last == class => *to = slot.to,
            _ => bands.push((slot.from, slot.to, class)),
        }
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: f64, truth: usize) -> Prediction {
        Prediction {
            model: "neural-cde".into(),
            subject: "S2".into(),
            start,
            length: 60.0,
            truth,
            p_baseline: 0.2,
            p_stress: 0.5,
            p_amusement: 0.3,
            p_stress_binary: 0.6,
        }
    }

    #[test]
    fn overlapping_windows_share_their_time() {
        let predictions = [
            window(30.0, 0),
            window(0.0, 0),
            window(300.0, 1),
            window(f64::NAN, 2),
        ];
        let slots = slots(&predictions, "neural-cde", "S2");
        let times: Vec<(f64, f64, bool)> =
            slots.iter().map(|s| (s.from, s.to, s.follows)).collect();
        assert_eq!(
            times,
            [
                (0.0, 45.0, false),
                (45.0, 90.0, true),
                (300.0, 360.0, false)
            ]
        );
        assert_eq!(
            bands(&slots, |slot| slot.prediction.truth),
            [(0.0, 90.0, 0), (300.0, 360.0, 1)]
        );
        assert_eq!(bands(&slots, Slot::named).len(), 2);
        assert_eq!(slots[0].middle(), 30.0);
    }

    #[test]
    fn states_that_touch_stay_apart() {
        let predictions = [window(0.0, 0), window(60.0, 1)];
        let slots = slots(&predictions, "neural-cde", "S2");
        assert_eq!(
            bands(&slots, |slot| slot.prediction.truth),
            [(0.0, 60.0, 0), (60.0, 120.0, 1)]
        );
    }
}
