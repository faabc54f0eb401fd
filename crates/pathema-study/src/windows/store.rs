use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use pathema_experiments::config::ModalityGroup;
use pathema_experiments::data::Input;
use pathema_path::PathError;

use super::{Cells, Controls, Cut};

/// What a window is made into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A control path, cut into steps.
    Path(Cut),
    /// Cells of so many seconds.
    Grid(f64),
}

/// One modality of a window, ready for every fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// Its path or its cells.
    pub form: Form,
    /// Of each channel, observations: how many, their sum, the sum of their squares.
    pub moments: Vec<(f64, f64, f64)>,
}

/// A path or cells.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A control path's steps.
    Controls(Controls),
    /// Cells of a grid.
    Cells(Cells),
}

/// Keeps what was made of windows. It is filled, and asked, through [`Input`]s alone, so nobody finds a window in it whom the fold
/// did not hand out; and what it makes of a window depends on nothing else.
#[derive(Debug)]
pub struct Store {
    shape: Shape,
    parts: Vec<Part>,
    kept: RwLock<HashMap<Place, Arc<Vec<Prepared>>>>,
}

/// A modality that is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which.
    pub group: ModalityGroup,
    /// Its place among the tracks of a session.
    pub track: usize,
    /// Which of the track's channels are seen.
    pub channels: Vec<usize>,
    /// Whether the first of them, the logarithm of skin conductance, is seen as its tonic and phasic part, and the others are not.
    pub decomposed: bool,
}

/// Whose window, when it starts, and what is left of it to be seen.
type Place = (String, u64, usize, Option<(usize, u64)>);

impl Part {
    /// Channels that a network sees.
    pub fn width(&self) -> usize {
        if self.decomposed {
            super::skin::CHANNELS
        } else {
            self.channels.len()
        }
    }
}

impl Store {
    /// For some modalities of a cohort's tracks.
    pub fn new(shape: Shape, parts: Vec<Part>) -> Store {
        Store {
            shape,
            parts,
            kept: RwLock::default(),
        }
    }

    /// All modalities of a window.
    ///
    /// # Errors
    /// [`PathError`] if its observations make no path.
    pub fn of(&self, input: &Input<'_>) -> Result<Arc<Vec<Prepared>>, PathError> {
        let sight = input.sight();
        let place = (
            input.subject().to_owned(),
            input.session_time().to_bits(),
            sight.degraded,
            sight
                .lost
                .map(|(modality, share)| (modality, share.to_bits())),
        );
        if let Ok(kept) = self.kept.read()
            && let Some(found) = kept.get(&place)
        {
            return Ok(Arc::clone(found));
        }
        let made = self.parts.iter().map(|part| self.make(input, part));
        let made = Arc::new(made.collect::<Result<Vec<_>, _>>()?);
        if let Ok(mut kept) = self.kept.write() {
            kept.insert(place, Arc::clone(&made));
        }
        Ok(made)
    }

    fn make(&self, input: &Input<'_>, part: &Part) -> Result<Prepared, PathError> {
        let all = input.observations(part.track)?;
        let wanted = &part.channels;
        let observed = match wanted.len() == all.channels() {
            true => all,
            false => {
                let rows = all.rows();
                let values = rows.flat_map(|row| wanted.iter().map(|&channel| row[channel]));
                pathema_path::Observations::new(
                    all.times().to_vec(),
                    values.collect(),
                    wanted.len(),
                )?
            }
        };
        let observed = match part.decomposed {
            true => super::skin::decomposed(&observed)?,
            false => observed,
        };
        let mut moments = vec![(0.0, 0.0, 0.0); observed.channels()];
        for row in observed.rows() {
            for (moments, &value) in moments.iter_mut().zip(row) {
                if !value.is_nan() {
                    moments.0 += 1.0;
                    moments.1 += value;
                    moments.2 += value * value;
                }
            }
        }
        let length = input.length();
        let form = match &self.shape {
            Shape::Path(cut) => {
                let (observed, rate) = match cut.grid > 0.0 {
                    true => {
                        let cells = Cells::new(&observed, length, cut.grid);
                        (cells.resampled()?, cells.cells as f64 / length)
                    }
                    false => (observed, part.group.nominal_rate()),
                };
                Form::Controls(Controls::new(&observed, length, rate, cut)?)
            }
            Shape::Grid(cell) => Form::Cells(Cells::new(&observed, length, *cell)),
        };
        Ok(Prepared { form, moments })
    }

    /// What windows are made into.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The modalities seen.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}
