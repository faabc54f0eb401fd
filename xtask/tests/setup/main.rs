//! The program itself, with a Python, a `df`, an `nvidia-smi` and a cargo of the test's own.

// The stand-ins are shell scripts, and the libraries have Linux's names.
#![cfg(target_os = "linux")]

mod place;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use place::{Place, names};

#[test]
fn setup_provides_the_cpu_part_once() {
    let place = Place::new();
    let said = ["no NVIDIA GPU found", "libtorch 2.11.0 (CPU only) is in"];
    place.check(place.xtask().arg("setup"), 0, &said);

    let made = place.path(".libtorch");
    assert_eq!(
        names(&made),
        ["build-version", "include", "lib", "pathema.json"]
    );
    assert_eq!(
        names(&made.join("lib")),
        [
            "libc10.so",
            "libcudart.so.13",
            "libcupti.so.13",
            "libtorch.so",
            "libtorch_cpu.so"
        ]
    );
    let read = |name: &str| fs::read_to_string(made.join(name)).unwrap();
    assert_eq!(read("build-version"), "2.11.0\n");
    assert_eq!(read("lib/libtorch.so"), "INPUT(libtorch_cpu.so)\n");
    assert!(read("include/torch/library.h").contains("library.h of torch-2.11.0"));
    let marker: Value = serde_json::from_str(&read("pathema.json")).unwrap();
    assert_eq!(
        (&marker["libtorch"], &marker["variant"]),
        (&json!("2.11.0"), &json!("cpu"))
    );
    let wheels = marker["wheels"].as_array().unwrap();
    assert_eq!(wheels.len(), 3);
    assert!(
        wheels
            .iter()
            .all(|wheel| wheel["sha256"].as_str().unwrap().len() == 64)
    );
    assert_eq!(names(&place.path(".libtorch.part")), ["lock"]);

    // Whole: neither pip nor anything else is needed again.
    place.script("python3", "exit 1");
    place.check(place.xtask().arg("setup"), 0, &["nothing to do"]);
}

#[test]
fn a_gpu_brings_the_whole_site() {
    let place = Place::new();
    place.script("nvidia-smi", "echo 580.65.06");
    let said = place.check(place.xtask().arg("setup"), 0, &["with CUDA", "580.65.06"]);
    assert!(
        !said.contains("ran clean"),
        "nothing was built before:\n{said}"
    );
    let made = place.path(".libtorch");
    assert_eq!(
        fs::read_link(made.join("lib")).unwrap(),
        Path::new("site/torch/lib")
    );
    assert!(made.join("lib/libtorch_cuda.so").is_file());
    assert!(
        made.join("lib/../../nvidia/cu13/lib/libcudart.so.13")
            .is_file()
    );
    assert!(made.join("include/torch/library.h").is_file());

    // Asked for by name, the other part replaces it, and what was linked is linked anew.
    place.check(
        place.xtask().args(["setup", "--variant", "cpu"]),
        0,
        &[
            "(CPU only) is in",
            "ran clean --quiet -p torch-sys --profile dev",
            "ran clean --quiet -p torch-sys --profile release",
        ],
    );
    assert!(!made.join("lib/libtorch_cuda.so").exists());
    assert!(!made.join("site").exists());
}

#[test]
fn an_old_driver_is_told() {
    let place = Place::new();
    place.script("nvidia-smi", "echo 550.54.14");
    place.check(
        place.xtask().arg("setup"),
        0,
        &["550.54.14", "580", "CPU only"],
    );
}

#[test]
fn two_at_once_make_one() {
    let place = Place::new();
    let report = place.path("report.json");
    let asked = place.path("asked");
    let python = format!(
        "echo >>'{}'; sleep 0.3; cat '{}'",
        asked.display(),
        report.display()
    );
    place.script("python3", &python);
    let mut running = Vec::new();
    for _ in 0..4 {
        let mut command = place.xtask();
        running.push(command.arg("setup").stderr(Stdio::null()).spawn().unwrap());
    }
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    assert!(place.path(".libtorch/lib/libtorch_cpu.so").is_file());
    assert_eq!(names(&place.path(".libtorch.part")), ["lock"]);
    assert_eq!(
        fs::read_to_string(asked).unwrap(),
        "\n",
        "one of them did the work"
    );
}

#[test]
fn a_failure_leaves_what_was_there() {
    let place = Place::new();
    place.check(place.xtask().arg("setup"), 0, &[]);
    let report = json!({"version": "1", "install":
        [place.wheel("torch-2.11.0-cp312-cp312-other.whl", &["torch/include/torch/library.h"])]});
    fs::write(place.path("report.json"), report.to_string()).unwrap();
    let said = ["hold no", "libtorch_cpu.so"];
    place.check(place.xtask().args(["setup", "--force"]), 1, &said);
    assert!(place.path(".libtorch/lib/libtorch_cpu.so").is_file());
}

#[test]
fn a_full_disk_is_seen_before_anything_is_fetched() {
    let place = Place::new();
    place.script("df", "printf 'head\\n/dev/x 9 9 1024000 9%% /\\n'");
    place.script("python3", "exit 1");
    place.check(
        place.xtask().arg("setup"),
        1,
        &["1000 MiB free", "1600 MiB"],
    );
}

#[test]
fn pip_that_is_missing_or_old() {
    let place = Place::new();
    place.script(
        "python3",
        "echo '/usr/bin/python3: No module named pip' >&2; exit 1",
    );
    place.check(
        place.xtask().arg("setup"),
        1,
        &["No module named pip", "ensurepip", "LIBTORCH"],
    );
    place.script("python3", "echo 'no such option: --report' >&2; exit 2");
    place.check(
        place.xtask().arg("setup"),
        1,
        &["--report", "install --upgrade pip"],
    );
}

#[test]
fn what_is_no_libtorch_is_not_touched() {
    let place = Place::new();
    let home = place.path("home");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("thesis.txt"), "").unwrap();
    let mut command = place.xtask();
    let command = command.args(["setup", "--force", "--into", "home"]);
    place.check(command, 1, &["home exists and is no libtorch folder"]);
    assert!(home.join("thesis.txt").is_file());

    let brought = place.own("brought", "2.11.0");
    let mut command = place.xtask();
    let command = command.args(["setup", "--force", "--into", "brought"]);
    place.check(
        command,
        1,
        &["brought holds a libtorch that was not put there"],
    );
    assert!(brought.join("build-version").is_file());
}

#[test]
fn another_folder_can_be_filled() {
    let place = Place::new();
    place.check(
        place.xtask().args(["setup", "--into", "here"]),
        0,
        &["here"],
    );
    assert!(place.path("here/lib/libtorch_cpu.so").is_file());
    assert!(!place.path(".libtorch").exists());
}

#[test]
fn a_wrong_version_put_there_by_hand_is_refused_unless_forced() {
    let place = Place::new();
    place.own(".libtorch", "2.9.1+cpu");
    let said = ["libtorch 2.9.1+cpu", "needs 2.11.0", "--force"];
    place.check(place.xtask().arg("setup"), 1, &said);
    place.check(
        place.xtask().args(["setup", "--force"]),
        0,
        &["(CPU only) is in"],
    );
}

#[test]
fn the_users_own_folder_is_taken() {
    let place = Place::new();
    place.script("python3", "exit 1");
    let own = place.own("own", "2.11.0+cu130");
    let said = ["libtorch 2.11.0+cu130", "nothing to do", "unset it"];
    place.check(place.xtask().arg("setup").env("LIBTORCH", &own), 0, &said);
    assert!(!place.path(".libtorch").exists());

    let wrong = place.own("wrong", "2.10.0");
    let said = ["wrong, version 2.10.0", "needs 2.11.0", "unset LIBTORCH"];
    place.check(place.xtask().arg("setup").env("LIBTORCH", &wrong), 1, &said);
    fs::remove_file(wrong.join("build-version")).unwrap();
    let said = ["does not tell its version", "2.11.0"];
    place.check(place.xtask().arg("train").env("LIBTORCH", &wrong), 1, &said);
    let said = ["lacks `lib/` or `include/`"];
    place.check(
        place.xtask().arg("setup").env("LIBTORCH", "nowhere"),
        1,
        &said,
    );
}

#[test]
fn the_users_own_python_is_taken() {
    let place = Place::new();
    let xtask = |version: &str| {
        place.script("python3", &format!("echo {version}; echo /site/torch/lib"));
        let mut command = place.xtask();
        command.arg("setup").env("LIBTORCH_USE_PYTORCH", "1");
        command
    };
    place.check(
        &mut xtask("2.11.0+cu130"),
        0,
        &["Python's libtorch 2.11.0+cu130", "/site/torch"],
    );
    place.check(&mut xtask("2.13.0"), 1, &["version 2.13.0", "needs 2.11.0"]);
    place.check(
        xtask("2.13.0").env("LIBTORCH_BYPASS_VERSION_CHECK", "1"),
        0,
        &["2.13.0"],
    );
    let mut command = xtask("2.11.0");
    place.script(
        "python3",
        "echo 'ModuleNotFoundError: no torch' >&2; exit 1",
    );
    place.check(
        &mut command,
        1,
        &["cannot import torch", "ModuleNotFoundError"],
    );
}

#[test]
fn training_gets_every_argument_and_gives_its_exit_code() {
    let place = Place::new();
    place.script(
        "cargo",
        "echo \"$PWD [$LIBTORCH]\"; for a; do echo \"<$a>\"; done; exit 7",
    );
    let elsewhere = place.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut command = place.xtask();
    command.current_dir(&elsewhere);
    command.args(["train", "--help", "--data", "a b", "--", "-x"]);
    let text = place.check(
        &mut command,
        7,
        &["<train>\n<--help>\n<--data>\n<a b>\n<--"],
    );
    // Paths among the arguments are meant from where the user is.
    let elsewhere = elsewhere.canonicalize().unwrap();
    let told = format!(
        "{} [{}]",
        elsewhere.display(),
        place.path(".libtorch").display()
    );
    assert!(text.contains(&told), "{text}");
}

#[test]
fn a_failed_check_ends_ci_with_its_exit_code() {
    let place = Place::new();
    place.check(place.xtask().arg("setup"), 0, &[]);
    place.script(
        "cargo",
        "echo \"ran $*\"; case $1 in clippy) exit 101;; esac",
    );
    let mut command = place.xtask();
    command.arg("ci");
    let text = place.check(
        &mut command,
        101,
        &["ran fmt --all --check", "Not passed", "lints"],
    );
    assert!(
        !text.contains("ran doc") && !text.contains("ran test"),
        "{text}"
    );

    place.script("cargo", "echo \"ran $* [$RUSTDOCFLAGS]\"");
    let said = [
        "ran doc --locked --workspace --no-deps [-D warnings]",
        "ran test",
        "All tests passed",
    ];
    place.check(&mut command, 0, &said);
}

#[test]
fn signals_reach_the_training() {
    let place = Place::new();
    place.check(place.xtask().arg("setup"), 0, &[]);
    place.script(
        "cargo",
        "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done",
    );
    let mut command = place.xtask();
    command.arg("train").stdout(Stdio::piped());
    let mut training = command.spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(training.stdout.take().unwrap())
        .read_line(&mut ready)
        .unwrap();
    assert_eq!(ready, "ready\n");
    let sent = Command::new("kill")
        .args(["-TERM", &training.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(training.wait().unwrap().code(), Some(3));
}
