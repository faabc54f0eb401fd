use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use pathema_study::plan::Profile;

/// Fits and judges every model under every protocol, and writes tables and figures.
///
/// What is finished is kept in the run folder: the same command goes on where it was stopped, and computes only what changed.
#[derive(Parser)]
#[command(name = "pathema-study", bin_name = "cargo xtask reproduce", version)]
pub(crate) struct Args {
    /// A folder or zip in WESAD's layout; without it, simulated recordings of 15 subjects, and every page says so
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// A folder or zip of AffectiveROAD; without it, simulated drives in its layout
    #[arg(long)]
    pub(crate) road: Option<PathBuf>,
    /// How much: quick is within an hour on two cores, full is what docs/results holds
    #[arg(long, value_enum, default_value = "quick")]
    pub(crate) profile: ProfileArg,
    /// Experiments, by the names of their files; all if left out
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Seeds of every network, instead of the profile's
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub(crate) seeds: Option<u64>,
    /// The run folder; runs/study if left out
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Where tables and figures go; into the run folder if left out
    #[arg(long)]
    pub(crate) results: Option<PathBuf>,
    /// The experiments' files
    #[arg(long, default_value = "experiments")]
    pub(crate) experiments: PathBuf,
    /// Folds side by side; as many as there are processors if left out
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Say what would be computed, and how long it may take, and stop
    #[arg(long)]
    pub(crate) plan: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ProfileArg {
    Quick,
    Full,
}

impl From<ProfileArg> for Profile {
    fn from(profile: ProfileArg) -> Profile {
        match profile {
            ProfileArg::Quick => Profile::Quick,
            ProfileArg::Full => Profile::Full,
        }
    }
}
