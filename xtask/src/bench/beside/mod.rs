//! `cargo xtask bench --formats` and `--physio`: what we read and compute beside Python's.
//!
//! A program is started anew for every round, since what is read also takes memory: its peak is the process's own. Programs
//! take a path and how often to do the work, and print one line of JSON.

mod inputs;
mod judge;
mod program;
mod table;
mod workloads;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use self::inputs::Place;
use self::judge::Measured;
use self::program::{Answer, Program};
pub(super) use self::workloads::{FORMATS, PHYSIO};
use self::workloads::{Peer, Suite, Workload};
use super::machine::Processors;
use super::{Options, commit, lines, machine, ours, venv, write};
use crate::workspace;

/// How often every program is asked, to and fro.
const ROUNDS: usize = 5;
const ROUNDS_QUICK: usize = 2;

pub(super) fn run(suite: &Suite, options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let out = match &options.out {
        Some(out) => out.clone(),
        None if options.quick || options.only.is_some() => {
            folder.join(format!("{}-part.md", suite.name))
        }
        None => root.join(format!("docs/benchmarks-{}.md", suite.name)),
    };
    let rounds = if options.quick { ROUNDS_QUICK } else { ROUNDS };
    let mut workloads = (suite.workloads)();
    if let Some(only) = &options.only {
        workloads.retain(|workload| workload.words.contains(only.as_str()));
        if workloads.is_empty() {
            bail!(
                "--only {only}: no workload has these words; there are: {}",
                (suite.workloads)()
                    .iter()
                    .map(|workload| workload.words)
                    .collect::<Vec<_>>()
                    .join("; ")
            );
        }
    }

    let commit = commit();
    let scripts = root.join("bench").join(suite.name);
    let python = venv::ensure(
        &folder.join(format!("{}-venv", suite.name)),
        &scripts.join("requirements.txt"),
        suite.takes,
    )?;
    let place = Place {
        folder: folder.join("formats"),
        data: std::env::var_os("PATHEMA_DATA").map(Into::into),
        python: python.clone(),
        scripts: scripts.clone(),
    };
    let processors = Processors::look();
    let measured: Vec<Measured> = workloads
        .iter()
        .enumerate()
        .map(|(index, workload)| {
            eprintln!("[{}/{}] {}", index + 1, workloads.len(), workload.words);
            let ready = place.ready(workload).and_then(|file| {
                let example = root
                    .join("crates")
                    .join(suite.package)
                    .join(format!("examples/{}.rs", workload.example));
                let peer = match workload.peer {
                    Peer::Script { file, .. } => Some(scripts.join(file)),
                    Peer::Limit { .. } => None,
                };
                for needed in std::iter::once(&example).chain(&peer) {
                    if !needed.is_file() {
                        bail!("there is no {}", needed.display());
                    }
                }
                let built = ours::build_examples(&root, suite.package, &[workload.example])?;
                let ours = Program::new(&built[0], &[], &file, workload.threads);
                let theirs = peer.map(|peer| {
                    let arguments: Vec<&Path> = std::iter::once(peer.as_path())
                        .chain(workload.peer_arguments.iter().map(Path::new))
                        .collect();
                    Program::new(&python, &arguments, &file, workload.threads)
                });
                Ok((ours, theirs))
            });
            let measured = match ready {
                Ok((ours, theirs)) => {
                    measure(workload, &ours, theirs.as_ref(), &processors, rounds)
                }
                Err(error) => Measured::skipped(workload, format!("skipped: {error:#}")),
            };
            eprint!("{}", table::short(&measured));
            measured
        })
        .collect();

    let text = table::page(&table::Page {
        suite,
        measured: &measured,
        rounds,
        pinned: processors.pin(),
        requirements: &fs::read_to_string(scripts.join("requirements.txt")).unwrap_or_default(),
        machine: &machine::in_words(),
        commit: commit.as_deref(),
    });
    println!("{}", table::markdown(&measured));
    write(
        &folder.join(format!("{}.json", suite.name)),
        &lines(&table::json(&measured))?,
    )?;
    if measured.iter().all(|measured| measured.time().is_none()) {
        bail!("nothing could be measured: the rows above say why");
    }
    write(&out, &text)?;
    eprintln!(
        "{} The table is in {}.",
        table::summary(&measured),
        out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Asks both in turn, to and fro. What goes wrong is the measurement's remark.
fn measure(
    workload: &Workload,
    ours: &Program,
    theirs: Option<&Program>,
    processors: &Processors,
    rounds: usize,
) -> Measured {
    if !processors.are_enough(workload.threads) {
        let why = format!("skipped: it takes {} processors", workload.threads);
        return Measured::skipped(workload, why);
    }
    let mut measured = Measured::new(workload);
    let programs: Vec<&Program> = std::iter::once(ours).chain(theirs).collect();
    // The first reading of each, which also brings the file into the system's cache, tells the memory and nothing else:
    // a program that reads again and again may hold two at a time.
    for (who, program) in programs.iter().enumerate() {
        match program.ask(processors, 1) {
            Ok(answer) => measured.first(who, answer),
            Err(error) => return Measured::skipped(workload, format!("{error:#}")),
        }
    }
    for round in 0..rounds {
        let mut turn: Vec<usize> = (0..programs.len()).collect();
        if round % 2 == 1 {
            turn.reverse();
        }
        for who in turn {
            match programs[who].ask(processors, workload.repeats[who]) {
                Ok(Answer { seconds, .. }) => measured.add(who, &seconds),
                Err(error) => return Measured::skipped(workload, format!("{error:#}")),
            }
        }
    }
    measured
}
