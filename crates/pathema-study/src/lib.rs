//! The study: every model under every protocol, on the same windows and the same folds, with its statistics, tables,
//! figures and costs.
//!
//! The way: [`signals`] makes irregular series of recordings, after samples were taken away where an experiment asks for
//! it; an experiment's cells are fitted and judged one by one; [`records`] is what each leaves behind; [`statistics`]
//! says how sure its figures are, [`cost`] what a model takes, [`inside`] what goes on in it, and [`report`] shows them.

pub mod cost;
pub mod fit;
pub mod inside;
pub mod models;
pub mod plan;
pub mod records;
pub mod report;
pub mod run;
pub mod signals;
pub mod statistics;
pub mod windows;
