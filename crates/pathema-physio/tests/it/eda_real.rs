//! Skin conductance with known parts, simulated, and of real wrists.

use std::io::{self, Write};
use std::path::PathBuf;

use pathema_physio::eda::{CvxEda, Dialect, ScrSettings, responses};
use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::wesad::Archive;
use pathema_signal::{Modality, Placement};

#[test]
fn finds_the_parts_of_a_simulated_wrist() {
    for index in 0..2 {
        let session = simulate::session(&SimulationConfig::default(), index);
        let truth = &session.truth;
        let channel = session
            .recording
            .channel(Placement::Wrist, Modality::Eda)
            .unwrap();
        let rate = channel.rate().unwrap();
        let mut eda = channel.all().into_owned();
        for [from, to] in &truth.eda_lost {
            // A second more at either side: the electrodes do not let go at once.
            let from = ((from - 1.0).max(0.0) * rate) as usize;
            let to = (((to + 1.0) * rate) as usize).min(eda.len());
            eda[from..to].fill(f64::NAN);
        }
        for dialect in [Dialect::AllRows, Dialect::WithoutFirstTwo] {
            let settings = CvxEda {
                dialect,
                ..CvxEda::default()
            };
            let parts = settings.decompose(&eda, rate).unwrap();
            for stretch in &parts.stretches {
                assert!(stretch.kkt.unwrap().worst() < 1e-8);
            }
            let at = |values: &[f64], index: usize| {
                values[((index as f64 / rate * truth.eda_rate) as usize).min(values.len() - 1)]
            };
            let pairs = |ours: &[f64], theirs: &[f64]| -> Vec<(f64, f64)> {
                (0..eda.len())
                    .filter(|&index| ours[index].is_finite())
                    .map(|index| (ours[index], at(theirs, index)))
                    .collect()
            };
            let tonic = correlation(&pairs(&parts.tonic, &truth.tonic));
            let phasic = correlation(&pairs(&parts.phasic, &truth.phasic));
            eprintln!(
                "{} {dialect:?}: tonic r {tonic:.3}, phasic r {phasic:.3}",
                session.subject
            );
            assert!(tonic > 0.98, "{tonic}");
            assert!(phasic > 0.85, "{phasic}");
        }
    }
}

#[test]
fn real_wrists_have_their_optimum() {
    let Ok(data) = std::env::var("PATHEMA_DATA") else {
        // Past the capture of test output: what was not tested must be seen.
        let _ = writeln!(io::stderr(), "skipped: PATHEMA_DATA is not set");
        return;
    };
    let archive = Archive::open(&PathBuf::from(data).join("WESAD-wrist.zip")).unwrap();
    let recording = archive.read("S2").unwrap().recording;
    let channel = recording.channel(Placement::Wrist, Modality::Eda).unwrap();
    let rate = channel.rate().unwrap();
    // Five minutes.
    let eda = &channel.all()[..(300.0 * rate) as usize];
    for dialect in [Dialect::AllRows, Dialect::WithoutFirstTwo] {
        let settings = CvxEda {
            dialect,
            ..CvxEda::default()
        };
        let parts = settings.decompose(eda, rate).unwrap();
        let kkt = parts.stretches[0].kkt.unwrap();
        let found = responses(&parts.phasic, rate, &ScrSettings::default()).unwrap();
        eprintln!("S2 {dialect:?}: {kkt:?}, {} responses", found.len());
        assert!(kkt.worst() < 1e-8, "{kkt:?}");
        assert!(
            found
                .iter()
                .all(|scr| scr.amplitude >= 0.01 && scr.rise_time > 0.0)
        );
    }
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let mean_a = pairs.iter().map(|pair| pair.0).sum::<f64>() / n;
    let mean_b = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt()
}
