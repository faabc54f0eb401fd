//! Classes that others made of the ratings and of the road.

use crate::recording::{Annotation, Channel};

/// How a rating or a part of the road becomes a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classes {
    /// By the rating: 0 below 0.4, 1 below 0.75, 2 from there on.
    Three,
    /// By the rating: 1 from 0.75 on.
    Two,
    /// By the part of the road: 0 at rest, 1 in the city and on the highway; what is neither has none.
    Road,
}

/// A maximal stretch of one class, `[start, end)` in seconds since the start of the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassRun {
    /// The class, from 0.
    pub class: usize,
    /// Its first instant.
    pub start: f64,
    /// The instant after its last.
    pub end: f64,
}

impl Classes {
    /// The class of a rating from 0 to 1; `None` for a missing one, and for [`Classes::Road`].
    ///
    /// ```
    /// use pathema_signal::affective_road::Classes;
    /// assert_eq!([0.39, 0.4, 0.75].map(|rating| Classes::Three.of_rating(rating)), [Some(0), Some(1), Some(2)]);
    /// assert_eq!(Classes::Two.of_rating(0.74), Some(0));
    /// ```
    pub fn of_rating(self, rating: f64) -> Option<usize> {
        if rating.is_nan() {
            return None;
        }
        match self {
            Classes::Three => Some(usize::from(rating >= 0.4) + usize::from(rating >= 0.75)),
            Classes::Two => Some(usize::from(rating >= 0.75)),
            Classes::Road => None,
        }
    }

    /// The class of a part of the road (`Rest`, `City1`, `Hwy.1`, …), for [`Classes::Road`].
    pub fn of_part(self, part: &str) -> Option<usize> {
        match self {
            Classes::Road if part.starts_with("Rest") => Some(0),
            Classes::Road if part.starts_with("City") || part.starts_with("Hwy") => Some(1),
            _ => None,
        }
    }

    /// The stretches of one class by the ratings of a channel; a rating holds until the next one.
    pub fn of_ratings(self, ratings: &Channel) -> Vec<ClassRun> {
        let mut runs: Vec<ClassRun> = Vec::new();
        for (range, span) in ratings.segments() {
            let step = span.duration() / range.len() as f64;
            for (index, &rating) in ratings.values(range).iter().enumerate() {
                let start = span.start + index as f64 * step;
                let end = start + step;
                let Some(class) = self.of_rating(rating) else {
                    continue;
                };
                match runs.last_mut() {
                    Some(run) if run.class == class && (start - run.end).abs() < step / 2.0 => {
                        run.end = end;
                    }
                    _ => runs.push(ClassRun { class, start, end }),
                }
            }
        }
        runs
    }

    /// The stretches of one class by the parts of the road.
    pub fn of_road(self, annotations: &[Annotation]) -> Vec<ClassRun> {
        let run = |annotation: &Annotation| {
            Some(ClassRun {
                class: self.of_part(&annotation.text)?,
                start: annotation.span.start,
                end: annotation.span.end,
            })
        };
        annotations.iter().filter_map(run).collect()
    }
}
