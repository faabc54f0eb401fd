use pathema_experiments::config::ModalityGroup;
use pathema_signal::Placement;

use super::{Adjoint, Drive, NetSpec, Skin, StepMethod};
use crate::signals::{ChannelOptions, channel_names};

/// What a step or a cell may last.
const SECONDS: std::ops::RangeInclusive<f64> = 0.01..=600.0;
/// What single precision can tell of an error.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-5..=1.0;

impl NetSpec {
    /// # Errors
    /// Names the first value that cannot be used.
    pub fn check(&self) -> Result<(), String> {
        let (path, train) = (&self.path, &self.train);
        for (key, value) in [
            ("cell", self.cell),
            ("latent_every", self.latent_every),
            ("path.step", path.step),
        ] {
            if !SECONDS.contains(&value) {
                return Err(format!("{key} = {value}: must lie in 0.01 to 600 seconds"));
            }
        }
        if path.grid != 0.0 && !SECONDS.contains(&path.grid) {
            return Err(format!(
                "path.grid = {}: must lie in 0.01 to 600 seconds, or be 0 for none",
                path.grid
            ));
        }
        let rate = train.learning_rate;
        if !(rate.is_finite() && rate > 0.0) {
            return Err(format!(
                "train.learning_rate = {rate}: must be finite and above zero"
            ));
        }
        if train.steps > 10_000 {
            return Err(format!(
                "train.steps = {}: must lie in 0 to 10000",
                train.steps
            ));
        }
        for (key, value) in [
            ("train.weight_decay", train.weight_decay),
            ("train.clip", train.clip),
            ("train.offset", train.offset),
            ("train.auxiliary", train.auxiliary),
            ("train.class_weight_power", train.class_weight_power),
            ("train.mixup", train.mixup),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("{key} = {value}: must be finite and not negative"));
            }
        }
        for (key, value) in [
            ("train.dropout", train.dropout),
            ("train.modality_dropout", train.modality_dropout),
            ("train.channel_dropout", train.channel_dropout),
        ] {
            if !(0.0..1.0).contains(&value) {
                return Err(format!("{key} = {value}: must lie in [0, 1)"));
            }
        }
        if !(0.0..=1.0).contains(&train.gaps) {
            return Err(format!("train.gaps = {}: must lie in [0, 1]", train.gaps));
        }
        for (key, value) in [
            ("hidden", self.hidden),
            ("width", self.width),
            ("layers", self.layers),
            ("d_model", self.d_model),
            ("heads", self.heads),
            ("head_width", self.head_width),
            ("members", self.members),
            ("train.epochs", train.epochs),
            ("train.batch", train.batch),
        ] {
            if !(1..=10_000).contains(&value) {
                return Err(format!("{key} = {value}: must lie in 1 to 10000"));
            }
        }
        for (key, value) in [("d_model", self.d_model), ("hidden", self.hidden)] {
            if !value.is_multiple_of(self.heads) {
                return Err(format!(
                    "{key} = {value} is not a multiple of heads = {}",
                    self.heads
                ));
            }
        }
        if self.modalities.is_empty() {
            return Err("modalities is empty: name at least one of heart, eda, acc".into());
        }
        self.check_omitted()?;
        if path.tolerance != 0.0 {
            if !TOLERANCES.contains(&path.tolerance) {
                return Err(format!(
                    "path.tolerance = {}: must lie in 0.00001 to 1, or be 0 for one step an increment",
                    path.tolerance
                ));
            }
            let estimated = path.method == StepMethod::Midpoint;
            if path.drive != Drive::Increments || !estimated || path.adjoint == Adjoint::Reversible
            {
                return Err(
                    "path.tolerance takes path.drive = increments, path.method = midpoint, whose error Euler's step tells, and no path.adjoint = reversible".into(),
                );
            }
        }
        if path.drive == Drive::Slopes && path.adjoint == Adjoint::Reversible {
            return Err(
                "path.drive = slopes does not keep what path.adjoint = reversible needs: take increments".into(),
            );
        }
        if path.drive == Drive::Areas && path.adjoint == Adjoint::Reversible {
            return Err("path.adjoint = reversible takes increments, not areas".into());
        }
        Ok(())
    }

    /// Every channel omitted is one that there is, and each modality keeps one, whatever is worn.
    fn check_omitted(&self) -> Result<(), String> {
        let worn = [Placement::Wrist, Placement::Chest];
        let names = |group, placement, temperature| {
            let options = ChannelOptions {
                temperature,
                ..ChannelOptions::default()
            };
            channel_names(group, placement, options)
        };
        let every: Vec<&str> = [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc]
            .iter()
            .flat_map(|&group| names(group, Placement::Wrist, true).iter().copied())
            .collect();
        if let Some(name) = self
            .omit
            .iter()
            .find(|name| !every.contains(&name.as_str()))
        {
            return Err(format!(
                "omit names {name:?}, which is no channel: there are {}",
                every.join(", ")
            ));
        }
        let bare = |group: ModalityGroup, placement| {
            let mut names = names(group, placement, self.temperature).iter();
            names.all(|name| self.omit.iter().any(|own| own == name))
        };
        for &group in &self.modalities {
            // What is taken apart by cvxEDA is not chosen by name.
            let decomposed = group == ModalityGroup::Eda && self.skin == Skin::Cvxeda;
            if !decomposed && worn.iter().any(|&placement| bare(group, placement)) {
                return Err(format!("omit leaves no channel of {}", group.name()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named() {
        let problem = |text: &str| {
            let spec: NetSpec = toml::from_str(text).unwrap();
            spec.check().unwrap_err()
        };
        assert_eq!(
            problem("path = { grid = 1e-12 }"),
            "path.grid = 0.000000000001: must lie in 0.01 to 600 seconds, or be 0 for none"
        );
        assert!(problem("path = { tolerance = 1e-9 }").starts_with("path.tolerance = 0.000000001"));
        assert!(
            problem("path = { tolerance = 1e-3, drive = \"slopes\" }")
                .starts_with("path.tolerance takes path.drive = increments")
        );
        assert!(problem("cell = 0.0").starts_with("cell = 0: must lie"));
        assert!(problem("train = { steps = 1000000000 }").starts_with("train.steps"));
        let unknown = problem("omit = [\"log HR\"]");
        assert!(
            unknown.starts_with("omit names \"log HR\", which is no channel: there are log heart"),
            "{unknown}"
        );
        let skin = "omit = [\"log EDA\", \"phasic EDA\", \"EDA slope\", \"log EDA activity\", \"log EDA long activity\", \
            \"log EDA spread\"]";
        assert_eq!(
            problem(&format!("temperature = false\n{skin}")),
            "omit leaves no channel of eda"
        );
        // TEMP is left, or what is taken apart is.
        for text in [
            skin,
            &format!("temperature = false\nskin = \"cvxeda\"\n{skin}"),
        ] {
            let spec: NetSpec = toml::from_str(text).unwrap();
            assert_eq!(spec.check(), Ok(()));
        }
    }
}
