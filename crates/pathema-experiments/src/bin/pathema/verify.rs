use std::fs;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};
use pathema_signal::verify::{Check, Hashes, Outcome, verify};

use crate::args::VerifyArgs;
use crate::{INTERRUPTED, STOP, say};

pub(crate) fn run(args: &VerifyArgs) -> Result<ExitCode> {
    let hashes = args.hashes.as_ref().map(|path| {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok::<_, anyhow::Error>(Hashes::parse(&path.display().to_string(), &text)?)
    });
    let hashes = hashes.transpose()?;
    let (mut counts, mut said) = ([0_usize; 3], Ok(()));
    verify(&args.path, hashes.as_ref(), &mut |check| {
        counts[check.outcome as usize] += 1;
        let line = match args.json {
            true => serde_json::json!(check).to_string(),
            false => line(check),
        };
        said = say(&(line + "\n"));
        said.is_ok() && !STOP.load(Ordering::Relaxed)
    })?;
    said?;
    let [passed, noted, failed] = counts;
    if !args.json {
        say(&format!(
            "{passed} passed, {noted} noted, {failed} failed\n"
        ))?;
    }
    Ok(if STOP.load(Ordering::Relaxed) {
        ExitCode::from(INTERRUPTED)
    } else if failed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn line(check: &Check) -> String {
    let outcome = match check.outcome {
        Outcome::Passed => "ok  ",
        Outcome::Noted => "note",
        Outcome::Failed => "FAIL",
    };
    format!(
        "{outcome}  {:<6} {:<9} {}",
        check.about, check.what, check.detail
    )
}
