//! Looking inside a fitted network while it judges a held-out subject.
//!
//! [`look`] fits a network without the subject, as any other fold, and has it judged through a [`Probe`](crate::fit::Probe):
//! which modality attends to which over the session, how the states move through test windows, drawn on their two
//! [`Components`] of largest variance, and what it says of every window of the session. Signals of the session are given only where
//! they are simulated.
//!
//! ```no_run
//! use pathema_study::inside::{Looked, look};
//! use pathema_study::models::NetSpec;
//! # fn with(data: &pathema_study::run::Data) -> anyhow::Result<()> {
//! let found = look(data, &NetSpec::default(), &Looked::at("S2"), &|| false)?;
//! for latents in found.map_or(Vec::new(), |look| look.latents) {
//!     assert!(latents.explained.iter().sum::<f64>() <= 1.0 + 1e-9);
//! }
//! # Ok(())
//! # }
//! ```

mod components;
mod latents;
mod look;
mod signals;

pub use components::Components;
pub use latents::{AttentionAt, Latents, attention, latents};
pub use look::{Look, Looked, look};
