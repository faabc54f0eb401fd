//! Prints the page of features, `docs/features.md`: `cargo run -p pathema-physio --example features_page > docs/features.md`.
#![allow(clippy::print_stdout, reason = "a program speaks to its user")]

fn main() {
    print!("{}", pathema_physio::features::page());
}
