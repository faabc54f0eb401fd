//! Chest and wrist from the devices' own files, aligned without the pickle.
//!
//! Each device has a clock of its own. The RespiBAN's head has the wall clock's date, the E4's files have Unix seconds: they
//! agree to seconds at best, and the zone is not said. [`align`] takes the rest from the body: whoever moves, moves chest and
//! wrist. The strength of the movement (the acceleration less its mean over a second, over all axes) of one device is
//! correlated with the other's, first at 4 Hz over the lags that the dates leave, then at 32 Hz around the best, and
//! again in windows over the session, from which offset and drift are taken as medians (Theil–Sen). How far that can
//! be trusted is in the [`Alignment`]; where it cannot, [`read`] refuses.
//!
//! Labels are the questionnaire's intervals without 10 s at each end, as the data set's authors made them.

mod alignment;
mod correlation;
mod finding;
mod labels;
mod movement;
mod session;

pub use alignment::{Alignment, Search, align};
pub use finding::RawFinding;
pub use session::{Options, RawSession, read};
