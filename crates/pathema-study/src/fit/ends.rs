use pathema_experiments::loso::Example;
use pathema_experiments::metrics::scores;

use super::predict::predict;
use super::train::PredictFailure;
use crate::models::Net;
use crate::records::Scored;
use crate::windows::{Scale, Store};

/// How a network knows windows: stress against the rest, 3 classes; nothing is drawn or hidden.
pub(super) fn scored(
    (net, scales): (&Net, &[Scale]),
    store: &Store,
    examples: &[Example<'_>],
    seed: u64,
) -> Result<[Scored; 2], PredictFailure> {
    let inputs: Vec<_> = examples.iter().map(|example| example.input).collect();
    let said: Vec<_> = predict(net, scales, store, &inputs, seed)?
        .iter()
        .map(|heard| heard.answer(net.spec().answer))
        .collect();
    let classes: Vec<usize> = examples.iter().map(|example| example.class).collect();
    let stress: Vec<usize> = classes
        .iter()
        .map(|&class| usize::from(class == 1))
        .collect();
    let two: Vec<[f64; 2]> = said
        .iter()
        .map(|own| [1.0 - own.stress, own.stress])
        .collect();
    let three: Vec<[f64; 3]> = said.iter().map(|own| own.three_class).collect();
    Ok([
        Scored::of(&scores(&stress, &two)),
        Scored::of(&scores(&classes, &three)),
    ])
}
