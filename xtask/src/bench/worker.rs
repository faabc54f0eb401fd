//! Programs that are started once and asked again and again: a line of JSON in, a line out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

/// What a worker is asked. It looks only at what its kind needs; all fields are always there.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct Workload {
    pub(super) kind: Kind,
    #[serde(flatten)]
    pub(super) sizes: Sizes,
    /// `linear`, `natural` or `hermite`.
    pub(super) interpolation: &'static str,
    /// The solver by torchdiffeq's name: `midpoint`, `rk4` (which is Kutta's 3/8 rule), `dopri5`.
    pub(super) method: &'static str,
    /// `direct`, `checkpointed`, `backsolve` or `reversible`.
    pub(super) gradient: &'static str,
    pub(super) rtol: f64,
    pub(super) atol: f64,
    /// Whether adaptive steps must end at knots; those of fixed steps always do.
    pub(super) knots: bool,
    /// How often the field is evaluated, for the products alone.
    pub(super) evaluations: usize,
    /// The share of values, not of times, that is missing.
    pub(super) missing: f64,
    /// Which of our engines: `fused`, or `plain` as before there was another.
    pub(super) engine: &'static str,
    pub(super) threads: usize,
    /// How many timed runs.
    pub(super) runs: usize,
    /// Inputs and weights, the same for all: a safetensors file.
    pub(super) data: Option<PathBuf>,
    /// A safetensors file with the true gradient, all weights laid end to end.
    pub(super) truth: Option<PathBuf>,
    /// The file to write, for those kinds that make one.
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Asks for versions.
    Hello,
    /// Draws inputs and weights and writes them to `out`; only ours is asked.
    Data,
    /// Solves in double precision and very short steps and writes the gradient to `out`; only ours.
    Truth,
    /// A training step: forward, and the gradient of every weight.
    Step,
    /// The most memory that such a step has in use at a time; only ours is asked.
    Memory,
    /// Coefficients of paths through incomplete values.
    Fit,
    /// The products of a training step and nothing else, by libtorch's routine; only ours.
    Sgemm,
    /// An epoch of the fused model on real windows; only ours.
    Epoch,
}

/// The sizes of the problem: samples, channels of the path, knots, numbers of the state, width of the
/// field's layers, and how long the path is.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(super) struct Sizes {
    pub(super) batch: usize,
    pub(super) channels: usize,
    pub(super) length: usize,
    pub(super) hidden: usize,
    pub(super) width: usize,
    pub(super) seconds: f64,
}

/// What a worker says; what does not apply is missing or null.
#[derive(Default, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    pub(super) seconds: Vec<f64>,
    pub(super) loss: Option<f64>,
    /// The norm of the gradient to the field's first matrix.
    pub(super) gradient_norm: Option<f64>,
    /// The gradient's distance from the truth, relative to the truth's norm; of a truth, how exact it is itself.
    pub(super) error: Option<f64>,
    /// The most bytes in use beyond inputs.
    pub(super) peak: Option<f64>,
    /// Shares of the time, where the worker knows where it goes.
    pub(super) parts: BTreeMap<String, f64>,
    pub(super) versions: BTreeMap<String, String>,
    /// Why the worker has no such thing.
    pub(super) unsupported: Option<String>,
    /// Why it should have answered and could not.
    pub(super) failed: Option<String>,
}

/// A program at work. It ends with this.
pub(super) struct Worker {
    name: String,
    child: Child,
    input: ChildStdin,
    lines: Receiver<std::io::Result<String>>,
    log: PathBuf,
    patience: Duration,
}

impl Worker {
    /// Starts a program. What it says beside its answers goes to `log`.
    pub(super) fn start(
        name: &str,
        mut command: Command,
        log: &Path,
        patience: Duration,
    ) -> Result<Worker> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .with_context(|| format!("the worker of {name} did not start ({command:?})"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.with_context(|| format!("no pipes to the worker of {name}"))?;
        let (sender, lines) = mpsc::channel();
        // A thread, because only a channel can be waited for with a limit. It ends with the child.
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Worker {
            name: name.to_owned(),
            child,
            input,
            lines,
            log: log.to_owned(),
            patience,
        })
    }

    /// Asks once and waits. After an error the worker is of no more use, since a late answer
    /// would be taken for the next one.
    pub(super) fn ask(&mut self, workload: &Workload) -> Result<Answer> {
        let mut line = serde_json::to_string(workload).context("the workload as JSON")?;
        line.push('\n');
        let sent = self
            .input
            .write_all(line.as_bytes())
            .and_then(|()| self.input.flush());
        sent.map_err(|error| self.lost(&error.to_string()))?;
        let text = match self.lines.recv_timeout(self.patience) {
            Ok(line) => line.map_err(|error| self.lost(&error.to_string()))?,
            Err(RecvTimeoutError::Timeout) => {
                let seconds = self.patience.as_secs();
                bail!(self.lost(&format!("no answer within {seconds} s")));
            }
            Err(RecvTimeoutError::Disconnected) => bail!(self.lost("it ended")),
        };
        let answer: Answer = serde_json::from_str(&text)
            .map_err(|error| self.lost(&format!("{error} in its answer {text:?}")))?;
        if let Some(why) = &answer.failed {
            bail!(self.lost(why));
        }
        Ok(answer)
    }

    fn lost(&self, why: &str) -> anyhow::Error {
        let (name, log) = (&self.name, self.log.display());
        anyhow!("the worker of {name} did not answer: {why}; {log} holds what it said")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end and nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
#[path = "worker_tests.rs"]
mod tests;
