use crate::records::Normalisation;
use crate::windows::{Part, Prepared};
use pathema_experiments::data::{Input, Level};

/// The shortest past that levels are taken of, where there is as much, in seconds.
const SHORTEST_PAST: f64 = 180.0;

/// What is taken off each channel of a window before the training subjects' standardisation: its wearer's own level, as far as the
/// normalisation knows it. A causal past begins at a share `begins`, from 0 to 1, of what there is of it: one draw for all modalities of a
/// window, as a device is put on once. Where nothing was observed of it, the window's own mean: the channel then tells of changes only.
pub fn reference(
    normalisation: Normalisation,
    input: &Input<'_>,
    part: &Part,
    window: &Prepared,
    begins: f64,
) -> Vec<f64> {
    let Some(levels) = levels(normalisation, input, part.track, begins) else {
        return vec![0.0; part.width()];
    };
    if part.decomposed {
        // What a decomposition's parts were like before cannot be told from the logarithm: the window's own level is taken.
        return own_levels(window);
    }
    part.channels
        .iter()
        .zip(own_levels(window))
        .map(|(&channel, own)| match levels[channel] {
            level if level.count > 0.0 => level.mean,
            _ => own,
        })
        .collect()
}

/// What is known of the wearer's own level of a track's channels, as for [`reference`]; `None` under `population`.
pub(crate) fn levels(
    normalisation: Normalisation,
    input: &Input<'_>,
    track: usize,
    begins: f64,
) -> Option<Vec<Level>> {
    let start = input.session_time();
    match normalisation {
        Normalisation::Population => None,
        Normalisation::Causal => Some(input.past(track, causal_past(start, begins))),
        Normalisation::CausalFromStart => Some(input.past(track, start)),
        Normalisation::Transductive => Some(input.whole_session(track)),
    }
}

/// Seconds of the causal past of a window that starts then; it begins at a share `begins`, from 0 to 1, of what there is of it.
pub(crate) fn causal_past(start: f64, begins: f64) -> f64 {
    start - begins * (start - SHORTEST_PAST).max(0.0)
}

/// Mean of each channel over the window.
fn own_levels(window: &Prepared) -> Vec<f64> {
    let moments = window.moments.iter();
    moments
        .map(|&(count, sum, _)| sum / count.max(1.0))
        .collect()
}
