use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::Result;
use indicatif::ProgressBar;
use pathema_experiments::physio::evaluate::{Evaluation, evaluate, records, rows, table};
use pathema_experiments::physio::{check_ending, write_table};
use pathema_physio::compare::{Comparison, Criteria};

use crate::args::EvaluatePeaksArgs;
use crate::{INTERRUPTED, STOP, say};

pub(crate) fn run(args: &EvaluatePeaksArgs) -> Result<ExitCode> {
    let criteria: Vec<Criteria> = args
        .tolerance
        .iter()
        .map(|&tolerance| match args.from {
            Some(from) => Criteria { tolerance, from },
            None => Criteria::within(tolerance),
        })
        .collect();
    // What cannot be used is told before anything is read.
    for criteria in &criteria {
        Comparison::new(&[], &[], criteria)?;
    }
    if let Some(out) = &args.out {
        check_ending(out)?;
    }
    let names = records(&args.mitdb)?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(names.len() as u64),
        false => ProgressBar::hidden(),
    };
    let mut evaluation = Evaluation {
        folder: args.mitdb.display().to_string(),
        criteria,
        records: Vec::with_capacity(names.len()),
    };
    for name in &names {
        if STOP.load(Ordering::Relaxed) {
            return Ok(ExitCode::from(INTERRUPTED));
        }
        let evaluated = evaluate(&args.mitdb, name, &evaluation.criteria);
        evaluation.records.push(evaluated);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if args.json {
        let errors: serde_json::Map<String, serde_json::Value> = evaluation
            .records
            .iter()
            .filter_map(|record| Some((record.record.clone(), record.error.clone()?.into())))
            .collect();
        let all = serde_json::json!({ "folder": evaluation.folder, "rows": rows(&evaluation), "errors": errors });
        say(&(serde_json::to_string_pretty(&all)? + "\n"))?;
    } else {
        say(&table(&evaluation))?;
    }
    if let Some(out) = &args.out {
        write_table(&evaluation.to_table()?, out)?;
        eprintln!("table: {}", out.display());
    }
    let failed = evaluation
        .records
        .iter()
        .any(|record| record.error.is_some());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
