use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use pathema_signal::simulate::{self, Protocol, SimulationConfig};

use crate::args::SimulateArgs;
use crate::bars;

pub(crate) fn run(args: &SimulateArgs) -> Result<ExitCode> {
    let config = SimulationConfig {
        subjects: args.subjects,
        seed: args.seed,
        protocol: if args.full {
            Protocol::Full
        } else {
            Protocol::Short
        },
    };
    write(&args.out, &config)?;
    println!("{}", args.out.join("WESAD").display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn write(root: &Path, config: &SimulationConfig) -> Result<()> {
    let bar = bars::subjects("simulating");
    let written = simulate::write(root, config, &mut |subject, done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(subject.to_owned());
    });
    bar.finish_and_clear();
    Ok(written?)
}
