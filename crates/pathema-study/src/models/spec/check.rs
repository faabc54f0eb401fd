use pathema_experiments::config::ModalityGroup;
use pathema_signal::Placement;

use super::{Adjoint, Drive, NetSpec};
use crate::signals::{ChannelOptions, channel_names};

impl NetSpec {
    /// # Errors
    /// Names the first value that cannot be used.
    pub fn check(&self) -> Result<(), String> {
        let (path, train) = (&self.path, &self.train);
        for (key, value) in [
            ("cell", self.cell),
            ("latent_every", self.latent_every),
            ("path.step", path.step),
            ("train.learning_rate", train.learning_rate),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return Err(format!("{key} = {value}: must be finite and above zero"));
            }
        }
        for (key, value) in [
            ("path.grid", path.grid),
            ("train.weight_decay", train.weight_decay),
            ("train.clip", train.clip),
            ("train.offset", train.offset),
            ("train.gain", train.gain),
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
    /// Every channel omitted is one of the modalities', and each keeps one.
    fn check_omitted(&self) -> Result<(), String> {
        let names = |group, placement| channel_names(group, placement, ChannelOptions::default());
        let known = |name: &String| {
            [ModalityGroup::Heart, ModalityGroup::Eda, ModalityGroup::Acc]
                .iter()
                .any(|&group| names(group, Placement::Wrist).contains(&name.as_str()))
        };
        if let Some(name) = self.omit.iter().find(|name| !known(name)) {
            let all: Vec<&str> = self
                .modalities
                .iter()
                .flat_map(|&group| names(group, Placement::Wrist).iter().copied())
                .collect();
            return Err(format!(
                "omit names {name:?}, which is no channel: there are {}",
                all.join(", ")
            ));
        }
        for &group in &self.modalities {
            let omitted = |name: &&str| self.omit.iter().any(|own| own == name);
            for placement in [Placement::Wrist, Placement::Chest] {
                if names(group, placement).iter().all(|name| omitted(&name)) {
                    return Err(format!("omit leaves no channel of {}", group.name()));
                }
            }
        }
        Ok(())
    }
}
