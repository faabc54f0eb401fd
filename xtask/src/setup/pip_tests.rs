use super::*;

const REPORT: &str = r#"{
  "version": "1",
  "pip_version": "23.2.1",
  "install": [
    {"download_info": {"url": "https://index/c/nvidia_cuda_cupti-13.0.85-py3-none-any.whl",
                       "archive_info": {"hash": "sha256=AB"}},
     "metadata": {"name": "nvidia_cuda_cupti", "version": "13.0.85"}},
    {"download_info": {"url": "https://index/t/sympy-1.14.0-py3-none-any.whl",
                       "archive_info": {"hashes": {"sha256": "cd"}}},
     "metadata": {"name": "sympy", "version": "1.14.0"}},
    {"download_info": {"url": "https://index/t/torch-2.11.0%2Bcpu-cp312-cp312-linux_x86_64.whl#x",
                       "archive_info": {"hash": "sha256=00", "hashes": {"sha256": "ef"}}},
     "metadata": {"name": "torch", "version": "2.11.0"}}
  ]
}"#;

#[test]
fn a_report_is_read() {
    let wheels = read(REPORT.as_bytes()).unwrap();
    let told: Vec<_> = wheels
        .iter()
        .map(|w| (w.package.as_str(), w.file.as_str(), w.sha256.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "torch",
                "torch-2.11.0+cpu-cp312-cp312-linux_x86_64.whl",
                Some("ef")
            ),
            (
                "nvidia-cuda-cupti",
                "nvidia_cuda_cupti-13.0.85-py3-none-any.whl",
                Some("ab")
            ),
        ]
    );
}

#[track_caller]
fn check_refused(report: &str, reason: &str) {
    let error = format!("{:#}", read(report.as_bytes()).unwrap_err());
    assert!(error.contains(reason), "{error}");
}

#[test]
fn reports_that_will_not_do() {
    check_refused("", "not understood");
    check_refused(r#"{"version": "2", "install": []}"#, "version 2");
    check_refused(
        r#"{"version": "1", "install": []}"#,
        "no wheel of torch 2.11.0",
    );
    let item = |info: &str| {
        let item = format!(r#"{{"download_info": {info}, "metadata": {{"name": "torch"}}}}"#);
        format!(r#"{{"version": "1", "install": [{item}]}}"#)
    };
    check_refused(
        &item(r#"{"url": "https://index/torch-1.whl", "archive_info": {}}"#),
        "no SHA-256",
    );
    let traversal = r#"{"url": "file:///a/..%2F..%2Ftorch.whl", "archive_info": {}}"#;
    check_refused(&item(traversal), "not the address of a wheel");
}

#[test]
fn a_local_wheel_may_come_without_a_hash() {
    let report = r#"{"version": "1", "install": [{"download_info":
        {"url": "file:///wheels/torch-2.11.0-cp312-cp312-linux_x86_64.whl", "archive_info": {}},
        "metadata": {"name": "Torch"}}]}"#;
    assert_eq!(read(report.as_bytes()).unwrap()[0].sha256, None);
}

#[test]
fn platforms_of_wheels() {
    let linux = platforms("linux", "x86_64").unwrap();
    assert_eq!(
        linux.first().map(String::as_str),
        Some("manylinux_2_28_x86_64")
    );
    assert!(linux.contains(&"manylinux_2_17_x86_64".to_owned()));
    assert_eq!(platforms("windows", "x86_64").unwrap(), ["win_amd64"]);
    let error = platforms("macos", "x86_64").unwrap_err().to_string();
    assert!(
        error.contains("macos on x86_64") && error.contains("LIBTORCH"),
        "{error}"
    );
}

#[test]
fn dependencies_only_with_cuda() {
    let asked = |variant| arguments(variant, &["any".to_owned()]).join(" ");
    assert!(asked(Variant::Cpu).contains("--no-deps"));
    assert!(!asked(Variant::Cuda).contains("--no-deps"));
    assert!(asked(Variant::Cuda).ends_with("--platform any torch==2.11.0"));
}

#[track_caller]
fn check_way_out(stderr: &str, way_out: &str) {
    let text = refusal(Path::new("python3"), stderr);
    assert!(
        text.contains(way_out) && text.contains("LIBTORCH"),
        "{text}"
    );
}

#[test]
fn ways_out_of_pips_refusals() {
    check_way_out("/usr/bin/python3: No module named pip\n", "ensurepip");
    check_way_out(
        "Usage: …\n\nno such option: --report\n",
        "install --upgrade pip",
    );
    check_way_out(
        "WARNING: x\nERROR: No matching distribution found for torch\n",
        "pip download",
    );
    check_way_out("", "it said nothing");
}

#[test]
fn percent_escapes() {
    for (text, expected) in [
        ("a%2Bb", "a+b"),
        ("%", "%"),
        ("100%é", "100%é"),
        ("%zz", "%zz"),
    ] {
        assert_eq!(percent_decoded(text), expected);
    }
}
