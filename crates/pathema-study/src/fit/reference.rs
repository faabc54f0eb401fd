use pathema_experiments::data::{Input, Level};
use rand::{Rng, RngExt};

use crate::records::Normalisation;
use crate::windows::{Part, Prepared};

/// The shortest past that levels are taken of, where there is as much, in seconds.
const SHORTEST_PAST: f64 = 180.0;

/// What is taken off each channel of a window before the training subjects' standardisation: its wearer's own level, as far as the
/// normalisation knows it. Where nothing was observed of it, the window's own mean: the channel then tells of changes only.
pub fn reference(
    normalisation: Normalisation,
    input: &Input<'_>,
    part: &Part,
    window: &Prepared,
    rng: &mut impl Rng,
) -> Vec<f64> {
    let start = input.session_time();
    let levels: Vec<Level> = match normalisation {
        Normalisation::Population => return vec![0.0; part.channels.len()],
        Normalisation::Causal => {
            let latest = (start - SHORTEST_PAST).max(0.0);
            let from = rng.random::<f64>() * latest;
            input.past(part.track, start - from)
        }
        Normalisation::CausalFromStart => input.past(part.track, start),
        Normalisation::Transductive => input.whole_session(part.track),
    };
    let own = window.moments.iter();
    part.channels
        .iter()
        .zip(own)
        .map(|(&channel, &(count, sum, _))| match levels[channel] {
            level if level.count > 0.0 => level.mean,
            _ => sum / count.max(1.0),
        })
        .collect()
}
