//! Layers: parameters, and the operations that they take part in.

mod attention;
mod field;
mod gru;
mod linear;
mod lstm;
mod mlp;

pub use attention::MultiHeadAttention;
pub use field::Field;
pub use gru::GruCell;
pub use linear::{LayerNorm, Linear};
pub use lstm::LstmCell;
pub use mlp::Mlp;
