//! Small networks trained in native code: a tape of matrices with exact gradients, over the fused engine.
//!
//! A [`Tape`] computes as it records. Everything on it is a matrix \[rows, columns\], row by row; a batch of sequences is
//! \[batch · length, columns\], one sample after the other. It works on one thread, and the same inputs give the same
//! bits on every run: whoever has more cores trains more models side by side.
//!
//! ```
//! use pathema_net::{AdamW, AdamWConfig, Linear, Parameters, Tape};
//! use rand::SeedableRng;
//!
//! // Exclusive or, by one hidden layer.
//! let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let mut parameters = Parameters::<f32>::new();
//! let hidden = Linear::new(&mut parameters, "hidden", 2, 8, &mut rng);
//! let output = Linear::new(&mut parameters, "output", 8, 2, &mut rng);
//! let mut adamw = AdamW::new(AdamWConfig::default(), &parameters);
//! let mut last = f32::INFINITY;
//! for _ in 0..200 {
//!     let mut tape = Tape::new(&parameters);
//!     let x = tape.input(4, 2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
//!     let h = hidden.forward(&mut tape, x);
//!     let h = tape.tanh(h);
//!     let logits = output.forward(&mut tape, h);
//!     let loss = tape.cross_entropy(logits, &[0, 1, 1, 0], &[1.0, 1.0]);
//!     last = tape.values(loss)[0];
//!     let gradients = tape.backward(loss)?;
//!     adamw.step(&mut parameters, &gradients, 0.05, 1.0);
//! }
//! assert!(last < 0.05);
//! # Ok::<(), pathema_net::NetError>(())
//! ```

mod adamw;
mod error;
mod layers;
mod number;
mod parameters;
mod schedule;
mod tape;

pub use adamw::{AdamW, AdamWConfig};
pub use error::NetError;
pub use layers::{Field, GruCell, LayerNorm, Linear, LstmCell, Mlp, MultiHeadAttention};
pub use number::Number;
pub use parameters::{Gradients, Parameter, Parameters};
pub use schedule::one_cycle;
pub use tape::{Tape, Var};
