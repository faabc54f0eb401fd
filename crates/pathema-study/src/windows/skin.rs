use pathema_path::{Observations, PathError};
use pathema_physio::eda::CvxEda;

/// The tonic and the phasic part.
pub(super) const CHANNELS: usize = 2;
/// Observations a second that a decomposition is of, as the sensor's.
const RATE: f64 = 4.0;

/// Tonic and phasic part of a window's skin conductance, whose logarithm is the first channel, by cvxEDA: of the window alone, on a grid
/// of 4 Hz. A cell without an observation is a gap there; a window that cannot be taken apart is missing.
///
/// # Errors
/// [`PathError`] if the parts are no observations.
pub(super) fn decomposed(observed: &Observations) -> Result<Observations, PathError> {
    let last = observed.times().last().copied().unwrap_or(0.0);
    let cells = (last * RATE).floor() as usize + 1;
    let mut eda = vec![f64::NAN; cells];
    for (&time, row) in observed.times().iter().zip(observed.rows()) {
        let cell = ((time * RATE).floor() as usize).min(cells - 1);
        if !row[0].is_nan() {
            eda[cell] = row[0].exp();
        }
    }
    let Ok(parts) = CvxEda::default().decompose(&eda, RATE) else {
        return Observations::new(Vec::new(), Vec::new(), CHANNELS);
    };
    let times = (0..cells).map(|cell| cell as f64 / RATE).collect();
    let values = parts
        .tonic
        .iter()
        .zip(&parts.phasic)
        .flat_map(|(&tonic, &phasic)| [tonic, phasic]);
    Observations::new(times, values.collect(), CHANNELS)
}
