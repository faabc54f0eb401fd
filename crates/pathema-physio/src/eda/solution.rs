use crate::eda::certificate::{self, Kkt};
use crate::eda::interior::{Optimum, minimise};
use crate::eda::point::Point;
use crate::eda::{CvxEda, EdaError};

/// The optimum of one problem, as the problem has it: without scaling, gaps and decimation.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The filter's state q \[n\], which the phasic part is made of, r = Mq.
    pub state: Vec<f64>,
    /// Coefficients l of the splines, the first at the first sample, one every
    /// [`knot_distance`](CvxEda::knot_distance).
    pub spline: Vec<f64>,
    /// Coefficients d of the drift: its constant, and its line (t + 1) / n at sample t.
    pub drift: [f64; 2],
    /// Multipliers λ \[n\] of Aq ≥ 0; 0 in the rows that the dialect leaves out.
    pub dual: Vec<f64>,
    /// The phasic part r = Mq \[n\].
    pub phasic: Vec<f64>,
    /// The driver p = Aq \[n\].
    pub driver: Vec<f64>,
    /// The tonic part Bl + Cd \[n\].
    pub tonic: Vec<f64>,
    /// What is minimised.
    pub objective: f64,
    /// Newton steps that it took.
    pub iterations: usize,
}

impl CvxEda {
    /// Solves the bare problem for samples `y` \[n\], n ≥ 1, of `rate` Hz: neither scaled nor decimated.
    ///
    /// NaN leaves a sample out of the fit: the response goes on beneath it, and the parts are defined there too.
    /// A primal–dual interior-point method takes 10 to 40 steps of O(n) each.
    ///
    /// # Errors
    /// A rate or a setting out of range, an infinite sample, none at all, or an optimum that was not reached.
    ///
    /// ```
    /// use pathema_physio::eda::CvxEda;
    /// let y = [0.0, 0.0, 0.5, 1.0, 0.8, 0.5, 0.3, 0.2, 0.1, 0.1];
    /// let settings = CvxEda::default();
    /// let solution = settings.solve(&y, 4.0)?;
    /// assert!(solution.driver.iter().all(|&value| value > -1e-8));
    /// // Anybody can check an optimum, without knowing how it was found.
    /// assert!(settings.certificate(&y, 4.0, &solution)?.worst() < 1e-8);
    /// # Ok::<(), pathema_physio::eda::EdaError>(())
    /// ```
    pub fn solve(&self, y: &[f64], rate: f64) -> Result<Solution, EdaError> {
        Ok(self.solve_and_certify(y, rate)?.0)
    }

    pub(crate) fn solve_and_certify(
        &self,
        y: &[f64],
        rate: f64,
    ) -> Result<(Solution, Kkt), EdaError> {
        crate::eda::settings::check_finite(y)?;
        let model = self.model(y.iter().map(|value| value.is_finite()).collect(), rate)?;
        if !model.present.contains(&true) {
            return Err(EdaError::Empty { samples: y.len() });
        }
        // In units of the largest sample, so that neither great nor small numbers overflow when squared. λ and α share
        // the unit of the signal, so that the problem stays the same.
        let unit = y
            .iter()
            .filter(|value| value.is_finite())
            .fold(self.alpha, |largest, value| largest.max(value.abs()));
        let mut scaled = model.clone();
        scaled.alpha /= unit;
        let y_scaled: Vec<f64> = y.iter().map(|value| value / unit).collect();
        let Optimum {
            mut point,
            mut dual,
            iterations,
        } = minimise(&scaled, &y_scaled, unit, self.tolerance, self.iterations);
        for value in point
            .q
            .iter_mut()
            .chain(&mut point.l)
            .chain(&mut point.d)
            .chain(&mut dual)
        {
            *value *= unit;
        }
        let n = y.len();
        let [mut phasic, mut driver, mut tonic] = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
        model.phasic(&point.q, &mut phasic);
        model.driver(&point.q, &mut driver);
        model.tonic(&point, &mut tonic);
        let Point { q, l, d } = point;
        let mut solution = Solution {
            state: q,
            spline: l[1..=model.knots].to_vec(),
            drift: d,
            dual,
            phasic,
            driver,
            tonic,
            objective: 0.0,
            iterations,
        };
        let kkt = certificate::certify(&model, y, &solution);
        solution.objective = kkt.objective;
        if kkt.worst() <= self.accepted {
            Ok((solution, kkt))
        } else {
            Err(EdaError::NotConverged {
                iterations,
                reached: kkt.worst(),
                accepted: self.accepted,
            })
        }
    }

    /// How far `solution` is from the optimum for `y` \[n\] at `rate` Hz, from the problem's matrices alone.
    ///
    /// # Errors
    /// A rate or a setting out of range, an infinite sample, or a solution of another shape.
    pub fn certificate(&self, y: &[f64], rate: f64, solution: &Solution) -> Result<Kkt, EdaError> {
        crate::eda::settings::check_finite(y)?;
        let model = self.model(y.iter().map(|value| value.is_finite()).collect(), rate)?;
        for (what, found, expected) in [
            ("states", solution.state.len(), y.len()),
            ("multipliers", solution.dual.len(), y.len()),
            ("spline coefficients", solution.spline.len(), model.knots),
        ] {
            if found != expected {
                return Err(EdaError::Shape {
                    what,
                    found,
                    expected,
                });
            }
        }
        Ok(certificate::certify(&model, y, solution))
    }
}
