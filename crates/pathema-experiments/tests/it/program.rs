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
