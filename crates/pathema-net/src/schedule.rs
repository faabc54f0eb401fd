/// The learning rate at step `step` of `total`, by the one-cycle policy (Smith & Topin 2019, *Super-convergence*): a
/// cosine rise from a 25th of `highest` over the first fifth, and a cosine fall to a 250,000th over the rest.
///
/// ```
/// use pathema_net::one_cycle;
/// assert!((one_cycle(20, 101, 1.0) - 1.0).abs() < 1e-12);
/// assert!(one_cycle(100, 101, 1.0) < 1e-5);
/// ```
pub fn one_cycle(step: usize, total: usize, highest: f64) -> f64 {
    let (start, end) = (highest / 25.0, highest / 250_000.0);
    let last = total.saturating_sub(1).max(1) as f64;
    let peak = 0.2 * last;
    let step = step as f64;
    let (from, to, share) = if step < peak {
        (start, highest, step / peak)
    } else {
        (highest, end, ((step - peak) / (last - peak)).min(1.0))
    };
    to + (from - to) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
}
