//! A program that reads a file so and so often: started, awaited with a limit, and understood.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::bench::machine::Processors;

/// Python reads a gigabyte of escaped text in far less.
const PATIENCE: Duration = Duration::from_secs(900);

pub(super) struct Program {
    program: PathBuf,
    /// Before how often the work is to be done.
    before: Vec<PathBuf>,
    after: Vec<&'static str>,
    threads: usize,
    patience: Duration,
}

/// What it prints; more fields may be there.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Answer {
    /// Of every reading.
    pub(super) seconds: Vec<f64>,
    /// The most memory the process has held.
    pub(super) peak_bytes: Option<u64>,
    /// How many values it found, to see that both read the same.
    pub(super) samples: Option<u64>,
    /// The bytes of what it found, as arrays of their own types.
    pub(super) array_bytes: Option<u64>,
}

impl Program {
    /// `program before… REPEATS after…`
    pub(super) fn new<'a>(
        program: &Path,
        before: impl IntoIterator<Item = &'a Path>,
        after: &[&'static str],
        threads: usize,
    ) -> Program {
        Program {
            program: program.to_owned(),
            before: before.into_iter().map(Path::to_owned).collect(),
            after: after.to_vec(),
            threads,
            patience: PATIENCE,
        }
    }

    /// Runs it on as many processors as it has threads.
    pub(super) fn ask(&self, processors: &Processors, repeats: usize) -> Result<Answer> {
        let named = || self.name();
        let mut command = processors.command(&self.program, self.threads);
        command
            .args(&self.before)
            .arg(repeats.to_string())
            .args(&self.after);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} did not start", named()))?;
        let mut output = child.stdout.take().context("no pipe")?;
        // A thread, because a full pipe would hold the program. It ends with the program.
        let reading = thread::spawn(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).map(|_| text)
        });
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().with_context(named)? {
                break status;
            }
            if started.elapsed() > self.patience {
                // It may have ended in between; then there is nothing to end.
                let _ = child.kill();
                let _ = child.wait();
                bail!(
                    "{}: no answer within {} s",
                    named(),
                    self.patience.as_secs()
                );
            }
            thread::sleep(Duration::from_millis(20));
        };
        let text = reading
            .join()
            .ok()
            .with_context(|| format!("{}: its answer was lost", named()))?
            .with_context(named)?;
        if !status.success() {
            bail!("{} failed ({status}); what it said is above", named());
        }
        let answer: Answer = serde_json::from_str(text.trim())
            .with_context(|| format!("{} answered {:?}", named(), text.trim()))?;
        if answer.seconds.len() != repeats || !answer.seconds.iter().all(|seconds| *seconds > 0.0) {
            bail!(
                "{} was asked for {repeats} readings and answered {:?}",
                named(),
                answer.seconds
            );
        }
        Ok(answer)
    }

    /// The script of an interpreter, else the program.
    fn name(&self) -> String {
        let script = self
            .before
            .iter()
            .find(|path| path.extension().is_some_and(|e| e == "py"));
        let path = script.unwrap_or(&self.program);
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(folder: &Path, body: &str) -> Program {
        let path = folder.join("reader");
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Program::new(&path, [Path::new("/data/a file.pkl")], &["more"], 1)
    }

    #[test]
    fn it_is_given_the_file_and_the_repeats() {
        let folder = tempfile::tempdir().unwrap();
        let body = r#"[ "$1" = "/data/a file.pkl" ] && [ "$2" = 2 ] && [ "$3" = more ] && [ "$OMP_NUM_THREADS" = 1 ] &&
            echo '{"seconds": [0.5, 0.25], "peak_bytes": 10, "samples": 3, "more": 1}'"#;
        let answer = program(folder.path(), body)
            .ask(&Processors::look(), 2)
            .unwrap();
        let expected = Answer {
            seconds: vec![0.5, 0.25],
            peak_bytes: Some(10),
            samples: Some(3),
            array_bytes: None,
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn what_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        for (body, reason) in [
            ("echo '{\"seconds\": [0.5]}'", "asked for 2 readings"),
            ("echo '{\"seconds\": [0.5, 0]}'", "asked for 2 readings"),
            ("echo nonsense", "nonsense"),
            ("exit 3", "failed"),
        ] {
            let error = program(folder.path(), body)
                .ask(&Processors::look(), 2)
                .unwrap_err();
            assert!(format!("{error:#}").contains(reason), "{error:#}");
        }
        let mut slow = program(folder.path(), "exec sleep 60");
        slow.patience = Duration::from_millis(100);
        let error = slow.ask(&Processors::look(), 1).unwrap_err();
        assert!(error.to_string().contains("no answer"), "{error}");
    }
}
