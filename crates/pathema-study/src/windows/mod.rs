//! Windows as networks take them: prepared once, standardised by each fold anew.

mod grid;
mod path;
mod scale;
mod skin;
mod store;

pub use grid::{Cells, LONGEST_LINE};
pub use path::{Controls, Cut};
pub use scale::{Scale, View};
pub use store::{Form, Part, Prepared, Shape, Store};
