//! Asks programs in turn, round by round, so that what else the machine does falls on all alike.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};

use super::machine::Processors;
use super::table::median;
use super::worker::{Answer, Kind, Worker, Workload};
use super::workloads::{Comparison, Extent, Program, basis};

/// How long one answer may take: compiling counts, and the slowest default solves for minutes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Where the programs are.
pub(super) struct Programs {
    pub(super) ours: PathBuf,
    /// What ours needs in its environment.
    pub(super) ours_environment: Vec<(OsString, OsString)>,
    pub(super) python: PathBuf,
    /// The folder of the peers' scripts.
    pub(super) scripts: PathBuf,
}

/// The workers, each started when it is first asked.
pub(super) struct Pool {
    programs: Programs,
    processors: Processors,
    /// Where workers log.
    folder: PathBuf,
    workers: BTreeMap<(Program, usize), Worker>,
    /// Files that ours has written in this run, and how exact each says it is. Older ones may be another program's.
    written: BTreeMap<PathBuf, Option<f64>>,
}

/// One workload of one program, and all that it answered.
pub(super) struct Series {
    pub(super) program: Program,
    pub(super) workload: Workload,
    /// Of every timed run.
    pub(super) seconds: Vec<f64>,
    /// What the last answer said beside times.
    pub(super) last: Answer,
    /// How exact the truth is that its error is measured from.
    pub(super) exact: Option<f64>,
    /// Why there is no answer, if there is none.
    pub(super) trouble: Option<String>,
}

impl Series {
    fn new(program: Program, workload: &Workload) -> Series {
        Series {
            program,
            workload: workload.clone(),
            seconds: Vec::new(),
            last: Answer::default(),
            exact: None,
            trouble: None,
        }
    }

    pub(super) fn time(&self) -> Option<f64> {
        median(&self.seconds).filter(|seconds| *seconds > 0.0)
    }

    fn take(&mut self, answer: Result<Answer>) {
        match answer {
            Ok(answer) => match &answer.unsupported {
                Some(why) => self.trouble = Some(why.clone()),
                None => {
                    self.seconds.extend(&answer.seconds);
                    self.last = answer;
                }
            },
            Err(error) => self.trouble = Some(format!("{error:#}")),
        }
    }

    /// All of it, for whoever wants to look closer.
    pub(super) fn raw(&self, words: &str) -> Value {
        json!({
            "comparison": words,
            "program": self.program.name(),
            "workload": self.workload,
            "seconds": self.seconds,
            "loss": self.last.loss,
            "gradient_norm": self.last.gradient_norm,
            "error": self.last.error,
            "exact": self.exact,
            "peak": self.last.peak,
            "parts": self.last.parts,
            "trouble": self.trouble,
        })
    }
}

impl Pool {
    pub(super) fn new(programs: Programs, processors: Processors, folder: &Path) -> Pool {
        Pool {
            programs,
            processors,
            folder: folder.to_owned(),
            workers: BTreeMap::new(),
            written: BTreeMap::new(),
        }
    }

    /// Asks everything of a comparison, in turn. Of what it returns, ours comes first, then each peer's.
    pub(super) fn measure(
        &mut self,
        comparison: &Comparison,
        extent: &Extent,
    ) -> Result<Vec<Vec<Series>>> {
        let peers = comparison.peers.iter().map(|p| (p.program, &p.asked));
        let mut groups: Vec<Vec<Series>> = std::iter::once((Program::Ours, &comparison.ours))
            .chain(peers)
            .map(|(program, asked)| asked.iter().map(|w| Series::new(program, w)).collect())
            .collect();
        for series in groups.iter_mut().flatten() {
            if !self.processors.are_enough(series.workload.threads) {
                let threads = series.workload.threads;
                return Err(anyhow!("this machine has fewer than {threads} processors"));
            }
            series.exact = self.provide(&series.workload)?;
        }
        for round in 0..extent.rounds {
            let mut turn: Vec<&mut Series> = groups.iter_mut().flatten().collect();
            // To and fro, so that nobody always comes after the same one.
            if round % 2 == 1 {
                turn.reverse();
            }
            for series in turn {
                let spent: f64 = series.seconds.iter().sum();
                if series.trouble.is_none() && spent < extent.budget {
                    let answer = self.ask(series.program, &series.workload);
                    series.take(answer);
                }
            }
        }
        Ok(groups)
    }

    /// The versions a program names, in words: `torch 2.11.0, torchcde 0.2.5`.
    pub(super) fn versions(&mut self, program: Program) -> Result<String> {
        let hello = Workload {
            kind: Kind::Hello,
            ..basis()
        };
        let versions = self.ask(program, &hello)?.versions;
        let named: Vec<String> = versions
            .iter()
            .map(|(name, v)| format!("{name} {v}"))
            .collect();
        Ok(named.join(", "))
    }

    /// Has ours write the files that a workload reads; returns how exact its truth is, if it has one.
    fn provide(&mut self, workload: &Workload) -> Result<Option<f64>> {
        let files = [(&workload.data, Kind::Data), (&workload.truth, Kind::Truth)];
        for (file, kind) in files {
            let Some(file) = file
                .as_ref()
                .filter(|file| !self.written.contains_key(*file))
            else {
                continue;
            };
            let order = Workload {
                kind,
                truth: None,
                out: Some(file.clone()),
                ..workload.clone()
            };
            let answer = self.ask(Program::Ours, &order);
            let named = || format!("ours could not make {}", file.display());
            let answer = answer.with_context(named)?;
            if let Some(why) = answer.unsupported {
                return Err(anyhow!(why).context(named()));
            }
            self.written.insert(file.clone(), answer.error);
        }
        let truth = workload.truth.as_ref();
        Ok(truth.and_then(|file| *self.written.get(file)?))
    }

    fn ask(&mut self, program: Program, workload: &Workload) -> Result<Answer> {
        let key = (program, workload.threads);
        let mut worker = match self.workers.remove(&key) {
            Some(worker) => worker,
            None => self.start(program, workload.threads)?,
        };
        // Put back only after an answer: the next question finds a new worker otherwise.
        let answer = worker.ask(workload)?;
        self.workers.insert(key, worker);
        Ok(answer)
    }

    fn start(&self, program: Program, threads: usize) -> Result<Worker> {
        let Programs {
            ours,
            ours_environment,
            python,
            scripts,
        } = &self.programs;
        let command = match program {
            Program::Ours | Program::OursAgain => {
                let mut command = self.processors.command(ours, threads);
                command.envs(ours_environment.iter().map(|(name, value)| (name, value)));
                command
            }
            Program::Torchcde | Program::Diffrax => {
                let mut command = self.processors.command(python, threads);
                // A warning a step would fill the log.
                command.args(["-W", "ignore"]);
                command.arg(scripts.join(format!("{}_worker.py", program.name())));
                command
            }
        };
        let log = self
            .folder
            .join(format!("{}-{threads}.log", program.name()));
        Worker::start(program.name(), command, &log, PATIENCE)
    }
}
