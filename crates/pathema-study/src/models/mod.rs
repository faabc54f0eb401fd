//! The networks of the study: one encoder a modality, the same fusion and heads for all.

mod batch;
mod encoders;
mod fusion;
mod net;
mod spec;

pub use batch::{Grid, Moves, Seen};
pub use net::{Drawn, Net, Outputs};
pub(crate) use spec::is_zero;
pub use spec::{
    Adjoint, Answer, Drive, Encoder, Fusion, NetSpec, PathSpec, Skin, StepMethod, TrainSpec,
};
