//! A function whose gradient is known better by hand: log(1 − e⁻ˣ), used to fit a rate of failure.
//!
//! Of each device it is known only whether it had failed when somebody looked, at time t. With the rate λ
//! it has by then with probability 1 − e^(−λt). Shortly after the start libtorch's own gradient is
//! infinite or NaN, since 1 − e⁻ˣ rounds to 0.
//!
//! `cargo run -p pathema-autograd --example custom_function`

use pathema_autograd::{AutogradError, Saved, attach};
use tch::{Device, Kind, TchError, Tensor, no_grad};

/// log(1 − e⁻ˣ) for x > 0, with the gradient 1 / (eˣ − 1).
pub fn log1mexp(x: &Tensor) -> Result<Tensor, AutogradError> {
    let y = no_grad(|| {
        // Each side of log 2 by the formula that is exact there (Mächler 2012).
        let small = (-x).expm1().neg().log();
        let large = (-x).exp().neg().log1p();
        small.where_self(&x.lt(std::f64::consts::LN_2), &large)
    });
    let saved = Saved::new(x)?;
    let outputs = attach("log1mexp", &[x], vec![y], move |grads, _| {
        let x = saved.get()?;
        Ok(vec![grads[0].as_ref().map(|grad| grad / x.expm1())])
    })?;
    Ok(outputs.into_iter().next().expect("an output as passed in"))
}

/// As libtorch differentiates it.
pub fn naive(x: &Tensor) -> Result<Tensor, AutogradError> {
    Ok(((-x).exp().neg() + 1.0).log())
}

/// The rate under which the inspections are likeliest, by gradient descent on its logarithm.
pub fn fit(log1mexp: fn(&Tensor) -> Result<Tensor, AutogradError>) -> Result<f64, AutogradError> {
    let (times, failed) = inspections(0.7)?;
    let log_rate = Tensor::zeros([1], (Kind::Float, Device::Cpu)).set_requires_grad(true);
    for _ in 0..100 {
        let hazard = log_rate.exp() * &times;
        let likelihood = log1mexp(&hazard)?.f_where_self(&failed, &hazard.neg())?;
        likelihood.neg().mean(Kind::Float).f_backward()?;
        let mut grad = log_rate.grad();
        no_grad(|| log_rate.shallow_clone().f_sub_(&(&grad * 2.0)).map(drop))?;
        let _ = grad.zero_();
    }
    Ok(f64::try_from(log_rate.exp().sum(Kind::Double))?)
}

/// When 5000 devices of failure rate `rate` were looked at, from 10⁻⁹ to 10, and which had failed.
fn inspections(rate: f64) -> Result<(Tensor, Tensor), TchError> {
    // Evenly spread numbers in (0, 1), the same every time.
    let whole = Tensor::arange_start(1, 5001, (Kind::Double, Device::Cpu));
    let spread = |step: f64| (&whole * step).frac();
    let times = (spread(0.618_033_988_75) * 10f64.ln() * 10.0 - 9.0 * 10f64.ln()).exp();
    let failures = spread(0.414_213_562_37).neg().log1p() / -rate;
    let failed = failures.f_le_tensor(&times)?;
    Ok((times.to_kind(Kind::Float), failed))
}

#[allow(clippy::print_stdout, reason = "a program")]
fn main() -> Result<(), AutogradError> {
    println!("rate, by the custom function: {:.3}", fit(log1mexp)?);
    println!("rate, by libtorch alone:      {:.3}", fit(naive)?);
    Ok(())
}
