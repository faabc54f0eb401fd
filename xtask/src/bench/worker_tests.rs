use super::*;
use crate::bench::workloads;

/// A worker in shell: `answers` is its whole behaviour.
fn worker(answers: &str, patience: Duration) -> (Worker, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", answers]);
    let log = folder.path().join("log");
    let started = Worker::start("sh", command, &log, patience).unwrap();
    (started, folder)
}

const LONG: Duration = Duration::from_secs(30);

fn fails_with(answers: &str, patience: Duration, expected: &str) {
    let (mut worker, _folder) = worker(answers, patience);
    let error = worker.ask(&workloads::basis()).unwrap_err().to_string();
    assert!(error.contains(expected) && error.contains("log"), "{error}");
}

#[test]
fn a_worker_is_asked_twice() {
    let echo = r#"while read -r _; do echo '{"seconds":[1.5],"loss":0.25,"error":null}'; done"#;
    let (mut worker, _folder) = worker(echo, LONG);
    for _ in 0..2 {
        let answer = worker.ask(&workloads::basis()).unwrap();
        assert_eq!(answer.seconds, [1.5]);
        assert_eq!((answer.loss, answer.error), (Some(0.25), None));
    }
}

#[test]
fn what_goes_wrong_is_named() {
    fails_with("read -r _; echo nonsense", LONG, "nonsense");
    fails_with("read -r _; exit 3", LONG, "it ended");
    fails_with(
        r#"read -r _; echo '{"failed":"no such file"}'"#,
        LONG,
        "no such file",
    );
    fails_with("sleep 30", Duration::from_millis(50), "no answer within");
}

#[test]
fn a_workload_is_one_flat_line() {
    let line = serde_json::to_value(workloads::basis()).unwrap();
    for (field, expected) in [
        ("kind", serde_json::json!("step")),
        ("batch", serde_json::json!(32)),
        ("length", serde_json::json!(240)),
        ("interpolation", serde_json::json!("linear")),
        ("knots", serde_json::json!(false)),
        ("truth", serde_json::Value::Null),
    ] {
        assert_eq!(line[field], expected, "{field}");
    }
}
