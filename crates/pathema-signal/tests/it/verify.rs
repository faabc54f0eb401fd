//! Data sets that are whole, and data sets that are not.

use std::fs;
use std::path::Path;

use pathema_signal::simulate::{self, SimulationConfig};
use pathema_signal::verify::{Check, Hashes, Outcome, verify};

use super::support::data;

fn checks(path: &Path, hashes: Option<&Hashes>) -> Vec<Check> {
    let mut checks = Vec::new();
    verify(path, hashes, &mut |check| {
        checks.push(check.clone());
        true
    })
    .unwrap();
    checks
}

fn simulated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = SimulationConfig {
        subjects: 1,
        ..SimulationConfig::default()
    };
    simulate::write(folder.path(), &config, &mut |_, _, _| {}).unwrap();
    folder
}

fn find<'a>(checks: &'a [Check], what: &str) -> &'a Check {
    checks.iter().find(|check| check.what == what).unwrap()
}

#[test]
fn a_simulated_subject_is_whole_but_short() {
    let folder = simulated();
    let checks = checks(folder.path(), None);
    assert!(checks.iter().all(|check| check.about == "S2"));
    assert_eq!(find(&checks, "labels").outcome, Outcome::Passed);
    // The short protocol is shorter than the published one, and there is no raw chest file.
    assert_eq!(find(&checks, "protocol").outcome, Outcome::Noted);
    assert!(find(&checks, "protocol").detail.contains("Base lasts 5."));
    assert!(find(&checks, "files").detail.contains("S2_respiban.txt"));
    assert!(checks.iter().all(|check| check.outcome != Outcome::Failed));
}

#[test]
fn what_is_broken_fails_and_the_rest_is_still_checked() {
    let folder = simulated();
    let subject = folder.path().join("WESAD/S2");
    let pickle = subject.join("S2.pkl");
    let bytes = fs::read(&pickle).unwrap();
    fs::write(&pickle, &bytes[..bytes.len() / 2]).unwrap();
    let checks = checks(folder.path(), None);
    let recording = find(&checks, "recording");
    assert_eq!(recording.outcome, Outcome::Failed);
    assert!(recording.detail.contains("S2.pkl"), "{}", recording.detail);
    assert_eq!(find(&checks, "files").outcome, Outcome::Noted);
}

#[test]
fn hashes_that_were_given_must_be_right() {
    let folder = simulated();
    let root = folder.path().join("WESAD");
    let readme = root.join("S2/S2_readme.txt");
    fs::write(&readme, "").unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let hashes = Hashes::parse("list", &format!("{empty} *S2/S2_readme.txt\r\n")).unwrap();
    assert_eq!(
        find(&checks(&root, Some(&hashes)), "hashes").outcome,
        Outcome::Passed
    );
    fs::write(&readme, "Age: 30\n").unwrap();
    let checks = checks(&root, Some(&hashes));
    assert_eq!(find(&checks, "hashes").outcome, Outcome::Failed);
    assert!(find(&checks, "hashes").detail.contains(empty));
    // The list in the folder itself counts as well.
    fs::write(
        root.join("SHA256SUMS.txt"),
        format!("{empty}  S2/S2_readme.txt\n"),
    )
    .unwrap();
    assert_eq!(
        find(&super::verify::checks(&root, None), "hashes").outcome,
        Outcome::Failed
    );
}

#[test]
fn a_list_that_is_none_is_named_with_its_line() {
    let error = Hashes::parse("SHA256SUMS.txt", "\nnot a hash\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("SHA256SUMS.txt, line 2") && error.contains("sha256sum"),
        "{error}"
    );
}

#[test]
fn one_may_stop_after_any_check() {
    let folder = simulated();
    let mut told = 0;
    verify(folder.path(), None, &mut |_| {
        told += 1;
        false
    })
    .unwrap();
    assert_eq!(told, 1);
}

#[test]
fn the_official_wrist_recordings_pass() {
    let Some(path) = data("WESAD-wrist.zip") else {
        return;
    };
    let checks = checks(&path, None);
    let failed: Vec<&Check> = checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed)
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    for what in ["recording", "labels", "protocol"] {
        let passed = checks
            .iter()
            .filter(|check| check.what == what && check.outcome == Outcome::Passed);
        assert_eq!(passed.count(), 15, "{what}");
    }
}

#[test]
fn files_of_the_list_that_are_not_there_fail() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("EDA.csv"), "1495437325\n4\n0.31\n").unwrap();
    let list = format!("{}  gone.csv\n", "0".repeat(64));
    let hashes = Hashes::parse("list", &list).unwrap();
    let missing = checks(folder.path(), Some(&hashes));
    assert_eq!(find(&missing, "hashes").outcome, Outcome::Failed);
    assert!(find(&missing, "hashes").detail.contains("gone.csv"));
    fs::write(folder.path().join("SHA256SUMS"), list).unwrap();
    assert_eq!(
        find(&checks(folder.path(), None), "hashes").outcome,
        Outcome::Failed
    );
}

#[test]
fn a_file_by_itself_is_hashed_by_its_name() {
    let folder = simulated();
    let pickle = folder.path().join("WESAD/S2/S2.pkl");
    let wrong = Hashes::parse("list", &format!("{}  S2.pkl\n", "0".repeat(64))).unwrap();
    let other = Hashes::parse("list", &format!("{}  S3.pkl\n", "0".repeat(64))).unwrap();
    for hashes in [wrong, other] {
        let checks = checks(&pickle, Some(&hashes));
        assert_eq!(find(&checks, "hashes").outcome, Outcome::Failed);
    }
}

#[test]
fn a_subject_without_its_pickle_does_not_hide_the_others() {
    let folder = simulated();
    let root = folder.path().join("WESAD");
    let rename = |from: &str, to: &str| fs::rename(root.join(from), root.join(to)).unwrap();
    rename("S2", "S3");
    for file in [".pkl", "_quest.csv", "_readme.txt"] {
        rename(&format!("S3/S2{file}"), &format!("S3/S3{file}"));
    }
    fs::create_dir(root.join("S2")).unwrap();
    let checks = checks(folder.path(), None);
    let files = |about: &str| {
        let of = checks
            .iter()
            .find(|check| check.about == about && check.what == "files");
        of.unwrap().outcome
    };
    assert_eq!(
        (files("S2"), files("S3")),
        (Outcome::Failed, Outcome::Noted)
    );
}
