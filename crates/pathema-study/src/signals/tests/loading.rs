use pathema_experiments::config::{DataConfig, PlacementChoice};
use pathema_experiments::data;
use pathema_signal::simulate::{self, SimulationConfig};

use super::{GROUPS, observed};
use crate::signals::{ChannelOptions, Degradation, LoadSettings, SignalsError, load};

#[test]
fn a_data_set_is_loaded_alike_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = SimulationConfig {
        subjects: 2,
        ..SimulationConfig::default()
    };
    simulate::write(folder.path(), &simulated, &mut |_, _, _| {}).unwrap();
    let mut settings = LoadSettings::of(folder.path());
    settings.options = ChannelOptions {
        derived: false,
        ..ChannelOptions::default()
    };
    settings.degradations = vec![Degradation::bursts(0.5)];
    let mut told = Vec::new();
    let both = load(&settings, |name, done, of| {
        told.push((name.to_owned(), done, of))
    })
    .unwrap();
    assert_eq!(told, [("S2".to_owned(), 1, 2), ("S3".to_owned(), 2, 2)]);
    assert!(both.simulated);
    settings.threads = 1;
    let one = load(&settings, |_, _, _| {}).unwrap();
    // NaN is not equal to itself, but it is printed alike.
    assert_eq!(
        format!("{:?}", one.subjects),
        format!("{:?}", both.subjects)
    );
    assert_eq!(both.subjects[1].sha256.len(), 64);

    // Plain channels are those of the recogniser.
    let config = DataConfig {
        path: folder.path().display().to_string(),
        subjects: vec!["S2".to_owned()],
        placement: PlacementChoice::Auto,
        modalities: GROUPS.to_vec(),
    };
    let theirs = &data::load(&config, |_, _, _| {}).unwrap().sessions[0];
    let ours = &both.sessions(0)[0];
    assert_eq!(
        (&ours.labels, ours.duration),
        (&theirs.labels, theirs.duration)
    );
    for name in ["log interval", "log amplitude"] {
        assert_eq!(
            observed(&ours.tracks[0], name),
            observed(&theirs.tracks[0], name)
        );
    }
    for name in ["log EDA", "TEMP"] {
        assert_eq!(
            observed(&ours.tracks[1], name),
            observed(&theirs.tracks[1], name)
        );
    }
    for name in ["mean x", "mean y", "mean z"] {
        let (ours, theirs) = (
            observed(&ours.tracks[2], name),
            observed(&theirs.tracks[2], name),
        );
        assert_eq!(ours.len(), theirs.len());
        assert!(
            ours.iter()
                .zip(&theirs)
                .all(|(a, b)| (a.1 - b.1).abs() < 1e-9)
        );
    }
    // Half is gone of the other version.
    let left = observed(&both.sessions(1)[0].tracks[1], "log EDA").len();
    let all = observed(&ours.tracks[1], "log EDA").len();
    assert!(
        (left as f64 / all as f64 - 0.5).abs() < 0.03,
        "{left} of {all}"
    );

    settings.subjects = vec!["S99".to_owned()];
    let error = load(&settings, |_, _, _| {}).unwrap_err();
    assert!(matches!(error, SignalsError::UnknownSubject { .. }));
    assert!(
        error
            .to_string()
            .ends_with("has no subject S99: it has S2, S3"),
        "{error}"
    );
}
