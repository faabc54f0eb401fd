use std::fs;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use pathema_experiments::physio::{
    Examined, Features, Gathered, HEART_AND_SKIN, Physiology, analyse, check_ending, gather, page,
    table, write_table,
};
use pathema_physio::features::Windows;
use pathema_signal::Modality;
use pathema_signal::open::Opened;

use crate::args::PhysioArgs;
use crate::inspect::chosen;
use crate::{INTERRUPTED, STOP, say};

pub(crate) fn run(args: &PhysioArgs) -> Result<ExitCode> {
    // What is asked for in vain is told before hours of reading.
    let mut features = match &args.features {
        Some(file) => {
            check_ending(file)?;
            let windows = Windows {
                length: args.window,
                shift: args.shift,
            };
            Some(Features::new(&args.set, windows)?)
        }
        None => None,
    };
    let wanted = match features {
        Some(_) => Modality::ALL,
        None => HEART_AND_SKIN,
    };
    let opened = Opened::at(&args.path)?;
    let names = chosen(&opened, &args.subjects)?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    let mut physiology = Physiology {
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
        let mut examined = Examined {
            name: name.clone(),
            body: None,
            error: None,
        };
        match read(&opened, name, wanted, &bar) {
            Ok(gathered) => {
                if let Some(features) = &mut features
                    && let Err(error) = features.add(name, &gathered)
                {
                    examined.error = Some(error.to_string());
                }
                examined.body = Some(analyse(gathered));
            }
            Err(error) => examined.error = Some(error.to_string()),
        }
        physiology.recordings.push(examined);
    }
    bar.finish_and_clear();
    if args.json {
        say(&(serde_json::to_string_pretty(&physiology)? + "\n"))?;
    } else {
        say(&table(&physiology))?;
    }
    if let Some(html) = &args.html {
        fs::write(html, page(&physiology))
            .with_context(|| format!("cannot write {}", html.display()))?;
        eprintln!("page: {}", html.display());
    }
    if let (Some(features), Some(file)) = (&features, &args.features) {
        if features.is_empty() {
            eprintln!("features: of no recording, so that nothing was written");
        } else {
            write_table(&features.to_table()?, file)?;
            eprintln!("features: {}", file.display());
        }
    }
    let failed = physiology
        .recordings
        .iter()
        .any(|recording| recording.error.is_some());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// One recording in memory; whatever keeps it from being read is told with the others.
fn read(opened: &Opened, name: &str, wanted: &[Modality], bar: &ProgressBar) -> Result<Gathered> {
    let mut blocks = opened.read(name)?;
    Ok(gather(&mut *blocks, wanted, &mut |_| bar.tick())?)
}
