//! Beats of a simulated session, chest and wrist, against its ground truth.

use pathema_physio::{Beat, pulse_peaks, r_peaks};
use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::{Modality, Placement};

use crate::score::Score;

fn score(reference: &[f64], beats: &[Beat], tolerance: f64) -> Score {
    let found: Vec<f64> = beats.iter().map(|beat| beat.time).collect();
    Score::new(reference, &found, tolerance)
}

#[test]
fn finds_the_beats_of_a_simulated_session() {
    for index in 0..2 {
        let session = simulate::session(&SimulationConfig::default(), index);
        let channel = |placement, modality| session.recording.channel(placement, modality).unwrap();

        let ecg = channel(Placement::Chest, Modality::Ecg);
        let beats = r_peaks(&ecg.all(), ecg.rate().unwrap()).unwrap();
        let chest = score(&session.truth.r_peaks, &beats, 0.05);
        eprintln!("{} chest: {chest:?}", session.subject);
        assert!(chest.sensitivity() > 0.995, "{chest:?}");
        assert!(chest.predictivity() > 0.995, "{chest:?}");
        assert!(
            chest.offset.abs() < 0.003 && chest.jitter < 0.005,
            "{chest:?}"
        );

        let bvp = channel(Placement::Wrist, Modality::Bvp);
        let beats = pulse_peaks(&bvp.all(), bvp.rate().unwrap()).unwrap();
        let wrist = score(&session.truth.pulse_peaks, &beats, 0.15);
        eprintln!("{} wrist: {wrist:?}", session.subject);
        // Movement hides some pulses and invents others.
        assert!(wrist.sensitivity() > 0.85, "{wrist:?}");
        assert!(wrist.predictivity() > 0.85, "{wrist:?}");
    }
}
