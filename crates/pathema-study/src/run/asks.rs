use anyhow::{Context, Result, bail};
use pathema_experiments::data::Sight;
use pathema_experiments::loso::{Ask, Asked};
use pathema_signal::Label;

use super::Data;
use crate::plan::Tested;

/// Questions: one for each thing judged on, and one about meditation.
pub(super) fn asks(data: &Data, tested: &[Tested]) -> Result<Vec<Ask>> {
    let mut asks = Vec::with_capacity(tested.len() + 1);
    for tested in tested {
        let sight = match tested {
            Tested::Recording(name) if name == "clean" => Sight::default(),
            Tested::Recording(name) => {
                let place = data.degraded.iter().position(|own| own == name);
                let Some(place) = place else {
                    bail!(
                        "nothing is called {name}: there are clean, {}",
                        data.degraded.join(", ")
                    );
                };
                Sight {
                    degraded: place + 1,
                    lost: None,
                }
            }
            Tested::Lost { lost, after } => {
                let place = data.groups.iter().position(|own| own == lost);
                let place = place.with_context(|| format!("{} was not loaded", lost.name()))?;
                Sight {
                    degraded: 0,
                    lost: Some((place, *after)),
                }
            }
        };
        asks.push(Ask {
            windows: Asked::Classed,
            sight,
        });
    }
    asks.push(Ask {
        windows: Asked::Labelled(Label::Meditation),
        sight: Sight::default(),
    });
    Ok(asks)
}
