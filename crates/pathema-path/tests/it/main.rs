//! What a control path must hold.

mod evaluation;
mod example;
mod golden;
mod gradients;
mod laws;
mod logsig;
mod observations;
mod rectilinear;
mod reference;
mod smoothed;

use pathema_path::Share;

/// A share of an interval, as good as any.
const THIRD: Share = match Share::new(1.0 / 3.0) {
    Ok(share) => share,
    Err(_) => panic!("a third is a share"),
};
