//! What a recording is like, seen once from its beginning to its end: channels, gaps, what looks wrong.
//!
//! A [`Survey`] takes the blocks of a recording and holds no more than some numbers and an outline of each channel, so that
//! a recording of any length passes through. What counts as wrong for which modality is in [`Limits`].

mod channel;
mod envelope;
mod limits;
mod survey;

pub use channel::ChannelReport;
pub use envelope::{Envelope, Extent};
pub use limits::Limits;
pub use survey::{LabelTime, Report, Survey, Unsynchronised};

use crate::{Blocks, FormatError};

/// Seconds of a block while surveying.
const BLOCK: f64 = 60.0;

/// Surveys a whole recording; `progress` is told the seconds that have been read.
///
/// # Errors
/// Whatever keeps the recording from being read.
///
/// ```
/// use pathema_signal::recording::Whole;
/// use pathema_signal::simulate::{self, SimulationConfig};
/// let session = simulate::session(&SimulationConfig::default(), 0);
/// let report = pathema_signal::inspect::survey(&mut Whole::new(session.recording), &mut |_| {})?;
/// assert_eq!(report.channels.len(), 10);
/// assert_eq!(report.channels[0].rate, Some(700.0));
/// # Ok::<(), pathema_signal::FormatError>(())
/// ```
pub fn survey(
    blocks: &mut dyn Blocks,
    progress: &mut dyn FnMut(f64),
) -> Result<Report, FormatError> {
    let mut survey = Survey::new(blocks.header());
    while let Some(block) = blocks.next_block(BLOCK)? {
        survey.add(&block);
        progress(survey.seconds());
    }
    let mut report = survey.finish();
    report.odd = blocks.odd();
    Ok(report)
}
