//! What a user meets at the edges: each file one kind of edge, each test a table.

mod dense;
mod events;
mod gradients;
mod nothing_to_do;
mod samples;
mod settings;
mod support;
mod times;
