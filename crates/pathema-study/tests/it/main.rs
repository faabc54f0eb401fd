//! The study as its users meet it.

mod choices;
mod fitting;
mod paths;
mod plans;
mod support;
