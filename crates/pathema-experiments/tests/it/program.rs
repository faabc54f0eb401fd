//! The program as its users meet it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support;

fn pathema(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pathema"))
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn check_refused(arguments: &[&str], says: &[&str]) {
    let output = pathema(arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    for says in says {
        assert!(text.contains(says), "{says:?} is not in: {text}");
    }
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn refuses_what_it_cannot_use_and_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("bad.toml"), "[train]\nepoch = 3\n").unwrap();
    fs::write(path("odd.toml"), "[train]\nlearning_rate = -1.0\n").unwrap();
    fs::write(
        path("vast.toml"),
        "[train]\nwindows_per_epoch = 4611686018427387904\n",
    )
    .unwrap();
    fs::write(path("no.zip"), "no zip").unwrap();
    fs::create_dir(path("empty")).unwrap();
    let out = path("out");
    check_refused(
        &["train", "--data", &path("nowhere"), "--out", &out],
        &["nowhere"],
    );
    check_refused(
        &["baselines", "--data", &path("nowhere"), "--out", &out],
        &["nowhere"],
    );
    check_refused(
        &[
            "baselines",
            "--data",
            &path("empty"),
            "--out",
            &out,
            "--length",
            "0",
        ],
        &["windows.length = 0"],
    );
    check_refused(
        &["train", "--data", &path("empty"), "--out", &out],
        &["empty"],
    );
    check_refused(
        &["train", "--data", &path("no.zip"), "--out", &out],
        &["no.zip"],
    );
    check_refused(
        &["train", "--config", &path("bad.toml")],
        &["bad.toml", "epoch"],
    );
    check_refused(
        &["train", "--config", &path("odd.toml")],
        &["train.learning_rate = -1"],
    );
    check_refused(
        &["train", "--config", &path("vast.toml")],
        &["train.windows_per_epoch = 4611686018427387904"],
    );
    check_refused(&["train", "--resume", &path("empty")], &["empty", "no run"]);
    check_refused(
        &[
            "predict",
            "--run",
            &path("empty"),
            "--data",
            &path("empty"),
            "--subject",
            "S2",
        ],
        &["no run"],
    );
    assert!(
        !Path::new(&out).exists(),
        "nothing is written for a run that cannot start"
    );
}

#[test]
fn trains_and_predicts() {
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 4);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let data = folder.path().display().to_string();
    fs::write(
        path("small.toml"),
        support::config(folder.path()).to_toml().unwrap(),
    )
    .unwrap();
    let (config, run) = (path("small.toml"), path("run"));
    let train = [
        "train",
        "--config",
        &config,
        "--data",
        &data,
        "--subjects",
        "S2,S3,S4",
        "--epochs",
        "1",
        "--out",
        &run,
    ];
    let output = pathema(&train);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("clock") && text.contains("SIMULATED") && text.contains("report.html"),
        "{text}"
    );
    check_refused(&train, &["holds a run already", "--resume"]);

    for (subject, by) in [("S3", "never seen"), ("S5", "took no part")] {
        let output = pathema(&[
            "predict",
            "--run",
            &run,
            "--data",
            &data,
            "--subject",
            subject,
        ]);
        assert!(String::from_utf8_lossy(&output.stderr).contains(by));
        let table = String::from_utf8(output.stdout).unwrap();
        assert!(
            table.starts_with("subject,start,length,label,state,stress,"),
            "{table}"
        );
        assert!(
            table.lines().count() > 20 && table.contains(",stress,"),
            "{table}"
        );
    }
    check_refused(
        &["predict", "--run", &run, "--data", &data, "--subject", "S9"],
        &["S9"],
    );
    check_refused(
        &[
            "train",
            "--data",
            &data,
            "--subjects",
            "S2,S9",
            "--out",
            &path("x"),
        ],
        &["no subject S9"],
    );
    check_refused(
        &[
            "train",
            "--data",
            &data,
            "--subjects",
            "S2",
            "--out",
            &path("x"),
        ],
        &["at least 3 subjects"],
    );

    // Another recording under the same name is another person's.
    let pickle = folder.path().join("WESAD/S3/S3.pkl");
    fs::copy(folder.path().join("WESAD/S5/S5.pkl"), &pickle).unwrap();
    let output = pathema(&["predict", "--run", &run, "--data", &data, "--subject", "S3"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("took no part"));
    check_refused(&["train", "--resume", &run], &["S3 has changed"]);
}

#[test]
fn inspects_and_verifies_what_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 1);
    let data = folder.path().display().to_string();
    let page = folder
        .path()
        .join("page with spaces.html")
        .display()
        .to_string();
    let text = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();

    let output = pathema(&["inspect", &data, "--html", &page]);
    assert!(output.status.success());
    assert!(text(&output).contains("WESAD, simulated") && text(&output).contains("700 Hz"));
    assert!(
        fs::read_to_string(&page)
            .unwrap()
            .contains("Simulated data")
    );

    let output = pathema(&["inspect", &data, "--json"]);
    let found: serde_json::Value = serde_json::from_str(&text(&output)).unwrap();
    assert_eq!(
        found["recordings"][0]["report"]["channels"][0]["rate"],
        700.0
    );

    let output = pathema(&["verify", &data]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("0 failed"));

    // Half a pickle: said of that subject, and in the exit status.
    let pickle = folder.path().join("WESAD/S2/S2.pkl");
    let bytes = fs::read(&pickle).unwrap();
    fs::write(&pickle, &bytes[..bytes.len() / 2]).unwrap();
    for command in ["inspect", "verify"] {
        let output = pathema(&[command, &data]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output).contains("S2.pkl"), "{}", text(&output));
    }
    check_refused(&["inspect", &data, "--subjects", "S99"], &["S99", "S2"]);
    check_refused(&["inspect", &page], &["page with spaces.html", "no format"]);
    check_refused(
        &["verify", "nowhere/at all"],
        &["nowhere/at all", "check the path"],
    );
}

#[test]
fn says_what_the_body_did() {
    let folder = tempfile::tempdir().unwrap();
    support::simulate(folder.path(), 1);
    let data = folder.path().display().to_string();
    let page = folder.path().join("page.html").display().to_string();
    let text = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();

    let output = pathema(&["physio", &data, "--html", &page, "--json"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: serde_json::Value = serde_json::from_str(&text(&output)).unwrap();
    assert_eq!(found["simulated"], true);
    let body = &found["recordings"][0]["body"];
    for (heart, modality) in [(0, "ECG"), (1, "BVP")] {
        let heart = &body["hearts"][heart];
        assert_eq!(heart["modality"], modality);
        let beats = heart["beats"].as_array().unwrap().len() as f64;
        let rate = 60.0 * beats / body["duration"].as_f64().unwrap();
        assert!((50.0..120.0).contains(&rate), "{modality}: {rate}");
        let measures = heart["measures"]["measures"].as_array().unwrap();
        let named = |name: &str| measures.iter().find(|measure| measure["name"] == name);
        let mean = named("mean HR").unwrap()["cells"][0]["value"].as_f64();
        assert!((mean.unwrap() - rate).abs() < 10.0, "{modality}: {mean:?}");
    }
    assert_eq!(body["skins"].as_array().unwrap().len(), 2);
    for skin in body["skins"].as_array().unwrap() {
        assert!(skin["problems"].as_array().unwrap().is_empty(), "{skin}");
        let gap = skin["certificates"][0]["gap"].as_f64().unwrap();
        assert!(gap < 1e-6, "{gap}");
    }
    let page = fs::read_to_string(&page).unwrap();
    for drawn in [
        "Simulated data",
        "Intervals over time",
        "Skin conductance and its parts",
    ] {
        assert!(page.contains(drawn), "{drawn}");
    }

    let features = folder.path().join("features.csv");
    let output = pathema(&[
        "physio",
        &data,
        "--features",
        &features.display().to_string(),
        "--shift",
        "30",
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = text(&output);
    assert!(
        told.contains("WESAD, simulated") && told.contains("RMSSD"),
        "{told}"
    );
    let table = pathema_signal::table::Table::read_csv(&features).unwrap();
    assert!(table.rows() > 10 && table.column("bvp_hr_mean").is_some());

    let out = features.display().to_string();
    check_refused(
        &["physio", &data, "--features", "features.txt"],
        &["features.txt", ".parquet"],
    );
    check_refused(
        &["physio", &data, "--features", &out, "--set", "everything"],
        &["everything", "schmidt2018-wrist"],
    );
    check_refused(
        &["physio", &data, "--set", "schmidt2018-wrist"],
        &["--features"],
    );
    check_refused(&["physio", &data, "--subjects", "S99"], &["S99", "S2"]);
    check_refused(&["physio", "nowhere/at all"], &["nowhere/at all"]);

    // Half a pickle: said of that subject, and in the exit status.
    let pickle = folder.path().join("WESAD/S2/S2.pkl");
    let bytes = fs::read(&pickle).unwrap();
    fs::write(&pickle, &bytes[..bytes.len() / 2]).unwrap();
    let output = pathema(&["physio", &data]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("S2.pkl"), "{}", text(&output));
}

#[test]
fn evaluates_detectors_on_a_database() {
    use pathema_signal::wfdb::{self, Annotation, Annotations, Code};
    use pathema_signal::{Channel, Conversion, Modality, Recording, Samples, Timing};

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let path = |name: &str| folder.path().join(name);
    let sample = |index: i32| {
        let phase = (f64::from(index) / 250.0) % 0.8 - 0.4;
        let hum = 10.0 * (0.7 * f64::from(index)).sin() + 10.0 * (0.31 * f64::from(index)).sin();
        (1000.0 * (-0.5 * (phase / 0.012).powi(2)).exp() + hum).round() as i16
    };
    let samples = Samples::I16((0..15_000).map(sample).collect());
    let conversion = Conversion::Adc {
        baseline: 0.0,
        gain: 1000.0,
        missing: Some(-32768),
    };
    let lead = Channel::new("MLII", Modality::Ecg, "mV", Timing::regular(250.0), samples);
    let recording = Recording {
        channels: vec![lead.converted(conversion)],
        ..Recording::default()
    };
    let beats = (0..75).map(|beat| Annotation::new(100 + 200 * beat, Code::NORMAL));
    let annotations = Annotations {
        items: beats.collect(),
        ..Annotations::default()
    };
    wfdb::write(&path("100"), &recording, wfdb::Format::F16).unwrap();
    wfdb::write_annotations(&path("100.atr"), &annotations).unwrap();

    let out = path("peaks.csv").display().to_string();
    let output = pathema(&["evaluate-peaks", "--mitdb", &data, "--json", "--out", &out]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "one a tolerance");
    for row in rows {
        assert_eq!(
            (&row["record"], &row["signal"]),
            (&"100".into(), &"MLII".into())
        );
        assert!(row["tp"].as_u64().unwrap() >= 74, "{row}");
        assert!(row["offset"].as_f64().unwrap().abs() < 0.002, "{row}");
    }
    let table = pathema_signal::table::Table::read_csv(&path("peaks.csv")).unwrap();
    assert_eq!(table.rows(), 2);

    // A record without annotations is told; the others are judged all the same.
    wfdb::write(&path("101"), &recording, wfdb::Format::F16).unwrap();
    let output = pathema(&["evaluate-peaks", "--mitdb", &data]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told.contains("101: error") && told.contains("101.atr"),
        "{told}"
    );
    assert!(told.contains("MLII"), "{told}");

    check_refused(&["evaluate-peaks", "--mitdb", "no/where"], &["no/where"]);
    check_refused(
        &["evaluate-peaks", "--mitdb", &data, "--tolerance", "-0.1"],
        &["-0.1"],
    );
    check_refused(
        &["evaluate-peaks", "--mitdb", &data, "--out", "x.txt"],
        &["x.txt", ".csv"],
    );
}
