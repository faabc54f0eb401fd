//! What a control path must hold.

mod evaluation;
mod golden;
mod laws;
mod observations;
mod reference;
