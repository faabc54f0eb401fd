use crate::eda::EdaError;
use crate::eda::model::Model;

/// Hz. Below, a response of 0.7 s rise falls between two samples.
const LOWEST_RATE: f64 = 1.0;
/// Hz. No sensor of sweat comes near.
const HIGHEST_RATE: f64 = 100_000.0;

/// The decomposition of an electrodermal signal by convex optimisation (Greco et al. 2016, *cvxEDA: a convex optimization
/// approach to electrodermal activity processing*, IEEE Transactions on Biomedical Engineering 63(4)).
///
/// The signal y \[n\] is a phasic part r = Mq, a tonic part Bl + Cd and noise. With p = Aq, r is p run through the bilinear
/// transform of the Bateman function of time constants τ₀ and τ₁; p is the driver, the sudomotor nerve's activity. A and M
/// are banded, B holds cubic B-splines at knots, C a constant and a line. The parts minimise
///
/// ½‖Mq + Bl + Cd − y‖² + α 1ᵀAq + ½γ‖l‖² subject to Aq ≥ 0.
///
/// α makes the driver sparse, γ the tonic part small. Because α is a plain number, how sparse depends on the scale of
/// the signal: see [`Scaling`].
///
/// ```
/// use pathema_physio::eda::CvxEda;
/// // 30 s at 4 Hz: a level of 2 µS that rises slowly, and one response 10 s after the start.
/// let eda: Vec<f64> = (0..120)
///     .map(|sample| {
///         let time = 0.25 * f64::from(sample);
///         let since = (time - 10.0).max(0.0);
///         2.0 + 0.005 * time + 0.8 * ((-since / 2.0).exp() - (-since / 0.7).exp())
///     })
///     .collect();
/// let parts = CvxEda::default().decompose(&eda, 4.0)?;
/// assert!((parts.tonic[100] - 2.125).abs() < 0.02);
/// // The difference of the exponentials reaches 0.370, 1.13 s after its onset.
/// let height = parts.phasic[45] - parts.phasic[36];
/// assert!((height - 0.296).abs() < 0.01, "{height}");
/// assert!(parts.stretches[0].kkt.unwrap().worst() < 1e-8);
/// # Ok::<(), pathema_physio::eda::EdaError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CvxEda {
    /// Which of the two published forms of the problem is solved.
    pub dialect: Dialect,
    /// The slower time constant of a response, its decay, in seconds.
    pub tau0: f64,
    /// The faster one, its rise, in seconds.
    pub tau1: f64,
    /// Distance of the tonic part's knots, in seconds.
    pub knot_distance: f64,
    /// Weight α of the driver's sum.
    pub alpha: f64,
    /// Weight γ of the squared spline coefficients.
    pub gamma: f64,
    /// What is done to the signal before it is solved.
    pub scaling: Scaling,
    /// Rates above this one, in Hz, are decimated before they are solved, to more than half of it.
    pub highest_rate: f64,
    /// At which residual the solver stops, as [`Kkt::worst`](crate::eda::Kkt::worst) measures it.
    pub tolerance: f64,
    /// Residual that is still taken where rounding ends the descent before `tolerance`. Up to 25 Hz rounding leaves 1e-12 to
    /// 1e-10, of signals that are no skin conductance too, as steps or white noise.
    pub accepted: f64,
    /// Iterations after which the solver gives up.
    pub iterations: usize,
}

/// The two forms of the problem that are in use.
///
/// On the same signal their tonic parts differ by up to 0.8 standard deviations, mostly in the last 10 s, so that a study
/// must say which one it used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// All n rows of A and M: the driver is nowhere negative and the signal starts at rest. Knots go on to half a knot
    /// distance past the end. What the package cvxEDA 1.1.0 solves.
    #[default]
    AllRows,
    /// The first two rows of A and M are left out: the first two samples are all tonic, and whatever state fits may come
    /// after them. Knots end with the signal. What NeuroKit2 0.2.13 and older versions of cvxEDA solve.
    WithoutFirstTwo,
}

/// What is done to a signal before it is decomposed, and undone after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scaling {
    /// The mean of the present samples is subtracted and their standard deviation (by n − 1) divided by, as the paper
    /// does. The parts come back in the signal's unit; the mean belongs to the tonic part.
    #[default]
    ZScore,
    /// Nothing, as cvxEDA 1.1.0 and NeuroKit2 0.2.13 do: the caller minds the scale.
    Unscaled,
}

impl Default for CvxEda {
    /// The paper's settings: τ 2 and 0.7 s, a knot every 10 s, α = 8e-4, γ = 1e-2, on z-scores.
    fn default() -> CvxEda {
        CvxEda {
            dialect: Dialect::default(),
            tau0: 2.0,
            tau1: 0.7,
            knot_distance: 10.0,
            alpha: 8e-4,
            gamma: 1e-2,
            scaling: Scaling::default(),
            highest_rate: 25.0,
            tolerance: 1e-11,
            accepted: 1e-8,
            iterations: 100,
        }
    }
}

impl CvxEda {
    /// The problem for `present.len()` samples, or what is wrong with the settings.
    pub(crate) fn model(&self, present: Vec<bool>, rate: f64) -> Result<Model, EdaError> {
        self.check(rate)?;
        Ok(Model::new(self, present, rate))
    }

    pub(crate) fn check(&self, rate: f64) -> Result<(), EdaError> {
        check_rate(rate)?;
        for (name, value, lowest, highest) in [
            ("tau0", self.tau0, 1e-2, 1e3),
            ("tau1", self.tau1, 1e-2, 1e3),
            ("knot_distance", self.knot_distance, 1e-1, 1e4),
            ("alpha", self.alpha, 1e-12, 1e6),
            ("gamma", self.gamma, 1e-12, 1e6),
            ("highest_rate", self.highest_rate, LOWEST_RATE, HIGHEST_RATE),
            ("tolerance", self.tolerance, 0.0, 1.0),
            ("accepted", self.accepted, 0.0, 1.0),
        ] {
            // A comparison with NaN fails, so that this refuses it too.
            if !(lowest..=highest).contains(&value) {
                return Err(EdaError::Setting {
                    name,
                    value,
                    lowest,
                    highest,
                });
            }
        }
        if (self.tau0 - self.tau1).abs() < 1e-3 * self.tau0 {
            return Err(EdaError::Taus { tau: self.tau0 });
        }
        Ok(())
    }
}

pub(crate) fn check_rate(rate: f64) -> Result<(), EdaError> {
    if (LOWEST_RATE..=HIGHEST_RATE).contains(&rate) {
        return Ok(());
    }
    Err(EdaError::Rate {
        rate,
        lowest: LOWEST_RATE,
        highest: HIGHEST_RATE,
    })
}

/// The index and value of the first infinite sample, as an error.
pub(crate) fn check_finite(eda: &[f64]) -> Result<(), EdaError> {
    match eda.iter().position(|value| value.is_infinite()) {
        Some(index) => Err(EdaError::Sample {
            index,
            value: eda[index],
        }),
        None => Ok(()),
    }
}
