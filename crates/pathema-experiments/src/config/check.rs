use anyhow::{Result, ensure};

use super::Config;

impl Config {
    /// # Errors
    /// Names the first value that cannot be used.
    pub fn check(&self) -> Result<()> {
        let above_zero = [
            ("windows.length", self.windows.length),
            ("windows.shift", self.windows.shift),
            ("windows.train_shift", self.windows.train_shift),
            ("solver.rtol", self.solver.rtol),
            ("solver.atol", self.solver.atol),
            ("model.sample_every", self.model.sample_every),
            ("train.learning_rate", self.train.learning_rate),
            ("train.epsilon", self.train.epsilon),
        ];
        for (key, value) in above_zero {
            ensure!(
                value.is_finite() && value > 0.0,
                "{key} = {value}: must be finite and above zero"
            );
        }
        let not_negative = [
            ("solver.step", self.solver.step),
            ("train.weight_decay", self.train.weight_decay),
            ("train.clip", self.train.clip),
            ("train.offset_gaps", self.train.offset_gaps),
            ("train.auxiliary", self.train.auxiliary),
            ("train.class_weight_power", self.train.class_weight_power),
        ];
        for (key, value) in not_negative {
            ensure!(
                value.is_finite() && value >= 0.0,
                "{key} = {value}: must be finite and not negative"
            );
        }
        let below_one = [
            ("train.dropout", self.train.dropout),
            ("train.modality_dropout", self.train.modality_dropout),
            ("train.beta1", self.train.beta1),
            ("train.beta2", self.train.beta2),
        ];
        for (key, value) in below_one {
            ensure!(
                (0.0..1.0).contains(&value),
                "{key} = {value}: must lie in [0, 1)"
            );
        }
        let at_least_one = [
            ("model.hidden", self.model.hidden),
            ("model.width", self.model.width),
            ("model.layers", self.model.layers as i64),
            ("model.d_model", self.model.d_model),
            ("model.heads", self.model.heads),
            ("model.head_width", self.model.head_width),
            ("train.epochs", self.train.epochs as i64),
            ("train.batch", self.train.batch as i64),
        ];
        for (key, value) in at_least_one {
            ensure!(value >= 1, "{key} = {value}: must be at least 1");
        }
        ensure!(
            self.model.sample_every <= self.windows.length,
            "model.sample_every = {} s is longer than a window of {} s",
            self.model.sample_every,
            self.windows.length
        );
        ensure!(
            self.windows.length / self.model.sample_every <= 10_000.0,
            "model.sample_every = {} s makes more than 10000 instants in a window of {} s",
            self.model.sample_every,
            self.windows.length
        );
        ensure!(
            self.solver.step == 0.0 || self.windows.length / self.solver.step <= 10_000.0,
            "solver.step = {} s makes more than 10000 steps in a window of {} s",
            self.solver.step,
            self.windows.length
        );
        ensure!(
            self.model.d_model % self.model.heads == 0,
            "model.d_model = {} is not a multiple of model.heads = {}",
            self.model.d_model,
            self.model.heads
        );
        ensure!(
            self.train.windows_per_epoch <= 1_000_000,
            "train.windows_per_epoch = {}: must be at most 1000000, or 0 for each window once",
            self.train.windows_per_epoch
        );
        if let Some(baselines) = &self.baselines {
            baselines.check()?;
        }
        let groups = &self.data.modalities;
        ensure!(
            !groups.is_empty(),
            "data.modalities is empty: name at least one of heart, eda, acc"
        );
        for (place, group) in groups.iter().enumerate() {
            ensure!(
                !groups[..place].contains(group),
                "data.modalities names {} twice",
                group.name()
            );
        }
        Ok(())
    }
}
