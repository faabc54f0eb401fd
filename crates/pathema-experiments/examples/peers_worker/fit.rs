//! Paths through incomplete values, from tensors to tensors as the peers do it.

use pathema_path::{ControlPath, Observations};
use pathema_solve::BatchPath;
use tch::{Device, Kind, Tensor};

use crate::Prepared;
use crate::data::{Data, numbers};
use crate::problem::scheme;
use crate::protocol::{Answer, Fallible, Workload};

/// Values of a batch, and the paths that the last run fitted.
pub(crate) struct Fit {
    scheme: pathema_path::Scheme,
    times: Tensor,
    x: Tensor,
    paths: Vec<ControlPath>,
    batch: Option<BatchPath>,
}

impl Fit {
    pub(crate) fn new(asked: &Workload) -> Fallible<Fit> {
        let data = Data::read(asked.data()?)?;
        Ok(Fit {
            scheme: scheme(&asked.interpolation)?,
            times: data.get("times")?,
            x: data.get("x")?,
            paths: Vec::new(),
            batch: None,
        })
    }
}

impl Prepared for Fit {
    fn run(&mut self) -> Fallible<()> {
        let [_, length, channels] = self.x.size()[..] else {
            return Err(format!("x has the shape {:?}", self.x.size()).into());
        };
        let (times, values) = (numbers(&self.times)?, numbers(&self.x)?);
        self.paths.clear();
        for values in values.chunks_exact((length * channels) as usize) {
            let seen = Observations::new(times.clone(), values.to_vec(), channels as usize)?;
            self.paths.push(ControlPath::fit(self.scheme, &seen)?);
        }
        self.batch = Some(BatchPath::stack(&self.paths, Kind::Float, Device::Cpu)?);
        Ok(())
    }

    /// The mean square of the paths half-way between knots, where a fit may differ.
    fn report(&self) -> Fallible<Answer> {
        let (mut sum, mut count) = (0.0, 0);
        for path in &self.paths {
            let mut values = vec![0.0; path.channels()];
            for pair in path.knots().windows(2) {
                path.value(0.5 * (pair[0] + pair[1]), &mut values);
                sum += values.iter().map(|x| x * x).sum::<f64>();
                count += values.len();
            }
        }
        Ok(Answer {
            loss: Some(sum / count as f64),
            ..Answer::default()
        })
    }
}
