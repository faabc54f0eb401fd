use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Recognises stress and emotion from wearable sensors in continuous time.
///
/// A neural controlled differential equation a modality follows irregular, incomplete signals; cross-modal
/// attention fuses their trajectories. Every figure is of people the model has never seen.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Pathema {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train and validate by leave-one-subject-out; writes a run folder with a report.
    Train(Box<TrainArgs>),
    /// Validate the classifiers of the WESAD baseline on features, by leave-one-subject-out; writes a run folder with a report.
    Baselines(BaselinesArgs),
    /// Label a recording with a trained model.
    Predict(PredictArgs),
    /// Write simulated recordings in the official WESAD format.
    Simulate(SimulateArgs),
    /// Say what a file, a folder or a data set holds, and what is odd about it.
    Inspect(InspectArgs),
    /// Check whether a data set is whole and what it should be.
    Verify(VerifyArgs),
    /// Sum a run folder up anew: results, curves and the report, from its folds.
    Report(ReportArgs),
    /// Say what the body did: beats, heart rate variability, skin conductance; and compute features of windows.
    Physio(PhysioArgs),
    /// Compare detected beats to those that the experts of a WFDB database annotated.
    EvaluatePeaks(EvaluatePeaksArgs),
}

/// Examples:
///   pathema train                                    six short simulated subjects
///   pathema train --data WESAD.zip                   the official archive, all 15 subjects
///   pathema train --data WESAD --subjects S2,S3,S4,S5,S6
///   pathema train --data WESAD --modalities eda --interpolation natural
///   pathema train --resume runs/2026-01-31T10-00-00Z
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct TrainArgs {
    /// The recordings: WESAD's folder or zip. Without it, subjects are simulated.
    #[arg(long, value_name = "FOLDER OR ZIP")]
    pub(crate) data: Option<PathBuf>,
    /// Where to write the run; by default under runs, named by date and time.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Go on with a run that was interrupted, with its own config.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["data", "out", "config", "subjects", "placement",
        "modalities", "interpolation", "solver", "step", "epochs", "batch", "learning_rate", "seed", "full"])]
    pub(crate) resume: Option<PathBuf>,
    /// Settings to start from, as a run folder's config.toml; the options below override them.
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Only these subjects, such as S2,S3,S5.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) subjects: Vec<String>,
    /// Whose sensors: chest (RespiBAN) or wrist (Empatica E4).
    #[arg(long, value_name = "PLACE", value_parser = ["auto", "chest", "wrist"])]
    pub(crate) placement: Option<String>,
    /// Which modalities, of heart, eda and acc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = ["heart", "eda", "acc"])]
    pub(crate) modalities: Vec<String>,
    /// The spline through the observations.
    #[arg(long, value_parser = ["linear", "hermite", "natural"])]
    pub(crate) interpolation: Option<String>,
    /// The solver of the CDE; dopri5 adapts its steps.
    #[arg(long, value_parser = ["euler", "midpoint", "rk4", "dopri5"])]
    pub(crate) solver: Option<String>,
    /// Seconds between the steps of a fixed solver; 0 steps from knot to knot.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) step: Option<f64>,
    /// Passes over the training windows.
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Windows per step of the optimiser.
    #[arg(long)]
    pub(crate) batch: Option<usize>,
    /// Highest learning rate of the schedule.
    #[arg(long, value_name = "RATE")]
    pub(crate) learning_rate: Option<f64>,
    /// Seed of everything that is drawn.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Simulate 15 subjects with sessions of full length, not six short ones (without --data).
    #[arg(long, conflicts_with = "data")]
    pub(crate) full: bool,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

/// Examples:
///   pathema baselines --data WESAD.zip --out runs/baselines
///   pathema baselines --data WESAD.zip --set schmidt2018-chest --classifiers lda,forest --out runs/chest
///   pathema baselines --data WESAD.zip --train-shift 0.25 --shift 0.25 --out runs/as-in-the-paper
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct BaselinesArgs {
    /// The recordings: WESAD's folder or zip.
    #[arg(long, value_name = "FOLDER OR ZIP")]
    pub(crate) data: PathBuf,
    /// Where to write the run.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// The set of features.
    #[arg(long, value_name = "NAME")]
    pub(crate) set: Option<String>,
    /// Which classifiers, in the order of the report; by default all.
    #[arg(long, value_name = "NAMES", value_delimiter = ',',
        value_parser = ["lda", "logistic", "tree", "forest", "adaboost", "knn"])]
    pub(crate) classifiers: Vec<String>,
    /// Only these subjects, such as S2,S3,S5.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) subjects: Vec<String>,
    /// Seconds that a window lasts.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) length: Option<f64>,
    /// Seconds from one training window to the next; windows start at multiples of 0.25 s.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) train_shift: Option<f64>,
    /// Seconds from one window of the subject held out to the next.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) shift: Option<f64>,
    /// Seed of everything that is drawn.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Folds side by side, one a thread; 0 for as many as there are processors. Results do not depend on it.
    #[arg(long, default_value_t = 0)]
    pub(crate) threads: usize,
}

#[derive(Debug, Args)]
pub(crate) struct DeviceArgs {
    /// Where tensors live.
    #[arg(long, value_enum, default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    /// Folds trained side by side, one a thread; 0 for as many as there are processors. Results do not depend
    /// on it.
    #[arg(long, default_value_t = 0)]
    pub(crate) threads: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceChoice {
    /// The processor: models of this size are faster there than on a GPU.
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

/// Example: pathema predict --run runs/2026-01-31T10-00-00Z --data WESAD.zip --subject S5
///
/// A subject of the run is labelled by the model that has never seen them; anyone else by all folds' models
/// together (the mean of their probabilities).
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct PredictArgs {
    /// The folder of a finished run.
    #[arg(long, value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The recordings: WESAD's folder or zip.
    #[arg(long, value_name = "FOLDER OR ZIP")]
    pub(crate) data: PathBuf,
    /// Whose recording to label.
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    /// Seconds from one window to the next.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    pub(crate) shift: f64,
    /// Where to write the table; by default to standard output.
    #[arg(long, value_name = "CSV")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
}

/// Example: pathema simulate --out data/mine --subjects 10 --full
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct SimulateArgs {
    /// Where to write; the folder WESAD is made in it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// How many subjects.
    #[arg(long, default_value_t = 6)]
    pub(crate) subjects: usize,
    /// Sessions of full length.
    #[arg(long)]
    pub(crate) full: bool,
    /// Seed of everything that is drawn.
    #[arg(long, default_value_t = 2018)]
    pub(crate) seed: u64,
}

/// Examples:
///   pathema inspect WESAD.zip --subjects S2,S3
///   pathema inspect S2_E4_Data.zip --html S2.html
///   pathema inspect mitdb/100.hea --json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct InspectArgs {
    /// What to look at.
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    /// Only these recordings: subjects, drives or records.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) subjects: Vec<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a page with the signals drawn.
    #[arg(long, value_name = "HTML")]
    pub(crate) html: Option<PathBuf>,
}

/// Examples:
///   pathema verify WESAD.zip
///   pathema verify mitdb --hashes mitdb/SHA256SUMS.txt
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct VerifyArgs {
    /// The data set.
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    /// Hashes that files must have, as sha256sum writes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) hashes: Option<PathBuf>,
    /// Print JSON, a line a check.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The folder of a finished run.
    #[arg(long, value_name = "RUN")]
    pub(crate) run: PathBuf,
}

/// Examples:
///   pathema physio WESAD.zip --subjects S2 --html S2.html
///   pathema physio mitdb/100.hea --json
///   pathema physio WESAD.zip --features features.parquet --set schmidt2018-wrist
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct PhysioArgs {
    /// What to look at: whatever inspect knows.
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    /// Only these recordings: subjects, drives or records.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) subjects: Vec<String>,
    /// Print JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a page with everything drawn.
    #[arg(long, value_name = "HTML")]
    pub(crate) html: Option<PathBuf>,
    /// Write features of windows, as .parquet or .csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) features: Option<PathBuf>,
    /// Which set of features.
    #[arg(
        long,
        value_name = "NAME",
        default_value = "schmidt2018-wrist",
        requires = "features"
    )]
    pub(crate) set: String,
    /// Seconds of a window.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60.0,
        requires = "features"
    )]
    pub(crate) window: f64,
    /// Seconds from one window to the next.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0.25,
        requires = "features"
    )]
    pub(crate) shift: f64,
}

/// Examples:
///   pathema evaluate-peaks --mitdb mitdb
///   pathema evaluate-peaks --mitdb mitdb --tolerance 0.15 --from 300 --out mitdb.csv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct EvaluatePeaksArgs {
    /// A folder of WFDB records with their annotations (.atr), such as the MIT-BIH Arrhythmia Database.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) mitdb: PathBuf,
    /// How far a detected beat may lie from an annotated one; each gives a table.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', default_values_t = [0.15, 0.05], allow_negative_numbers = true)]
    pub(crate) tolerance: Vec<f64>,
    /// Count from this time on; EC57 leaves out the first 300 s. By default everything counts.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) from: Option<f64>,
    /// Print JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the rows, as .csv or .parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
