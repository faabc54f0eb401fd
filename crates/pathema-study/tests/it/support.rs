//! Simulated sessions small enough for a test: made-up series, no body.

use pathema_experiments::config::{ModalityGroup, WindowConfig};
use pathema_experiments::data::Track;
use pathema_signal::{Label, LabelRun, Placement};
use pathema_study::models::NetSpec;
use pathema_study::run::Data;
use pathema_study::signals::{ChannelOptions, Loaded, Subject, channel_names};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) const GROUPS: [ModalityGroup; 3] =
    [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc];

/// Twenty minutes of a person: the first channel of each modality is higher under stress, lower when amused.
pub(crate) fn subject(who: usize, stress_first: bool) -> Subject {
    let mut rng = ChaCha8Rng::seed_from_u64(who as u64);
    let (a, b) = if stress_first {
        (Label::Stress, Label::Amusement)
    } else {
        (Label::Amusement, Label::Stress)
    };
    let run = |label, start, end| LabelRun { label, start, end };
    let labels = vec![
        run(Label::Baseline, 200.0, 500.0),
        run(a, 500.0, 760.0),
        run(Label::Meditation, 760.0, 900.0),
        run(b, 900.0, 1160.0),
    ];
    let level = |time: f64| {
        let of = labels
            .iter()
            .find(|run| run.start <= time && time < run.end);
        match of.map(|run| run.label) {
            Some(Label::Stress) => 1.0,
            Some(Label::Amusement) => -1.0,
            _ => 0.0,
        }
    };
    let own = rng.random::<f64>();
    let tracks = GROUPS.map(|group| {
        let names = channel_names(group, Placement::Wrist, ChannelOptions::default());
        let (mut times, mut values) = (Vec::new(), Vec::new());
        let mut time = 0.0;
        while time < 1200.0 {
            times.push(time);
            for channel in 0..names.len() {
                let noise = rng.random::<f64>() - 0.5;
                values.push(if channel == 0 {
                    own + level(time) + noise
                } else {
                    noise
                });
            }
            time += 0.5 + rng.random::<f64>();
        }
        Track::new(times, values, names)
    });
    Subject {
        subject: format!("S{}", who + 2),
        versions: vec![tracks.into()],
        features: Vec::new(),
        labels,
        duration: 1200.0,
        sha256: String::new(),
        findings: Vec::new(),
    }
}

pub(crate) fn windows() -> WindowConfig {
    WindowConfig {
        train_shift: 10.0,
        ..WindowConfig::default()
    }
}

pub(crate) fn data(subjects: Vec<Subject>) -> Data {
    let loaded = Loaded {
        subjects,
        simulated: true,
        placement: Placement::Wrist,
    };
    Data::new(loaded, &GROUPS, Vec::new(), &windows()).unwrap()
}

/// Six people, of whom every other one was stressed first.
pub(crate) fn six() -> Data {
    data((0..6).map(|who| subject(who, who % 2 == 0)).collect())
}

/// A network that is fitted in a moment.
pub(crate) fn small() -> NetSpec {
    let mut spec = NetSpec {
        hidden: 6,
        width: 8,
        d_model: 4,
        head_width: 8,
        ..NetSpec::default()
    };
    spec.path.step = 6.0;
    spec.train.epochs = 6;
    spec.train.steps = 5;
    spec.train.batch = 24;
    spec.train.learning_rate = 0.02;
    spec
}
