//! The real wrist recordings, where they are at hand.

use std::thread;

use pathema_signal::empatica::{Finding, Reader};
use pathema_signal::files::Tree;
use pathema_signal::wesad::{Archive, Phase, Provenance, Subject};
use pathema_signal::{Channel, Label, LabelRun, Modality, Placement, Samples};

use super::support::data;

const SUBJECTS: [&str; 15] = [
    "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S13", "S14", "S15", "S16", "S17",
];

#[test]
fn all_subjects_of_the_wrist_archive() {
    let Some(path) = data("WESAD-wrist.zip") else {
        return;
    };
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.path(), path);
    assert_eq!(archive.subjects(), SUBJECTS);
    assert_eq!(archive.provenance(), Provenance::Recorded);
    let (first, second) = SUBJECTS.split_at(8);
    thread::scope(|scope| {
        for half in [first, second] {
            let archive = &archive;
            scope.spawn(move || {
                for name in half {
                    check(name, &archive.read(name).unwrap());
                }
            });
        }
    });
}

#[track_caller]
fn check(name: &str, subject: &Subject) {
    // Labels last as the questionnaire says to the second, channels equally long, all values finite.
    assert_eq!(subject.findings, [], "{name}");
    let recording = &subject.recording;
    assert_eq!(recording.subject, name);
    assert!(!recording.has(Placement::Chest));
    let rates = [
        (Modality::Acc, 32.0, 3),
        (Modality::Bvp, 64.0, 1),
        (Modality::Eda, 4.0, 1),
        (Modality::Temp, 4.0, 1),
    ];
    assert_eq!(recording.channels.len(), rates.len());
    let end = recording.labels.last().unwrap().end;
    assert!((5200.0..7200.0).contains(&end), "{name} lasts {end} s");
    for (modality, rate, axes) in rates {
        let channel = recording.channel(Placement::Wrist, modality).unwrap();
        assert_eq!(
            (channel.rate(), channel.axes),
            (Some(rate), axes),
            "{name} {modality}"
        );
        assert!((channel.duration() - end).abs() < 0.25, "{name} {modality}");
        assert!(matches!(channel.samples, Samples::F64(_)));
    }
    let temperature = recording.channel(Placement::Wrist, Modality::Temp).unwrap();
    let values = temperature.all();
    assert!(
        values.iter().all(|value| (25.0..40.0).contains(value)),
        "{name}"
    );

    let questionnaire = subject.questionnaire.as_ref().unwrap();
    let seconds = |phase| -> f64 {
        let of_phase = questionnaire
            .conditions
            .iter()
            .filter(|condition| condition.phase == phase);
        of_phase.map(|condition| condition.duration() - 20.0).sum()
    };
    let labelled = |phase| -> f64 {
        let of_phase = recording
            .labels
            .iter()
            .filter(|run| Phase::of(run.label) == Some(phase));
        of_phase.map(|run| run.duration()).sum()
    };
    for phase in [
        Phase::Baseline,
        Phase::Stress,
        Phase::Amusement,
        Phase::Meditation,
        Phase::Reading,
    ] {
        assert!(
            (seconds(phase) - labelled(phase)).abs() < 0.5,
            "{name} {phase:?}"
        );
    }
    let readings = questionnaire
        .conditions
        .iter()
        .filter(|condition| condition.phase == Phase::Reading);
    assert_eq!(readings.count(), if name == "S2" { 2 } else { 3 });
    // People said that the test was stressful: the scales must say so.
    let mean = |phase| -> f64 {
        let of_phase = questionnaire
            .conditions
            .iter()
            .filter(|condition| condition.phase == phase);
        let scores: Vec<f64> = of_phase
            .map(|condition| condition.anxiety().unwrap().value)
            .collect();
        scores.iter().sum::<f64>() / scores.len() as f64
    };
    assert!(mean(Phase::Stress) > mean(Phase::Meditation), "{name}");
    for condition in &questionnaire.conditions {
        let main = condition.phase != Phase::Reading;
        let stress = condition.phase == Phase::Stress;
        let lengths = [
            &condition.panas,
            &condition.stai,
            &condition.sam,
            &condition.sssq,
        ]
        .map(Vec::len);
        let panas = if stress { 26 } else { 24 };
        let expected = if main {
            [panas, 6, 2, if stress { 6 } else { 0 }]
        } else {
            [0; 4]
        };
        assert_eq!(lengths, expected, "{name} {}", condition.name);
    }
    let readme = subject.readme.as_ref().unwrap();
    assert!(
        readme.age.is_some() && readme.height.is_some() && readme.weight.is_some(),
        "{name}"
    );
    assert!(
        readme.gender.is_some() && readme.dominant_hand.is_some(),
        "{name}"
    );
    assert_eq!(readme.prerequisites.len(), 6, "{name}");
    assert_eq!(subject.sha256.len(), 64);
}

#[test]
fn pickles_are_cuts_of_the_raw_recordings() {
    let Some(path) = data("WESAD-wrist.zip") else {
        return;
    };
    let archive = Archive::open(&path).unwrap();
    let tree = Tree::open(&path).unwrap();
    for name in SUBJECTS {
        let subject = archive.read(name).unwrap();
        let inner = tree
            .inner(&format!("WESAD/{name}/{name}_E4_Data.zip"))
            .unwrap();
        let raw = Reader::of(inner.unwrap()).unwrap().read().unwrap();
        // Nothing is odd about them but their first samples and a temperature that ends a little early.
        let usual = |finding: &Finding| match finding {
            Finding::Unsettled { count, .. } => *count <= 11,
            Finding::End { channel, before } => channel == "TEMP" && *before < 2.0,
            _ => false,
        };
        assert!(raw.findings.iter().all(usual), "{name}: {:?}", raw.findings);
        let offsets: Vec<f64> = subject
            .recording
            .channels
            .iter()
            .map(|channel| {
                let raw = raw
                    .recording
                    .channel(Placement::Wrist, channel.modality)
                    .unwrap();
                assert_eq!(
                    (raw.rate(), raw.unit.as_ref()),
                    (channel.rate(), channel.unit.as_ref())
                );
                let first = cut(name, channel, raw);
                raw.start() + first as f64 / raw.rate().unwrap()
            })
            .collect();
        let (least, most) = offsets
            .iter()
            .fold((f64::MAX, f64::MIN), |(least, most), &offset| {
                (least.min(offset), most.max(offset))
            });
        // To a sample of the slowest.
        assert!(least >= 0.0 && most - least <= 0.25, "{name}: {offsets:?}");

        // Label by label as long as the questionnaire says, less 10 s at each end, to the second.
        let mut conditions: Vec<_> = subject
            .questionnaire
            .as_ref()
            .unwrap()
            .conditions
            .iter()
            .collect();
        conditions.sort_by(|a, b| a.start.total_cmp(&b.start));
        let labelled = |run: &&LabelRun| run.label != Label::Transient;
        let runs: Vec<_> = subject.recording.labels.iter().filter(labelled).collect();
        assert_eq!(runs.len(), conditions.len(), "{name}");
        for (run, condition) in runs.iter().zip(conditions) {
            assert_eq!(
                Phase::of(run.label),
                Some(condition.phase),
                "{name} {}",
                condition.name
            );
            let off = run.duration() - (condition.duration() - 20.0);
            assert!(off.abs() < 0.5, "{name} {}: {off} s", condition.name);
        }
    }
}

/// Where in the raw samples the pickle's begin; all that follow must be the same.
#[track_caller]
fn cut(name: &str, pickle: &Channel, raw: &Channel) -> usize {
    let (all, part) = (raw.all(), pickle.all());
    let axes = raw.axes;
    let begins = (0..=raw.len() - pickle.len())
        .filter(|first| all[first * axes..].starts_with(&part[..64 * axes]));
    let found: Vec<usize> = begins
        .filter(|first| all[first * axes..].starts_with(&part))
        .collect();
    let [first] = found[..] else {
        panic!("{name} {}: {} places", pickle.modality, found.len())
    };
    first
}

#[test]
fn one_subject_in_detail() {
    let Some(path) = data("WESAD-wrist.zip") else {
        return;
    };
    let subject = Archive::open(&path).unwrap().read("S2").unwrap();
    let recording = &subject.recording;
    assert_eq!(recording.duration(), 6079.0);
    let codes: Vec<u8> = recording
        .labels
        .iter()
        .map(|run| run.label.code())
        .collect();
    assert_eq!(codes, [0, 1, 0, 2, 0, 6, 0, 4, 0, 3, 0, 7, 0, 4, 0]);
    let baseline = recording.labels[1];
    assert_eq!(
        (baseline.label, baseline.duration().round()),
        (Label::Baseline, 1144.0)
    );
    let acceleration = recording.channel(Placement::Wrist, Modality::Acc).unwrap();
    // As numpy prints them.
    assert_eq!(
        acceleration.samples.to_f64(0..6),
        [62.0, -21.0, 107.0, 66.0, 13.0, 53.0]
    );

    let questionnaire = subject.questionnaire.unwrap();
    let names: Vec<&str> = questionnaire
        .conditions
        .iter()
        .map(|condition| condition.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["Base", "TSST", "Medi 1", "Fun", "Medi 2", "sRead", "fRead"]
    );
    let stress = &questionnaire.conditions[1];
    assert_eq!(
        (stress.start, stress.end),
        (39.0 * 60.0 + 55.0, 50.0 * 60.0 + 30.0)
    );
    assert_eq!(stress.stai, [1, 3, 2, 1, 3, 1].map(Some));
    assert_eq!(stress.sam, [5, 4].map(Some));
    assert_eq!(stress.sssq, [5, 5, 4, 4, 3, 5].map(Some));
    let readme = subject.readme.unwrap();
    assert_eq!(
        (readme.age, readme.height, readme.weight),
        (Some(27.0), Some(175.0), Some(80.0))
    );
    assert_eq!(readme.notes.len(), 1);
}

#[test]
fn an_archive_cut_short() {
    let Some(path) = data("WESAD-wrist.zip") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("WESAD.zip");
    let bytes = std::fs::read(path).unwrap();
    for length in [3, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&short, &bytes[..length]).unwrap();
        let error = Archive::open(&short).unwrap_err().to_string();
        assert!(error.contains("WESAD.zip is a zip cut short"), "{error}");
    }
}
