//! An epoch of the whole model on real windows: three modalities, attention, optimiser and validation.

use std::env;
use std::path::Path;

use pathema_experiments::config::{Config, SolverEngine};
use pathema_experiments::data;
use pathema_experiments::loso::Cohort;
use pathema_experiments::train::{Place, Silent, fit};
use tch::Device;

use crate::Prepared;
use crate::protocol::{Answer, Fallible, Unsupported, Workload};

/// The folder with recordings that are not part of the project.
const DATA: &str = "PATHEMA_DATA";
const RECORDINGS: &str = "WESAD-wrist.zip";

/// A fold of the study, to be trained for an epoch from the start.
pub(crate) struct Epoch {
    cohort: Cohort,
    config: Config,
    loss: Option<f64>,
}

impl Epoch {
    pub(crate) fn new(asked: &Workload) -> Fallible<Epoch> {
        let path = env::var_os(DATA).map(|folder| Path::new(&folder).join(RECORDINGS));
        let Some(path) = path.filter(|path| path.exists()) else {
            let why = format!(
                "an epoch is measured on real windows: let {DATA} name a folder with {RECORDINGS}"
            );
            return Err(Unsupported(why).into());
        };
        let mut config = Config::default();
        config.data.path = path.display().to_string();
        config.train.epochs = 1;
        config.solver.engine = match asked.engine.as_str() {
            "fused" => SolverEngine::Fused,
            "plain" => SolverEngine::General,
            other => return Err(Unsupported::choice("engine", other)),
        };
        let loaded = data::load(&config.data, |_, _, _| {})?;
        let aside = config.train.aside(loaded.sessions.len().saturating_sub(1));
        Ok(Epoch {
            cohort: Cohort::new(loaded.sessions, &config.windows, aside)?,
            config,
            loss: None,
        })
    }
}

impl Prepared for Epoch {
    fn run(&mut self) -> Fallible<()> {
        let folder = env::temp_dir().join(format!("pathema-epoch-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let checkpoint = folder.join("checkpoint.safetensors");
        let fitted = self.cohort.with_fold(0, |fold| {
            let place = Place {
                fold: fold.held_out.name(),
                index: 0,
                checkpoint: &checkpoint,
            };
            fit(
                &fold.training,
                &self.config,
                place,
                Device::Cpu,
                &Silent,
                &|| false,
            )
        });
        std::fs::remove_dir_all(&folder)?;
        let fitted = fitted?.ok_or("the epoch was halted, and nobody asked for that")?;
        self.loss = fitted.records.first().map(|record| record.train_loss);
        Ok(())
    }

    fn report(&self) -> Fallible<Answer> {
        Ok(Answer {
            loss: self.loss,
            ..Answer::default()
        })
    }
}
