use pathema_autograd::attach;
use pathema_path::{ControlPath, FitGradient, Observations, PathError, Scheme};
use tch::{Device, Kind, Tensor};

use super::BatchPath;
use crate::SolveError;
use crate::error::Cause;

/// One sample's fit, to be gone back through.
struct Fitted {
    observations: Observations,
    /// Knots and pieces of its path.
    knots: usize,
    intervals: usize,
}

impl BatchPath {
    /// Fits paths through observations that gradients can reach.
    ///
    /// Of each sample the times (`[samples]`) and the values (`[samples, channels]`, NaN where one is missing); samples may
    /// differ in length. The fit itself is done in double precision on the CPU; the path is of the kind and on
    /// the device of the first sample's values. A time channel among the values is a value like any other.
    ///
    /// Gradients reach values and times: also those of a solve along the path, which ends its steps at the knots. A save
    /// time that is a knot moves with it.
    ///
    /// # Errors
    /// [`Cause::Fit`] names the sample and what is wrong with its observations, [`Cause::Path`] a sample that does
    /// not go with the others.
    ///
    /// ```
    /// use pathema_path::Scheme;
    /// use pathema_solve::BatchPath;
    /// use tch::Tensor;
    ///
    /// let times = Tensor::from_slice(&[0.0, 1.0, 3.0]);
    /// let values = Tensor::from_slice(&[1.0, f64::NAN, 5.0]).view([3, 1]).set_requires_grad(true);
    /// let path = BatchPath::fit(Scheme::Linear, &[times], &[values.shallow_clone()])?;
    /// path.start()?.sum(None).backward();
    /// assert_eq!(Vec::<f64>::try_from(values.grad().flatten(0, 1))?, [1.0, 0.0, 0.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fit(
        scheme: Scheme,
        times: &[Tensor],
        values: &[Tensor],
    ) -> Result<BatchPath, SolveError> {
        let mut fitted = Vec::with_capacity(values.len());
        let mut paths = Vec::with_capacity(values.len());
        for (sample, values) in values.iter().enumerate() {
            let times = times.get(sample).ok_or_else(|| Cause::Path {
                sample,
                problem: "has values but no times".into(),
            })?;
            let observations = observations(sample, times, values)?;
            let fit = |source: PathError| Cause::Fit { sample, source };
            let path = ControlPath::fit(scheme, &observations).map_err(fit)?;
            fitted.push(Fitted {
                observations,
                knots: path.knots().len(),
                intervals: path.intervals(),
            });
            paths.push(path);
        }
        let options = values
            .first()
            .map_or((Kind::Double, Device::Cpu), |values| {
                (values.kind(), values.device())
            });
        let mut path = BatchPath::on(paths, options.0, options.1)?;
        let inputs: Vec<&Tensor> = times.iter().take(values.len()).chain(values).collect();
        if inputs.iter().any(|input| input.requires_grad()) {
            path.attach(
                scheme,
                fitted,
                &inputs,
                times.iter().any(Tensor::requires_grad),
            )?;
        }
        Ok(path)
    }

    fn attach(
        &mut self,
        scheme: Scheme,
        fitted: Vec<Fitted>,
        inputs: &[&Tensor],
        times_too: bool,
    ) -> Result<(), Cause> {
        let (rows_each, channels) = (self.rows_each(), self.channels as usize);
        let mut outputs = vec![self.coefficients.shallow_clone()];
        if times_too {
            let mut knots = vec![0.0; self.paths.len() * rows_each];
            for (path, block) in self.paths.iter().zip(knots.chunks_exact_mut(rows_each)) {
                block[..path.knots().len()].copy_from_slice(path.knots());
            }
            let (kind, device) = (self.coefficients.kind(), self.coefficients.device());
            outputs.push(crate::flow::tensor(&knots, kind, device));
        }
        let options: Vec<(Kind, Device, Vec<i64>)> = inputs
            .iter()
            .map(|input| (input.kind(), input.device(), input.size()))
            .collect();
        let backward = move |gradients: &[Option<Tensor>],
                             wanted: &pathema_autograd::Wanted<'_>| {
            let of_coefficients = numbers(gradients[0].as_ref())?;
            let of_knots = numbers(gradients.get(1).and_then(Option::as_ref))?;
            let mut of_times = Vec::with_capacity(fitted.len());
            let mut of_values = Vec::with_capacity(fitted.len());
            for (sample, fitted) in fitted.iter().enumerate() {
                let gradient = fitted.pull_back(
                    scheme,
                    block(&of_coefficients, sample, rows_each * 4 * channels),
                    block(&of_knots, sample, rows_each),
                    channels,
                )?;
                of_times.push(gradient.times);
                of_values.push(gradient.values);
            }
            let all = of_times.into_iter().chain(of_values).enumerate();
            Ok(all
                .map(|(place, gradient)| {
                    let (kind, device, size) = &options[place];
                    let tensor = || crate::flow::tensor(&gradient, *kind, *device);
                    wanted.input(place).then(|| tensor().view(size.as_slice()))
                })
                .collect())
        };
        let mut attached = attach("fit of control paths", inputs, outputs, backward)?.into_iter();
        if let Some(coefficients) = attached.next() {
            self.coefficients = coefficients;
        }
        self.knots = attached.next();
        Ok(())
    }
}

impl Fitted {
    fn pull_back(
        &self,
        scheme: Scheme,
        coefficients: Option<&[f64]>,
        knots: Option<&[f64]>,
        channels: usize,
    ) -> Result<FitGradient, PathError> {
        let own = self.intervals * 4 * channels;
        let zeros = |count: usize| vec![0.0; count];
        let of_own = coefficients.map_or_else(|| zeros(own), |all| all[..own].to_vec());
        let of_knots = knots.map_or_else(|| zeros(self.knots), |all| all[..self.knots].to_vec());
        // The value of a path without pieces stands in the place of one.
        let of_end = match coefficients {
            Some(all) if own == 0 => all[..channels].to_vec(),
            _ => zeros(channels),
        };
        scheme.pull_back(&self.observations, &of_own, &of_knots, &of_end)
    }
}

fn observations(sample: usize, times: &Tensor, values: &Tensor) -> Result<Observations, Cause> {
    let size = values.size();
    if size.len() != 2 || times.size() != [size[0]] {
        return Err(Cause::Path {
            sample,
            problem: format!(
                "has times {:?} and values {size:?}: they must be [samples] and [samples, channels]",
                times.size()
            ),
        });
    }
    let flat =
        |x: &Tensor| -> Result<Vec<f64>, Cause> { Ok(numbers(Some(x))?.unwrap_or_default()) };
    Observations::new(flat(times)?, flat(values)?, size[1] as usize)
        .map_err(|source| Cause::Fit { sample, source })
}

fn numbers(x: Option<&Tensor>) -> Result<Option<Vec<f64>>, tch::TchError> {
    let Some(x) = x else { return Ok(None) };
    let flat = x
        .detach()
        .f_to_device(Device::Cpu)?
        .f_to_kind(Kind::Double)?
        .f_reshape([-1])?;
    Ok(Some(Vec::try_from(flat)?))
}

fn block(numbers: &Option<Vec<f64>>, sample: usize, size: usize) -> Option<&[f64]> {
    let numbers = numbers.as_ref()?;
    Some(&numbers[sample * size..(sample + 1) * size])
}
