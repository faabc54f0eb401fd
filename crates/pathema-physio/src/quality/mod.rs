//! Whether a window of a signal can be used, and why not.
//!
//! One function a modality takes a window and gives a [`Quality`]: a score from 0 to 1, a verdict, and every reason
//! against the window. All check that samples are there, that they change and that they lie where the sensor and the body
//! can be; beyond that, each modality has the checks that its literature has. Thresholds come from the sources that the
//! functions name; those that are ours are called so.
//!
//! The score is the part of the samples that pass times, where beats or breaths have a shape, how well they agree with
//! their own mean. It orders windows of one modality; it does not compare modalities.
//!
//! ```
//! use pathema_physio::quality::{Fault, Reason, temperature};
//! // A minute on the skin, and a minute in which the sensor was taken off and cooled.
//! let worn: Vec<f64> = (0..240).map(|index| 33.0 + 0.02 * f64::from(index % 2)).collect();
//! let taken_off: Vec<f64> = (0..240).map(|index| 33.0 - 0.04 * f64::from(index)).collect();
//! assert!(temperature(&worn, 4.0).usable);
//! let quality = temperature(&taken_off, 4.0);
//! assert!(!quality.usable);
//! assert!(matches!(quality.reasons[0], Reason::Samples { fault: Fault::OutOfRange, .. }));
//! assert_eq!(quality.reasons[0].to_string(), "0.68 of the samples are out of range: at most 0.05 may be");
//! ```

mod beats;
mod breathing;
mod electrodermal;
mod reason;
mod samples;
mod sensors;
mod template;

pub use beats::{bvp, ecg};
pub use breathing::resp;
pub use electrodermal::{eda, eda_valid};
pub use reason::{Fault, Quality, Reason};
pub use samples::{Limits, samples};
pub use sensors::{acc, emg, temperature};
pub use template::template_correlation;
