use std::process::ExitCode;

use anyhow::Result;
use pathema_experiments::run::{self, RunFolder};

use crate::args::ReportArgs;

pub(crate) fn run(args: &ReportArgs) -> Result<ExitCode> {
    let (folder, config, manifest) = RunFolder::open(&args.run)?;
    // How long training took is known from before, if it ever ended.
    let seconds = folder.read_results().map_or(0.0, |results| results.seconds);
    run::finish(&folder, &config, &manifest, seconds)?;
    println!("report: {}", folder.file("report.html").display());
    Ok(ExitCode::SUCCESS)
}
