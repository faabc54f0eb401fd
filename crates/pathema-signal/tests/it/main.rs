//! Tests of the crate from outside.

mod affective_road;
mod bad_folders;
mod bad_pickles;
mod csv;
mod edf;
mod empatica;
mod golden;
mod laws;
mod official;
mod open;
mod raw;
mod respiban;
mod simulated;
mod support;
mod survey;
mod table;
mod verify;
mod wfdb;
