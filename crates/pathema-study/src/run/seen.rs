//! What classifiers see of a window: its features, or its channels summed up.

use std::sync::Arc;

use pathema_experiments::baselines::SeenFeatures;
use pathema_experiments::data::{Input, Level, Sight};
use pathema_path::Observations;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Data;
use crate::fit::{causal_past, levels, place};
use crate::models::NetSpec;
use crate::records::Normalisation;

/// Where a causal past begins, as a share of what there is of it.
fn begins(input: &Input<'_>, seed: u64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((input.session_time() * 1000.0).round() as u64);
    rng.random()
}

/// Features against the wearer's own level, as far as the normalisation knows it.
pub(super) fn features(normalisation: Normalisation, seed: u64) -> SeenFeatures {
    Arc::new(move |input: &Input<'_>| {
        let features = input.features()?;
        let start = input.session_time();
        let levels = match normalisation {
            Normalisation::Population => return Some(features.to_vec()),
            Normalisation::Causal => {
                input.past_features(causal_past(start, begins(input, seed)))?
            }
            Normalisation::CausalFromStart => input.past_features(start)?,
            Normalisation::Transductive => input.features_of_session()?,
        };
        let own = features.iter().zip(&levels);
        Some(own.map(|(&value, level)| against(value, level)).collect())
    })
}

/// Mean, deviation and slope of each channel that a network would see, the mean against what it would be measured against; NaN where too
/// little was observed. What hand-made features know beside the channels they do not.
///
/// # Panics
/// If the network asks for a modality that was not loaded.
pub(crate) fn channels(data: &Data, spec: &NetSpec, seed: u64) -> SeenFeatures {
    let parts = data.store(spec).parts().to_vec();
    let spec = spec.clone();
    Arc::new(move |input: &Input<'_>| {
        let begins = begins(input, seed);
        let mut all = Vec::new();
        for part in &parts {
            let observed = input.observations(part.track).ok()?;
            let normalisation = spec.normalisation_of(part.group);
            let levels = levels(normalisation, input, part.track, begins);
            for &channel in &part.channels {
                let [mean, deviation, slope] = summary(&observed, channel);
                let mean = match &levels {
                    None => mean,
                    // Where nothing is known of the past, a network measures against the window's own mean, if there is one.
                    Some(levels) if levels[channel].count == 0.0 => 0.0 * mean,
                    Some(levels) => mean - levels[channel].mean,
                };
                all.extend([mean, deviation, slope]);
            }
        }
        Some(all)
    })
}

/// As `seen`, but for a share of windows through one of so many degraded recordings, drawn evenly: as networks are trained with gaps.
pub(super) fn through_gaps(
    seen: SeenFeatures,
    degraded: usize,
    share: f64,
    seed: u64,
) -> SeenFeatures {
    Arc::new(move |input: &Input<'_>| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(place(input));
        if rng.random::<f64>() >= share {
            return seen(input);
        }
        seen(&input.through(Sight {
            degraded: rng.random_range(1..=degraded),
            lost: None,
        }))
    })
}

fn against(value: f64, level: &Level) -> f64 {
    if level.count > 0.0 {
        value - level.mean
    } else {
        f64::NAN
    }
}

/// Mean, standard deviation, and slope per second by least squares: of at least one, two and two observations.
fn summary(observed: &Observations, channel: usize) -> [f64; 3] {
    let seen = || {
        let rows = observed.times().iter().zip(observed.rows());
        rows.map(|(&time, row)| (time, row[channel]))
            .filter(|(_, value)| !value.is_nan())
    };
    let count = seen().count() as f64;
    if count == 0.0 {
        return [f64::NAN; 3];
    }
    let (times, values) = seen().fold((0.0, 0.0), |sums, (time, value)| {
        (sums.0 + time, sums.1 + value)
    });
    let (time, mean) = (times / count, values / count);
    let (mut moved, mut spread, mut both) = (0.0, 0.0, 0.0);
    for (at, value) in seen() {
        moved += (at - time).powi(2);
        spread += (value - mean).powi(2);
        both += (at - time) * (value - mean);
    }
    if count < 2.0 {
        return [mean, f64::NAN, f64::NAN];
    }
    [mean, (spread / (count - 1.0)).sqrt(), both / moved]
}

#[cfg(test)]
mod tests {
    use pathema_experiments::data::{Degraded, Session, Track};

    use super::*;

    #[test]
    fn a_share_of_windows_is_learnt_from_through_each_degraded_recording() {
        let track = || vec![Track::new(vec![0.0], vec![1.0], &["x"])];
        let degraded = || Degraded {
            tracks: track(),
            features: None,
        };
        let session = Session {
            subject: "S2".into(),
            tracks: track(),
            degraded: vec![degraded(), degraded(), degraded()],
            features: None,
            labels: Vec::new(),
            duration: 4000.0,
        };
        let sight: SeenFeatures = Arc::new(|input| Some(vec![input.sight().degraded as f64]));
        let through = |share| through_gaps(Arc::clone(&sight), 3, share, 5);
        let counted = |seen: &SeenFeatures| {
            let mut counts = [0; 4];
            for input in session.inputs(60.0, 1.0) {
                counts[seen(&input).unwrap()[0] as usize] += 1;
            }
            counts
        };
        assert_eq!(counted(&through(0.0))[1..], [0; 3]);
        let some = counted(&through(0.6));
        let share = f64::from(some[0]) / f64::from(some.iter().sum::<i32>());
        assert!((share - 0.4).abs() < 0.03, "{some:?}");
        assert!(
            some[1..].iter().all(|&count| (700..900).contains(&count)),
            "{some:?}"
        );
        assert_eq!(counted(&through(0.6)), some);
    }

    #[test]
    fn a_channel_is_summed_up_over_what_was_observed_of_it() {
        let nan = f64::NAN;
        let values = vec![1.0, nan, nan, 7.0, 3.0, nan, 5.0, nan];
        let observed = Observations::new(vec![0.0, 1.0, 2.0, 4.0], values, 2).unwrap();
        // 1 at 0 s, 3 at 2 s, 5 at 4 s.
        assert_eq!(summary(&observed, 0), [3.0, 2.0, 1.0]);
        let [mean, deviation, slope] = summary(&observed, 1);
        assert_eq!(mean, 7.0);
        assert!(deviation.is_nan() && slope.is_nan());
        let none = Observations::new(vec![0.0], vec![nan], 1).unwrap();
        assert!(summary(&none, 0).iter().all(|value| value.is_nan()));
    }
}
