use serde::{Deserialize, Serialize};

use super::Components;
use crate::fit::{Noted, States};
use crate::report::material::{Attention, LatentPoint};

/// Attention in one window of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionAt {
    /// Seconds since the session's start.
    pub start: f64,
    /// `[asks][is asked]`: each row adds up to 1, its own place is 0.
    pub shares: Vec<Vec<f64>>,
}

/// Trajectories of states in the plane in which they vary most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latents {
    /// Whose states: a modality's, or `all` for those of all modalities side by side.
    pub modality: String,
    /// Shares of their variance along the two axes.
    pub explained: [f64; 2],
    /// Window by window.
    pub points: Vec<LatentPoint>,
}

impl AttentionAt {
    /// Of the windows noted; those of a network without attention give none.
    pub fn of(noted: &[Noted]) -> Vec<AttentionAt> {
        let all = noted.iter().filter_map(|noted| {
            Some(AttentionAt {
                start: noted.start,
                shares: noted.attention.clone()?,
            })
        });
        all.collect()
    }
}

/// Attention over a session, as the report shows it; `None` without attention.
pub fn attention(noted: &[Noted], modalities: &[&str]) -> Option<Attention> {
    let windows = AttentionAt::of(noted);
    if windows.is_empty() {
        return None;
    }
    let count = modalities.len();
    let weights = (0..count).map(|asks| {
        let asked = 0..count;
        asked
            .map(|asked| windows.iter().map(|at| at.shares[asks][asked]).collect())
            .collect()
    });
    Some(Attention {
        modalities: modalities.iter().map(|&name| name.to_owned()).collect(),
        starts: windows.iter().map(|at| at.start).collect(),
        weights: weights.collect(),
    })
}

/// Trajectories through windows of the classes given: of all modalities side by side, then, where there are several, of each.
/// Windows without a class are left out; the plane is that of all windows with one, and at most `most` of each class, spread
/// over the session evenly, are drawn in it.
pub fn latents(
    noted: &[Noted],
    classes: &[Option<usize>],
    modalities: &[&str],
    most: usize,
) -> Vec<Latents> {
    let windows: Vec<(usize, &Noted)> = noted
        .iter()
        .zip(classes)
        .filter_map(|(noted, class)| Some(((*class)?, noted)))
        .collect();
    if windows.is_empty() {
        return Vec::new();
    }
    let mut found = vec![plane("all", &windows, most, &|noted| {
        noted.states.iter().collect()
    })];
    if modalities.len() > 1 {
        for (place, name) in modalities.iter().enumerate() {
            found.push(plane(name, &windows, most, &|noted| {
                vec![&noted.states[place]]
            }));
        }
    }
    found
}

fn plane(
    name: &str,
    windows: &[(usize, &Noted)],
    most: usize,
    of: &dyn for<'a> Fn(&'a Noted) -> Vec<&'a States>,
) -> Latents {
    let trajectories: Vec<Vec<Vec<f64>>> = windows
        .iter()
        .map(|(_, noted)| side_by_side(&of(noted)))
        .collect();
    let width = trajectories[0][0].len();
    let rows: Vec<f64> = trajectories.iter().flatten().flatten().copied().collect();
    let components = Components::fit(&rows, width);
    let mut points = Vec::new();
    for (window, place) in drawn(windows, most).into_iter().enumerate() {
        let (class, noted) = windows[place];
        let rows = &trajectories[place];
        points.extend(rows.iter().enumerate().map(|(instant, row)| {
            let [x, y] = components.plane(row);
            LatentPoint {
                window,
                time: (instant + 1) as f64 / rows.len() as f64 * noted.length,
                x,
                y,
                class,
            }
        }));
    }
    Latents {
        modality: name.to_owned(),
        explained: components.explained(),
        points,
    }
}

/// Places of the windows drawn, in order: of each class so many at most, evenly spread over its windows.
fn drawn(windows: &[(usize, &Noted)], most: usize) -> Vec<usize> {
    let classes = windows.iter().map(|(class, _)| class + 1).max();
    let mut chosen: Vec<usize> = (0..classes.unwrap_or(0))
        .flat_map(|wanted| {
            let own: Vec<usize> = (0..windows.len())
                .filter(|&place| windows[place].0 == wanted)
                .collect();
            let count = own.len().min(most);
            (0..count)
                .map(|k| own[(2 * k + 1) * own.len() / (2 * count)])
                .collect::<Vec<_>>()
        })
        .collect();
    chosen.sort_unstable();
    chosen
}

/// Instants of one modality, or of several at the same times: where their instants differ in number, at those of the one with fewest.
fn side_by_side(states: &[&States]) -> Vec<Vec<f64>> {
    let instants = states.iter().map(|own| own.instants).min().unwrap_or(0);
    (1..=instants)
        .map(|instant| {
            states
                .iter()
                .flat_map(|own| {
                    let width = own.values.len() / own.instants;
                    let at = instant * own.instants / instants - 1;
                    own.values[at * width..][..width]
                        .iter()
                        .map(|&x| f64::from(x))
                })
                .collect()
        })
        .collect()
}
