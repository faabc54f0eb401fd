//! AffectiveROAD: drives with an E4 at each wrist, a BioHarness at the chest, and stress as an observer rated it.
//!
//! El Haouij, Poggi, Sevestre-Ghalila, Ghozi and Jaïdane 2018, *AffectiveROAD system and database to assess driver's
//! attention*. [`Archive::open`] takes the official zip, its folder, or any folder or zip of the same layout:
//!
//! ```text
//! AffectiveROAD_Data/Database/
//!   E4/Annot_E4_Left.csv, Annot_E4_Right.csv, N-E4-DrvN/{Left, Right}: an E4's files, as folders or zips
//!   Bioharness/Annot_Bioharness.csv, Bio_DrvN.csv: Time;HR;BR;Posture;Activity at 1 Hz, in some files after an unnamed index
//!   Subj_metric/Annot_Subjective_metric.csv, SM_DrvN.csv: one column x, stress from 0 to 1 at 4 Hz
//! ```
//!
//! Drive 2 has `Left1` and `Left2`: they become one channel with a gap. The annotation files give the first and last sample
//! of each part of the road in each device's own samples (E4 and metric at 4 Hz, BioHarness at 1 Hz), counted from 0. The
//! wrists go by their Unix times; BioHarness and metric, which have no clock that is documented, go by the marks, at the
//! median of what they say. The column `Time` of the BioHarness is not read for that reason.
//!
//! No real file of the data set was at hand when this was written: it follows the published layout, and is tested on
//! files that [`simulate::affective_road`](crate::simulate::affective_road) makes of it.

mod archive;
mod classes;
mod clockless;
mod drive;
mod finding;
mod marks;
mod table;
mod wrist;

pub use archive::Archive;
pub use classes::{ClassRun, Classes};
pub use drive::Drive;
pub use finding::Finding;
