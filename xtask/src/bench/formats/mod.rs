//! `cargo xtask bench --formats`: our readers of files beside Python's.
//!
//! A program is started anew for every round, since what is read also takes memory: its peak is the process's own. Programs
//! take a path and how often to read it, and print one line of JSON.

mod judge;
mod program;
mod table;
mod workloads;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use self::judge::Measured;
use self::program::{Answer, Program};
use self::workloads::{Place, Workload};
use super::machine::Processors;
use super::{Options, commit, lines, machine, ours, venv, write};
use crate::workspace;

/// The crate whose examples are ours.
const PACKAGE: &str = "pathema-signal";

/// How often every program is asked, to and fro.
const ROUNDS: usize = 5;
const ROUNDS_QUICK: usize = 2;

pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let out = match &options.out {
        Some(out) => out.clone(),
        None if options.quick || options.only.is_some() => folder.join("formats-part.md"),
        None => root.join("docs/benchmarks-formats.md"),
    };
    let rounds = if options.quick { ROUNDS_QUICK } else { ROUNDS };
    let mut workloads = workloads::all();
    if let Some(only) = &options.only {
        workloads.retain(|workload| workload.words.contains(only.as_str()));
        if workloads.is_empty() {
            bail!("--only {only}: no workload has these words; `pickle` would name some");
        }
    }

    let commit = commit();
    let scripts = root.join("bench/formats");
    let python = venv::ensure(
        &folder.join("formats-venv"),
        &scripts.join("requirements.txt"),
        "about 200 MB",
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
                    .join(PACKAGE)
                    .join(format!("examples/{}.rs", workload.example));
                let peer = scripts.join(workload.peer);
                for needed in [&example, &peer] {
                    if !needed.is_file() {
                        bail!("there is no {}", needed.display());
                    }
                }
                let built = ours::build_examples(&root, PACKAGE, &[workload.example])?;
                let ours = Program::new(&built[0], &[], &file);
                let theirs = Program::new(&python, &[&peer], &file);
                Ok([ours, theirs])
            });
            let measured = match ready {
                Ok(programs) => measure(workload, &programs, &processors, rounds),
                Err(error) => Measured::skipped(workload, format!("skipped: {error:#}")),
            };
            eprint!("{}", table::short(&measured));
            measured
        })
        .collect();

    let text = table::page(&table::Page {
        measured: &measured,
        rounds,
        pinned: processors.pin(),
        requirements: &fs::read_to_string(scripts.join("requirements.txt")).unwrap_or_default(),
        machine: &machine::in_words(),
        commit: commit.as_deref(),
    });
    println!("{}", table::markdown(&measured));
    write(
        &folder.join("formats.json"),
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
    programs: &[Program; 2],
    processors: &Processors,
    rounds: usize,
) -> Measured {
    let mut measured = Measured::new(workload);
    // The first reading of each, which also brings the file into the system's cache, tells the memory and nothing else:
    // a program that reads again and again may hold two at a time.
    for (who, program) in programs.iter().enumerate() {
        match program.ask(processors, 1) {
            Ok(answer) => measured.first(who, answer),
            Err(error) => return Measured::skipped(workload, format!("{error:#}")),
        }
    }
    for round in 0..rounds {
        let turn = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for who in turn {
            match programs[who].ask(processors, workload.repeats[who]) {
                Ok(Answer { seconds, .. }) => measured.add(who, &seconds),
                Err(error) => return Measured::skipped(workload, format!("{error:#}")),
            }
        }
    }
    measured
}
