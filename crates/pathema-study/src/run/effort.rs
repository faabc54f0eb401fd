use super::Data;
use super::job::{Fitted, Job};
use super::select::fits;
use crate::models::{Drive, Encoder, NetSpec};
use crate::plan::Selection;

impl Job {
    /// How much work it is, in seconds of one core, about.
    pub fn units(&self, data: &Data) -> f64 {
        let folds = self.protocol.folds(data).len();
        match &self.model {
            Fitted::Network {
                candidates,
                selection,
            } => {
                let each = candidates.first().map_or(0.0, |(_, spec)| effort(spec));
                let choosing = match selection {
                    Selection::Recipe => 0.0,
                    Selection::Nested => {
                        let specs: Vec<NetSpec> =
                            candidates.iter().map(|(_, spec)| spec.clone()).collect();
                        let members = specs.first().map_or(1, |spec| spec.members);
                        fits(data, self.protocol, &specs) as f64 * each / members as f64
                    }
                };
                choosing + each * folds as f64
            }
            Fitted::Classical { .. } => 3.0 * folds as f64,
            Fitted::WithoutSignals => 0.1,
        }
    }
}

/// Seconds that a network's fit takes, about.
pub(super) fn effort(spec: &NetSpec) -> f64 {
    let train = &spec.train;
    let steps = if train.steps == 0 { 130 } else { train.steps };
    let windows = (train.epochs * steps * train.batch * spec.members) as f64;
    let size = (spec.hidden * spec.width) as f64 / 384.0;
    let each = match spec.encoder {
        Encoder::Cde => {
            let steps = 60.0 / spec.path.step / 30.0;
            let areas = if spec.path.drive == Drive::Areas {
                8.0
            } else {
                1.0
            };
            1.5e-4 * steps * areas
        }
        Encoder::Lstm | Encoder::Gru | Encoder::Cnn => 1.5e-4,
        Encoder::Transformer => 6e-4,
        Encoder::GruD | Encoder::OdeRnn => 3e-4,
    };
    windows * each * size.max(0.3) * spec.modalities.len() as f64 / 3.0
}
