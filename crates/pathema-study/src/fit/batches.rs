use std::sync::Arc;

use pathema_experiments::data::{Input, Sight};
use pathema_experiments::loso::Example;
use pathema_path::PathError;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::reference::reference;
use crate::models::{NetSpec, Seen};
use crate::windows::{Part, Prepared, Scale, Store, View};

/// Windows to learn from, as they are and as degraded recordings show them.
pub(super) struct Lessons<'a> {
    store: &'a Store,
    examples: Vec<Example<'a>>,
    clean: Vec<Arc<Vec<Prepared>>>,
    /// Degraded recordings that a session has.
    degraded: usize,
}

impl<'a> Lessons<'a> {
    pub(super) fn new(
        store: &'a Store,
        examples: Vec<Example<'a>>,
        degraded: usize,
    ) -> Result<Self, PathError> {
        let clean = examples.iter().map(|example| store.of(&example.input));
        Ok(Lessons {
            clean: clean.collect::<Result<_, _>>()?,
            store,
            examples,
            degraded,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.examples.len()
    }

    /// Seconds of a window.
    pub(super) fn length(&self) -> f64 {
        self.examples
            .first()
            .map_or(0.0, |example| example.input.length())
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = usize> {
        self.examples.iter().map(|example| example.class)
    }

    /// Statistics of each modality, each window with a reference of its own.
    pub(super) fn scales(&self, spec: &NetSpec, rng: &mut ChaCha8Rng) -> Vec<Scale> {
        let begins: Vec<f64> = self.examples.iter().map(|_| rng.random()).collect();
        let parts = self.store.parts().iter().enumerate();
        parts
            .map(|(modality, part)| {
                let windows = self.examples.iter().zip(&self.clean).zip(&begins);
                let references: Vec<Vec<f64>> = windows
                    .map(|((example, windows), &begins)| {
                        let normalisation = spec.normalisation_of(part.group);
                        reference(
                            normalisation,
                            &example.input,
                            part,
                            &windows[modality],
                            begins,
                        )
                    })
                    .collect();
                let windows = self.clean.iter().map(|windows| &windows[modality]);
                Scale::fit(windows.zip(references.iter().map(Vec::as_slice)))
            })
            .collect()
    }

    /// So many windows in an order that is drawn, each coming up again only once all others have.
    pub(super) fn order(&self, count: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(count + self.len());
        while drawn.len() < count {
            let mut round: Vec<usize> = (0..self.len()).collect();
            round.shuffle(rng);
            drawn.extend(round);
        }
        drawn.truncate(count);
        drawn
    }

    /// A batch as it is seen in training, and its classes.
    pub(super) fn batch(
        &self,
        spec: &NetSpec,
        scales: &[Scale],
        chosen: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Result<(Vec<Seen>, Vec<usize>), PathError> {
        let through = (self.degraded > 0 && rng.random::<f64>() < spec.train.gaps)
            .then(|| 1 + rng.random_range(0..self.degraded));
        let mut windows = Vec::with_capacity(chosen.len());
        for &place in chosen {
            let input = self.examples[place].input;
            windows.push(match through {
                None => (input, Arc::clone(&self.clean[place])),
                Some(degraded) => {
                    let sight = Sight {
                        degraded,
                        lost: None,
                    };
                    let input = input.through(sight);
                    (input, self.store.of(&input)?)
                }
            });
        }
        let train = &spec.train;
        let begins: Vec<f64> = chosen.iter().map(|_| rng.random()).collect();
        let mut see = |place: usize, input: &Input<'_>, part: &Part, window: &Prepared| {
            let normalisation = spec.normalisation_of(part.group);
            let reference = reference(normalisation, input, part, window, begins[place]);
            View::drawn(reference, train.offset, train.channel_dropout, rng)
        };
        let seen = seen(self.store, scales, spec, &windows, &mut see);
        let classes = chosen
            .iter()
            .map(|&place| self.examples[place].class)
            .collect();
        Ok((seen, classes))
    }
}

/// A batch of windows, modality by modality, each window through what `see` makes of it.
pub(super) fn seen(
    store: &Store,
    scales: &[Scale],
    spec: &NetSpec,
    windows: &[(Input<'_>, Arc<Vec<Prepared>>)],
    see: &mut dyn FnMut(usize, &Input<'_>, &Part, &Prepared) -> View,
) -> Vec<Seen> {
    let parts = store.parts().iter().zip(scales).enumerate();
    parts
        .map(|(modality, (part, scale))| {
            let viewed: Vec<(&Prepared, View)> = windows
                .iter()
                .enumerate()
                .map(|(place, (input, window))| {
                    (
                        &window[modality],
                        see(place, input, part, &window[modality]),
                    )
                })
                .collect();
            Seen::new(spec, scale, &viewed)
        })
        .collect()
}
