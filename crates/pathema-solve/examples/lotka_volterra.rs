//! Prey and predators, and when the prey is at its height: events, their gradients and dense output.
//!
//! ```console
//! $ cargo run -p pathema-solve --example lotka_volterra -- orbit.svg
//! ```

#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, Crossing, Event, Gradient, SaveAt, Solve, odeint, odeint_until, solvers,
};
use tch::{Kind, Tensor};

/// What the example found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The first times at which the prey is at its height.
    pub(crate) peaks: Vec<f64>,
    /// Derivatives of the first of them by the four rates.
    pub(crate) by_rates: Vec<f64>,
}

/// x' = a x − b x y, y' = c x y − d y.
fn slopes(rates: &Tensor, z: &Tensor) -> Tensor {
    let (x, y) = (z.select(1, 0), z.select(1, 1));
    let rate = |k: i64| rates.select(0, k);
    let met = &x * &y;
    let of_x = x * rate(0) - &met * rate(1);
    let of_y = met * rate(2) - y * rate(3);
    Tensor::stack(&[of_x, of_y], 1)
}

/// Solves, and draws both populations into an SVG file.
///
/// # Errors
/// If a solve fails or the file cannot be written.
pub(crate) fn run(picture: &Path) -> Result<Found, Box<dyn Error>> {
    let rates = Tensor::from_slice(&[1.5, 1.0, 1.0, 3.0]).set_requires_grad(true);
    let field = Parametrised::new(
        vec![rates.shallow_clone()],
        |p: &[Tensor], _: &Tensor, z: &Tensor| slopes(&p[0], z),
    );
    let start = Tensor::from_slice(&[1.0, 1.0]).view([1, 2]);
    let how = Solve::adaptive(&solvers::TSIT5, Adaptive::new(1e-8, 1e-10))
        .with_gradient(Gradient::continuous());

    // At its height the prey stops growing: x' falls through zero.
    let at_height = Event {
        condition: &|_: &Tensor, z: &Tensor| slopes(&rates, z).select(1, 0),
        crossing: Crossing::Falling,
    };
    let mut peaks = Vec::new();
    let mut by_rates = Vec::new();
    let (mut time, mut state) = (0.0, start.shallow_clone());
    while time < 12.0 {
        let solution = odeint_until(&field, &state, time, SaveAt::End(16.0), &how, &at_height)?;
        let Some(event) = solution.event.filter(|event| event.happened[0]) else {
            break;
        };
        if peaks.is_empty() {
            event.times.sum(Kind::Double).backward();
            by_rates = Vec::try_from(rates.grad())?;
        }
        time = event.times.double_value(&[0]);
        state = event.z.detach();
        peaks.push(time);
    }

    let solution = odeint(
        &field,
        &start,
        0.0,
        SaveAt::Dense(16.0),
        &Solve::adaptive(&solvers::TSIT5, Adaptive::new(1e-6, 1e-8)),
    )?;
    let Some(trajectory) = solution.trajectory else {
        return Err("no dense output came".into());
    };
    let at = |time: f64| -> Result<[f64; 2], Box<dyn Error>> {
        let z = tch::no_grad(|| trajectory.at(time))?;
        Ok([z.double_value(&[0, 0]), z.double_value(&[0, 1])])
    };
    let times: Vec<f64> = (0..=400).map(|k| f64::from(k) * 0.04).collect();
    let states: Vec<[f64; 2]> = times
        .iter()
        .map(|&time| at(time))
        .collect::<Result<_, _>>()?;
    let marks: Vec<(f64, f64)> = peaks
        .iter()
        .map(|&time| Ok((time, at(time)?[0])))
        .collect::<Result<_, Box<dyn Error>>>()?;
    std::fs::write(picture, drawing(&times, &states, &marks))?;
    Ok(Found { peaks, by_rates })
}

fn drawing(times: &[f64], states: &[[f64; 2]], marks: &[(f64, f64)]) -> String {
    let place = |time: f64, size: f64| (60.0 + 42.0 * time, 270.0 - 30.0 * size);
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 320\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"800\" height=\"320\" fill=\"white\"/>\n",
    );
    for size in [0.0, 2.0, 4.0, 6.0, 8.0] {
        let (x, y) = place(0.0, size);
        let _ = writeln!(
            svg,
            "<path d=\"M{x} {y}H732\" stroke=\"#ddd\"/><text x=\"50\" y=\"{}\" text-anchor=\"end\">{size}</text>",
            y + 4.0
        );
    }
    for time in [0.0, 4.0, 8.0, 12.0, 16.0] {
        let (x, y) = place(time, 0.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{time}</text>",
            y + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"396\" y=\"312\" text-anchor=\"middle\">time</text>"
    );
    for (which, name, colour) in [(0, "prey", "#1b6ca8"), (1, "predators", "#c0392b")] {
        let points: Vec<String> = times
            .iter()
            .zip(states)
            .map(|(&time, state)| {
                let (x, y) = place(time, state[which]);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        let (x, y) = place(16.1, states[states.len() - 1][which]);
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" fill=\"{colour}\">{name}</text>",
            y + 4.0
        );
    }
    for &(time, size) in marks {
        let (x, y) = place(time, size);
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#1b6ca8\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{time:.2}</text>",
            y - 9.0
        );
    }
    svg + "</svg>\n"
}

#[allow(dead_code, reason = "the tests include this file and call `run`")]
fn main() -> Result<(), Box<dyn Error>> {
    let picture = std::env::args_os().nth(1).map(PathBuf::from);
    let picture = picture.unwrap_or_else(|| std::env::temp_dir().join("lotka_volterra.svg"));
    let found = run(&picture)?;
    println!("The prey is at its height at {:.4?}.", found.peaks);
    println!(
        "The first of these times moves with the rates a, b, c, d by {:.4?}.",
        found.by_rates
    );
    println!("Both populations are drawn in {}.", picture.display());
    Ok(())
}
