//! What is to be computed: experiments and recipes, as their files say.

mod expand;
mod experiment;
mod recipes;

pub use expand::Planned;
pub use experiment::{
    DataSet, Experiment, ExperimentError, Profile, Question, Run, Seeds, Selection, Tested,
    Trained, Variant, Windows,
};
pub use recipes::{Family, Recipe, Recipes};
