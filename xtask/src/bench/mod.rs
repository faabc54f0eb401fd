//! `cargo xtask bench --peers`: our solvers beside those of other libraries, in one go; `--formats` and
//! `--physio`: our readers of files and our physiology beside Python's.
//!
//! Every program is a *worker*: started once, asked for the same work in turn with the others, round
//! by round. What counts are ratios of medians, which a change of the machine's mood leaves alone.

mod beside;
mod equal_error;
mod judge;
mod machine;
mod ours;
mod rounds;
mod table;
mod venv;
mod worker;
mod workloads;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde_json::Value;

use self::machine::Processors;
use self::rounds::{Pool, Programs};
use self::table::Row;
use self::workloads::{Comparison, Extent, Program};
use crate::{setup, workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Compare our solvers with other libraries, which are installed in an environment of their own
    #[arg(long, required_unless_present_any = ["formats", "physio"], conflicts_with_all = ["formats", "physio"])]
    peers: bool,
    /// Compare our readers of files with Python's
    #[arg(long, conflicts_with = "physio")]
    formats: bool,
    /// Compare our physiology with Python's
    #[arg(long)]
    physio: bool,
    /// Two rounds and one tolerance: enough to see that it works, too few to be quoted
    #[arg(long)]
    quick: bool,
    /// Only comparisons whose words contain this, such as `dopri5` or `batch 32`
    #[arg(long, value_name = "WORDS")]
    only: Option<String>,
    /// Where the table goes [default: docs/benchmarks.md, -formats.md or -physio.md; of a part of it one in target/bench]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Take this program for our solvers instead of building it
    #[arg(long, value_name = "PROGRAM", hide = true, conflicts_with_all = ["formats", "physio"])]
    ours: Option<PathBuf>,
}

/// Measures, prints the table, and writes it down.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if options.formats {
        return beside::run(&beside::FORMATS, options);
    }
    if options.physio {
        return beside::run(&beside::PHYSIO, options);
    }
    let root = workspace::root();
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let out = match &options.out {
        Some(out) => out.clone(),
        // Part of the table must not take the whole one's place.
        None if options.quick || options.only.is_some() => folder.join("part.md"),
        None => root.join("docs/benchmarks.md"),
    };
    let extent = if options.quick {
        Extent::QUICK
    } else {
        Extent::FULL
    };

    // What is measured is what stands here now, whatever is edited while it runs.
    let commit = commit();
    // All that takes the processors comes before the first run that is timed.
    let libtorch = setup::ensure(&root)?;
    let ours = match &options.ours {
        Some(program) => {
            std::path::absolute(program).with_context(|| format!("--ours {}", program.display()))?
        }
        None => ours::build(&root, &libtorch)?,
    };
    let scripts = root.join("bench/peers");
    let python = venv::ensure(
        &folder.join("venv"),
        &scripts.join("requirements.txt"),
        "up to 6 GB: torch brings CUDA's libraries where it has them",
    )?;
    let programs = Programs {
        ours,
        ours_environment: ours::environment(&libtorch)?,
        python,
        scripts,
    };
    let processors = Processors::look();
    let pinned = processors.pin();
    let mut pool = Pool::new(programs, processors, &folder);
    let mut versions = Vec::new();
    for program in [Program::Torchcde, Program::Diffrax, Program::Ours] {
        versions.push(pool.versions(program)?);
    }

    let mut comparisons = workloads::all(&folder, &extent);
    if let Some(only) = &options.only {
        comparisons.retain(|comparison| comparison.words.contains(only.as_str()));
        if comparisons.is_empty() {
            bail!("--only {only}: no comparison has these words; `dopri5` would name some");
        }
    }
    let (rows, raw) = measure(&mut pool, &comparisons, &extent);
    if rows.iter().all(|row| row.ratio.is_none()) {
        let why = rows.first().map_or("", |row| row.remark.as_str());
        bail!("nothing could be measured: {why}");
    }
    let table = table::markdown(&rows);
    println!("{table}");
    let text = page(&table, &rows, &versions, pinned, &extent, commit);
    write(&out, &text)?;
    write(&folder.join("peers.json"), &lines(&table::json(&rows))?)?;
    write(&folder.join("measured.json"), &lines(&raw)?)?;
    eprintln!(
        "{} The table is in {}.",
        table::summary(&rows),
        out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Every row, and everything behind them. What fails is a row that says why; the rest goes on.
fn measure(pool: &mut Pool, comparisons: &[Comparison], extent: &Extent) -> (Vec<Row>, Value) {
    let (mut rows, mut raw) = (Vec::new(), Vec::new());
    for (index, comparison) in comparisons.iter().enumerate() {
        let words = &comparison.words;
        eprintln!("[{}/{}] {words}", index + 1, comparisons.len());
        let found = match pool.measure(comparison, extent) {
            Ok(groups) => {
                raw.extend(groups.iter().flatten().map(|series| series.raw(words)));
                judge::rows(comparison, &groups)
            }
            Err(error) => judge::missing(comparison, &format!("{error:#}")),
        };
        eprint!("{}", table::short(&found));
        rows.extend(found);
    }
    (rows, Value::Array(raw))
}

/// The table with what a reader must know before it.
fn page(
    table: &str,
    rows: &[Row],
    versions: &[String],
    pinned: bool,
    extent: &Extent,
    commit: Option<String>,
) -> String {
    let named: Vec<&str> = versions
        .iter()
        .map(String::as_str)
        .filter(|v| !v.is_empty())
        .collect();
    let commit = commit.map_or_else(String::new, |commit| {
        format!(" Measured at commit {commit}.")
    });
    let pinned = if pinned {
        "pinned to as many processors as it has threads, one unless the row says two"
    } else {
        "not pinned (there is no `taskset` here), with one thread unless the row says two"
    };
    let rounds = extent.rounds;
    format!(
        "# Beside other libraries\n\n\
         How long the same work takes elsewhere, as a multiple of what it takes here: theirs over ours, higher is better. Where the peer\n\
         is a limit (libtorch's matrix product, our own direct gradient), the ratio is read the same way.\n\n\
         ```console\n$ cargo xtask bench --peers\n```\n\n\
         - **Work**: one training step of a neural CDE in single precision: the solve, the loss and the gradient of every weight. Paths have\n  \
         240 knots over 60 s and 4 channels, the state 32 numbers, the field two hidden layers of 64 (ReLU) and tanh. Inputs and weights\n  \
         are the same file for all programs; a row of midpoint or rk4 counts only where loss and gradient agree, one of a fit\n  \
         only where the paths do. Fitting paths and compiling are not timed, unless the row is about a fit.\n\
         - **How**: programs are asked in turn, {rounds} rounds to and fro in one go; a ratio is one of medians over all rounds. Each program is\n  \
         {pinned}.\n\
         - **dopri5**: time at equal error of the gradient, measured from a solve in double precision by steps of a thousandth of a second. Between\n  \
         our tolerances, time is taken as a power of the error. Steps end at knots or pass them, as serves each better.\n\
         - **rk4** is torchdiffeq's, Kutta's 3/8 rule, everywhere; diffrax is given its coefficients.\n\
         - **sgemm** is the routine in libtorch, called past its tensors for the products of every evaluation, forward and back.\n\
         - **Memory** is what the engine allocates beyond inputs.\n\
         - **Versions**: {versions}. **Machine**: {machine}.{commit}\n\n\
         {summary}\n\n{table}",
        versions = named.join("; "),
        machine = machine::in_words(),
        summary = table::summary(rows),
    )
}

fn commit() -> Option<String> {
    let answer = Command::new("git")
        .current_dir(workspace::root())
        .args(["describe", "--always", "--dirty"])
        .output()
        .ok()?;
    let named = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !named.is_empty()).then_some(named)
}

fn lines(value: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(value).context("the measurements as JSON")? + "\n")
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
