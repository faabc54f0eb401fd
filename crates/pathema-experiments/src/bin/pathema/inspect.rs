use std::fs;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use pathema_experiments::inspect::{Inspected, Inspection, page, table};
use pathema_signal::inspect::survey;
use pathema_signal::open::Opened;

use crate::args::InspectArgs;
use crate::{INTERRUPTED, STOP, say};

pub(crate) fn run(args: &InspectArgs) -> Result<ExitCode> {
    let opened = Opened::at(&args.path)?;
    let names = chosen(&opened, &args.subjects)?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    let mut inspection = Inspection {
        path: args.path.display().to_string(),
        format: opened.format().to_string(),
        simulated: opened.is_simulated(),
        recordings: Vec::with_capacity(names.len()),
    };
    for (done, name) in names.iter().enumerate() {
        if STOP.load(Ordering::Relaxed) {
            return Ok(ExitCode::from(INTERRUPTED));
        }
        bar.set_message(format!("{name} ({} of {})", done + 1, names.len()));
        inspection.recordings.push(inspect(&opened, name, &bar));
    }
    bar.finish_and_clear();
    if args.json {
        say(&(serde_json::to_string_pretty(&inspection)? + "\n"))?;
    } else {
        say(&table(&inspection))?;
    }
    if let Some(html) = &args.html {
        fs::write(html, page(&inspection))
            .with_context(|| format!("cannot write {}", html.display()))?;
        eprintln!("page: {}", html.display());
    }
    let failed = inspection
        .recordings
        .iter()
        .any(|recording| recording.error.is_some());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// One recording; whatever keeps it from being read is told with the others.
fn inspect(opened: &Opened, name: &str, bar: &ProgressBar) -> Inspected {
    let mut inspected = Inspected {
        name: name.to_owned(),
        report: None,
        error: None,
    };
    let surveyed = opened
        .read(name)
        .and_then(|mut blocks| survey(&mut *blocks, &mut |_| bar.tick()));
    match surveyed {
        Ok(report) => inspected.report = Some(report),
        Err(error) => inspected.error = Some(error.to_string()),
    }
    inspected
}

pub(crate) fn chosen(opened: &Opened, asked: &[String]) -> Result<Vec<String>> {
    let known = opened.names();
    if let Some(unknown) = asked.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no recording {unknown}; there are {}",
            known.join(", ")
        );
    }
    let wanted = |name: &&String| asked.is_empty() || asked.contains(name);
    Ok(known.iter().filter(wanted).cloned().collect())
}
