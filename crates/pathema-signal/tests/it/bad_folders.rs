//! Folders and zips: what is accepted, and what is refused with a way out.

use std::fs;
use std::io::Write;
use std::path::Path;

use pathema_signal::wesad::{Archive, Finding, Provenance, WesadError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{DataSet, golden, wrist};

/// A zip of members, by name.
fn zip(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[track_caller]
fn check(path: &Path, expected: &[&str]) -> WesadError {
    let error = Archive::open(path).unwrap_err();
    let text = error.to_string();
    for part in expected {
        assert!(text.contains(part), "{text}");
    }
    error
}

#[test]
fn the_folder_and_the_folder_that_holds_it() {
    let data_set = DataSet::new(&golden("wrist_2.pkl"));
    fs::create_dir_all(data_set.path().join("WESAD/S10")).unwrap();
    fs::create_dir_all(data_set.path().join("WESAD/Sx")).unwrap();
    fs::write(data_set.path().join("WESAD/S3"), "a file").unwrap();
    let inner = data_set.path().join("WESAD");
    for path in [data_set.path(), &inner] {
        let archive = Archive::open(path).unwrap();
        assert_eq!(archive.subjects(), ["S2", "S10"]);
        assert_eq!(archive.provenance(), Provenance::Recorded);
        archive.read("S2").unwrap();
    }
    fs::write(inner.join("simulation.json"), "{}").unwrap();
    assert_eq!(
        Archive::open(&inner).unwrap().provenance(),
        Provenance::Simulated
    );
}

#[test]
fn a_zip_finds_its_own_root() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("any.name");
    let pickle = golden("wrist_2.pkl");
    for root in ["", "WESAD/", "some/where/WESAD/"] {
        let name = |rest: &str| format!("{root}{rest}");
        let (s2, s11) = (name("S2/S2.pkl"), name("S11/S11.pkl"));
        let (truth, other) = (name("simulation.json"), name("S2/nested/S3/x"));
        zip(
            &path,
            &[
                ("__MACOSX/WESAD/S2/._S2.pkl", b""),
                (&s11, &pickle),
                (&s2, &pickle),
                (&other, b""),
                (&truth, b"{}"),
            ],
        );
        let archive = Archive::open(&path).unwrap();
        assert_eq!(archive.subjects(), ["S2", "S11"], "{root}");
        assert_eq!(archive.provenance(), Provenance::Simulated);
        let subject = archive.read("S11").unwrap();
        let named = subject.findings.iter().any(|finding| {
            matches!(finding, Finding::Subject { folder, pickle: Some(named) } if folder == "S11" && named == "S2")
        });
        assert!(named, "{:?}", subject.findings);
    }
}

#[test]
fn a_zip_with_backslashes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("WESAD.zip");
    zip(&path, &[("WESAD\\S2\\S2.pkl", &golden("wrist_2.pkl"))]);
    Archive::open(&path).unwrap().read("S2").unwrap();
}

#[test]
fn nothing_there() {
    check(
        "no/such/place".as_ref(),
        &["no/such/place", "give WESAD's folder"],
    );
}

#[test]
fn an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().display().to_string();
    let error = check(folder.path(), &[&name, "holds no subject", "S2.pkl"]);
    assert!(matches!(error, WesadError::NoSubjects { .. }));
}

#[test]
fn a_zip_without_subjects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.zip");
    zip(&path, &[("README", b"hello")]);
    check(&path, &["other.zip holds no subject"]);
}

#[test]
fn not_a_zip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("WESAD.zip");
    for bytes in [&b""[..], b"<html>not found</html>"] {
        fs::write(&path, bytes).unwrap();
        check(&path, &["WESAD.zip is neither a folder nor a zip"]);
    }
}

#[test]
fn a_zip_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("WESAD.zip");
    zip(&path, &[("WESAD/S2/S2.pkl", &golden("wrist_2.pkl"))]);
    let bytes = fs::read(&path).unwrap();
    for length in 2..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        check(&path, &["WESAD.zip is a zip cut short", "fetch it again"]);
    }
}

#[test]
fn a_cut_zip_that_holds_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let (inner, path) = (
        folder.path().join("E4.zip"),
        folder.path().join("WESAD.zip"),
    );
    zip(&inner, &[("EDA.csv", b"4.0\n0.3\n")]);
    let stored = fs::read(&inner).unwrap();
    // Stored, so that the inner zip's directory stands in the outer one as it is.
    let mut whole = ZipWriter::new(fs::File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [
        ("WESAD/S2/S2_E4_Data.zip", &stored[..]),
        ("WESAD/S3/S3.pkl", b"}."),
    ] {
        whole.start_file(name, options).unwrap();
        whole.write_all(bytes).unwrap();
    }
    whole.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    let after = bytes
        .windows(stored.len())
        .position(|window| window == stored)
        .unwrap()
        + stored.len();
    for length in [after, after + 20, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        check(&path, &["WESAD.zip is a zip cut short"]);
    }
}

#[test]
fn a_zip_with_a_damaged_member() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("WESAD.zip");
    zip(&path, &[("WESAD/S2/S2.pkl", &golden("wrist_2.pkl"))]);
    let mut bytes = fs::read(&path).unwrap();
    // Somewhere in the compressed data, far from the headers at both ends.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, &bytes).unwrap();
    let error = Archive::open(&path).unwrap().read("S2").unwrap_err();
    assert!(error.to_string().contains("S2.pkl"), "{error}");
}

#[test]
fn a_subject_without_its_pickle() {
    let data_set = DataSet::new(&golden("wrist_2.pkl"));
    let folder = data_set.put("S2_quest.csv", b"");
    fs::remove_file(folder.join("S2.pkl")).unwrap();
    let error = data_set.read().unwrap_err();
    assert!(matches!(&error, WesadError::MissingPickle { subject, .. } if subject == "S2"));
    let text = error.to_string();
    assert!(
        text.contains("S2.pkl") && text.contains("fetch it again"),
        "{text}"
    );
}

#[test]
fn a_subject_that_is_not_there() {
    let data_set = DataSet::new(&golden("wrist_2.pkl"));
    let error = Archive::open(data_set.path())
        .unwrap()
        .read("S12")
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("has no subject S12; it has S2"), "{text}");
}

#[test]
fn missing_texts_are_findings() {
    let findings = DataSet::new(&golden("wrist_2.pkl"))
        .read()
        .unwrap()
        .findings;
    let files: Vec<_> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(
        files,
        ["S2/S2_quest.csv is missing", "S2/S2_readme.txt is missing"]
    );
}

#[test]
fn a_questionnaire_that_does_not_parse() {
    let data_set = DataSet::new(&golden("wrist_2.pkl"));
    data_set.put(
        "S2_quest.csv",
        b"# ORDER;Base\r\n# START;7.61\r\n# END;26.32\r\n",
    );
    let text = data_set.read().unwrap_err().to_string();
    assert!(
        text.contains("S2_quest.csv, line 2: \"7.61\", expected minutes.seconds"),
        "{text}"
    );
}

#[test]
fn runs_are_compared_with_the_questionnaire() {
    // Two seconds of baseline and two of stress.
    let data_set = DataSet::new(&wrist().pickle());
    data_set.put("S2_readme.txt", b"Age: young\n");
    data_set.put(
        "S2_quest.csv",
        b"# ORDER;Base;TSST;Fun\n# START;0;1;2\n# END;0.22;1.24;3\n",
    );
    let findings: Vec<_> = data_set
        .read()
        .unwrap()
        .findings
        .iter()
        .map(Finding::to_string)
        .collect();
    assert_eq!(
        findings,
        [
            "TSST is labelled for 2.000 s, by the questionnaire it is 4 s",
            "amusement is labelled 0 times, by the questionnaire it is 1",
            "line 1 of the readme was passed over: \"Age: young\"",
        ]
    );
}
