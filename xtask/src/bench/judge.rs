//! From what was measured to the rows of the table.

use super::equal_error::{Point, time_for};
use super::rounds::Series;
use super::table::Row;
use super::worker::Kind;
use super::workloads::{By, Comparison, Peer};

/// How many times its truth's own error an error must be to be told.
const TELLING: f64 = 10.0;

/// The rows of a comparison; `groups` holds ours, then each peer's, as they were asked.
pub(super) fn rows(comparison: &Comparison, groups: &[Vec<Series>]) -> Vec<Row> {
    let Some((ours, theirs)) = groups.split_first() else {
        return Vec::new();
    };
    let pairs = comparison.peers.iter().zip(theirs);
    match comparison.by {
        By::Time => pairs
            .filter_map(|(peer, theirs)| Some((peer, ours.first()?, theirs.first()?)))
            .map(|(peer, ours, theirs)| by_time(&comparison.words, peer, ours, theirs))
            .collect(),
        By::Memory => pairs
            .filter_map(|(peer, theirs)| Some((peer, ours.first()?, theirs.first()?)))
            .map(|(peer, ours, theirs)| by_memory(&comparison.words, peer, ours, theirs))
            .collect(),
        By::EqualError => pairs
            .flat_map(|(peer, theirs)| by_error(&comparison.words, peer, ours, theirs))
            .collect(),
    }
}

/// The rows of a comparison that could not be made.
pub(super) fn missing(comparison: &Comparison, why: &str) -> Vec<Row> {
    let peers = comparison.peers.iter();
    peers
        .map(|peer| Row::without(&comparison.words, peer, why))
        .collect()
}

fn by_time(words: &str, peer: &Peer, ours: &Series, theirs: &Series) -> Row {
    let (Some(our_time), Some(their_time)) = (ours.time(), theirs.time()) else {
        return Row::without(words, peer, &trouble(ours, theirs));
    };
    if let Some(why) = peer.same.and_then(|limit| difference(ours, theirs, limit)) {
        return Row::without(words, peer, &why);
    }
    let parts = ours.last.parts.iter();
    let parts: Vec<String> = parts
        .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share))
        .collect();
    Row::with(words, peer, their_time / our_time, &parts.join(", "))
}

/// Says how two programs differ that should have computed the same.
fn difference(ours: &Series, theirs: &Series, limit: f64) -> Option<String> {
    let (our, their) = (&ours.last, &theirs.last);
    let loss = ("loss", our.loss, their.loss);
    let norm = (
        "norm of the gradient",
        our.gradient_norm,
        their.gradient_norm,
    );
    // A fit has no gradient.
    let has_gradient = ours.workload.kind == Kind::Step;
    let pairs = [Some(loss), has_gradient.then_some(norm)];
    pairs
        .into_iter()
        .flatten()
        .find_map(|(what, ours, theirs)| {
            let (Some(ours), Some(theirs)) = (ours, theirs) else {
                return Some(format!("not compared: one of the two tells no {what}"));
            };
            let far = (ours - theirs).abs() > limit * theirs.abs();
            far.then(|| format!("not the same: {what} {ours:.6}, theirs {theirs:.6}"))
        })
}

fn by_memory(words: &str, peer: &Peer, ours: &Series, theirs: &Series) -> Row {
    match (ours.last.peak, theirs.last.peak) {
        (Some(ours), Some(theirs)) if ours > 0.0 => Row::with(words, peer, theirs / ours, ""),
        _ => Row::without(words, peer, &trouble(ours, theirs)),
    }
}

/// A row for each of their tolerances; of their ways to solve at it the one that is best for them.
fn by_error(words: &str, peer: &Peer, ours: &[Series], theirs: &[Series]) -> Vec<Row> {
    let points: Vec<Point> = ours.iter().filter_map(point).collect();
    let mut tolerances: Vec<f64> = theirs.iter().map(|s| s.workload.rtol).collect();
    tolerances.dedup();
    let row = |rtol: f64| {
        let words = format!("{words}, their rtol {rtol:e}");
        let ways = theirs.iter().filter(|s| s.workload.rtol == rtol);
        let judged = ways.clone().filter_map(|series| {
            let theirs = point(series)?;
            let ratio = theirs.seconds / time_for(theirs.error, &points)?;
            Some((ratio, theirs.error, series.workload.knots))
        });
        let Some((ratio, error, knots)) = judged.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            let why = ways
                .filter_map(|series| series.trouble.as_deref())
                .chain(ours.iter().filter_map(|series| series.trouble.as_deref()))
                .next()
                .unwrap_or(
                    "none of our errors is as small as theirs, as far as the truth can tell",
                );
            return Row::without(&words, peer, why);
        };
        let forced = if knots { ", steps end at knots" } else { "" };
        Row::with(&words, peer, ratio, &format!("error {error:.1e}{forced}"))
    };
    tolerances.into_iter().map(row).collect()
}

/// Nothing where the error may be as much the truth's as the program's.
fn point(series: &Series) -> Option<Point> {
    let error = series.last.error?;
    Some(Point {
        error: (error >= TELLING * series.exact?).then_some(error)?,
        seconds: series.time()?,
    })
}

fn trouble(ours: &Series, theirs: &Series) -> String {
    let why = [("ours", ours), ("theirs", theirs)]
        .into_iter()
        .find_map(|(who, series)| Some(format!("{who}: {}", series.trouble.as_ref()?)));
    why.unwrap_or_else(|| "one of the two answered without a number".to_owned())
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
