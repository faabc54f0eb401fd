//! How much one protocol, or normalisation, flatters against another.

use pathema_experiments::metrics::Task;

use super::compare::{Comparison, compare_all};
use super::{Score, StatisticsError};
use crate::records::Row;

/// The optimism of a protocol: how much better the same model scores on the same subjects under `flattering` than under
/// `honest`, with its interval and tests, paired by subject.
///
/// For example the random split against leave-one-subject-out, or the transductive against the population normalisation.
/// `difference` is what a paper that reports the first claims too much.
///
/// # Errors
/// Where the rows are not of one model, variant, set of modalities and kind of recordings, or the subjects differ.
///
/// ```no_run
/// use pathema_experiments::metrics::Task;
/// use pathema_study::records::{Protocol, Row};
/// use pathema_study::statistics::{Score, StatisticsError, gap::optimism};
///
/// fn of_the_random_split(rows: &[Row]) -> Result<Option<f64>, StatisticsError> {
///     let under = |protocol| rows.iter().find(|row| row.key.protocol == protocol);
///     let (Some(random), Some(loso)) = (under(Protocol::RandomSplit), under(Protocol::Loso)) else {
///         return Ok(None);
///     };
///     Ok(Some(optimism(random, loso, Task::Binary, Score::Accuracy)?.difference))
/// }
/// ```
pub fn optimism(
    flattering: &Row,
    honest: &Row,
    task: Task,
    score: Score,
) -> Result<Comparison, StatisticsError> {
    let (f, h) = (&flattering.key, &honest.key);
    let simulated = |row: &Row| row.info.simulated.to_string();
    for (field, first, other) in [
        ("model", f.model.clone(), h.model.clone()),
        ("variant", f.variant.clone(), h.variant.clone()),
        ("modalities", f.modalities.clone(), h.modalities.clone()),
        ("simulated", simulated(flattering), simulated(honest)),
    ] {
        if first != other {
            return Err(StatisticsError::Differ {
                field,
                first,
                other,
                reason: "optimism is measured on one model; give it two rows of the same",
            });
        }
    }
    compare_all(flattering, &[honest], task, score).map(|mut pair| pair.remove(0))
}
