//! Tests of the crate from outside.

// Tests that lack their data say so, which a test's name cannot.
#![allow(clippy::print_stderr)]

mod bad_folders;
mod bad_pickles;
mod golden;
mod laws;
mod official;
mod support;
