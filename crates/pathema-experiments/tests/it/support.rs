//! Small cohorts of simulated people.

use std::path::Path;

use pathema_experiments::config::Config;
use pathema_experiments::data;
use pathema_experiments::loso::Cohort;
use pathema_experiments::run::{DataManifest, Machine, Manifest, SCHEMA, Versions};
use pathema_signal::simulate::{self, Protocol, SimulationConfig};

/// Writes `subjects` short sessions under `root`.
pub(crate) fn simulate(root: &Path, subjects: usize) {
    let config = SimulationConfig {
        subjects,
        seed: 3,
        protocol: Protocol::Short,
    };
    simulate::write(root, &config, &mut |_, _, _| {}).unwrap();
}

/// A model so small that a fold takes seconds.
pub(crate) fn config(root: &Path) -> Config {
    let mut config = Config::default();
    config.data.path = root.display().to_string();
    config.windows.train_shift = 30.0;
    config.path.integrals = true;
    config.solver.step = 2.0;
    config.model.sample_every = 4.0;
    config.model.hidden = 4;
    config.model.width = 6;
    config.model.d_model = 4;
    config.model.head_width = 8;
    config.train.epochs = 3;
    config.train.batch = 16;
    config.train.windows_per_epoch = 0;
    config.train.validation_subjects = 1;
    config
}

pub(crate) fn load(config: &Config) -> (Cohort, Manifest) {
    let loaded = data::load(&config.data, |_, _, _| {}).unwrap();
    let manifest = Manifest {
        schema: SCHEMA,
        created: "2026-01-31T10:00:00Z".into(),
        command: vec!["pathema".into(), "train".into()],
        seed: config.train.seed,
        data: DataManifest {
            path: config.data.path.clone(),
            simulated: loaded.simulated,
            placement: loaded.placement.to_string(),
            subjects: loaded.subjects.clone(),
        },
        versions: Versions::current(),
        machine: Machine::current(1, "cpu"),
    };
    let aside = config.train.aside(loaded.sessions.len() - 1);
    let cohort = Cohort::new(loaded.sessions, &config.windows, aside).unwrap();
    (cohort, manifest)
}
