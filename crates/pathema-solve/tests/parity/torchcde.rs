//! torchcde 0.2.5: controlled equations along natural, Hermite and linear paths, and their gradients.

use std::collections::BTreeMap;

use pathema_path::{Ends, Gaps, Scheme};
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, BatchPath, Gradient, SaveAt, Solution, Solve, VectorField, cdeint, solvers,
};
use serde::Deserialize;
use tch::Tensor;

use crate::problems::GOLDEN;
use crate::tally::{Tally, distance, numbers};
use crate::torchdiffeq::HEUN3;

#[derive(Deserialize)]
struct Golden {
    cde_path: Vec<Path>,
    cde_torchcde: Vec<Record>,
    cde_gradients: Vec<Gradients>,
}

#[derive(Deserialize)]
struct Path {
    times: Vec<f64>,
    rows: Vec<Vec<f64>>,
    z0: Vec<f64>,
    perceptron: Perceptron,
}

#[derive(Deserialize)]
struct Perceptron {
    w1: Vec<Vec<f64>>,
    b1: Vec<f64>,
    w2: Vec<Vec<f64>>,
    b2: Vec<f64>,
}

#[derive(Deserialize)]
struct Record {
    field: String,
    scheme: String,
    solver: String,
    rtol: Option<f64>,
    atol: Option<f64>,
    at_knots: Option<String>,
    step_size: Option<f64>,
    perturb: Option<bool>,
    times: Vec<f64>,
    z: Vec<Vec<f64>>,
    evaluations: usize,
}

#[derive(Deserialize)]
struct Gradients {
    field: String,
    scheme: String,
    loss: f64,
    z0: Vec<f64>,
    rows: Vec<Vec<f64>>,
    #[serde(flatten)]
    parameters: Option<Perceptron>,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

fn scheme(name: &str) -> Scheme {
    match name {
        "natural" => Scheme::NaturalCubic(Ends::Free),
        // On complete observations it is torchcde's, with backward differences.
        "hermite" => Scheme::Hermite(Gaps::FillLinear),
        "linear" => Scheme::Linear,
        other => panic!("no scheme for {other}"),
    }
}

fn table(rows: &[Vec<f64>]) -> Tensor {
    Tensor::from_slice(&rows.concat()).view([rows.len() as i64, -1])
}

impl Perceptron {
    fn parameters(&self) -> [Vec<f64>; 4] {
        [
            self.w1.concat(),
            self.b1.clone(),
            self.w2.concat(),
            self.b2.clone(),
        ]
    }
}

/// The path, the initial state and the parameters as leaves that gradients reach.
struct Leaves {
    rows: Tensor,
    z0: Tensor,
    parameters: Vec<Tensor>,
}

impl Path {
    fn leaves(&self) -> Leaves {
        let of = &self.perceptron;
        let parameters = [
            table(&of.w1),
            Tensor::from_slice(&of.b1),
            table(&of.w2),
            Tensor::from_slice(&of.b2),
        ];
        let leaf = |x: Tensor| x.set_requires_grad(true);
        Leaves {
            rows: leaf(table(&self.rows)),
            z0: leaf(Tensor::from_slice(&self.z0).view([1, 2])),
            parameters: parameters.into_iter().map(leaf).collect(),
        }
    }

    fn fit(&self, name: &str, rows: &Tensor) -> BatchPath {
        let times = Tensor::from_slice(&self.times);
        BatchPath::fit(scheme(name), &[times], &[rows.shallow_clone()]).unwrap()
    }
}

impl Leaves {
    fn field(&self, name: &str) -> Box<dyn VectorField> {
        let apply = |matrix: Tensor, dx: &Tensor| {
            matrix
                .view([-1, 2, 2])
                .matmul(&dx.unsqueeze(-1))
                .squeeze_dim(-1)
        };
        match name {
            "perceptron" => Box::new(Parametrised::new(
                self.parameters.iter().map(Tensor::shallow_clone).collect(),
                move |p: &[Tensor], z: &Tensor, dx: &Tensor| {
                    let hidden = (z.matmul(&p[0].tr()) + &p[1]).tanh();
                    apply((hidden.matmul(&p[2].tr()) + &p[3]).tanh(), dx)
                },
            )),
            "written" => Box::new(Parametrised::new(
                Vec::new(),
                move |_: &[Tensor], z: &Tensor, dx: &Tensor| {
                    let (a, b) = (z.select(1, 0), z.select(1, 1));
                    apply(
                        Tensor::stack(&[a.sin(), b.shallow_clone(), b.cos(), -a], 1),
                        dx,
                    )
                },
            )),
            other => panic!("no field for {other}"),
        }
    }
}

fn solve(path: &Path, field: &str, scheme: &str, times: &[f64], how: &Solve) -> Solution {
    let _guard = tch::no_grad_guard();
    let leaves = path.leaves();
    let control = path.fit(scheme, &leaves.rows.detach());
    let z0 = leaves.z0.detach();
    cdeint(
        &*leaves.field(field),
        &control,
        &z0,
        0.0,
        SaveAt::Times(times),
        how,
    )
    .unwrap()
}

/// The states that are saved at these of the solve's times.
fn picked(z: &Tensor, from: &[f64], times: &[f64]) -> Tensor {
    let place = |time: &f64| from.iter().position(|other| other == time).unwrap() as i64;
    let places: Vec<i64> = times.iter().map(place).collect();
    z.index_select(1, &Tensor::from_slice(&places))
}

/// One step a knot, or in equal steps that end at the knots.
#[test]
fn fixed_steps() {
    let golden = golden();
    let path = &golden.cde_path[0];
    let mut tally = Tally::default();
    for record in &golden.cde_torchcde {
        let tableau = match record.solver.as_str() {
            "euler" => &solvers::EULER,
            "midpoint" => &solvers::MIDPOINT,
            "heun3" => &HEUN3,
            "rk4" => &solvers::RK4_38,
            _ => continue,
        };
        // Unless it perturbs, torchcde begins a step at a knot with the slope of the piece before, where the field's
        // straight pieces break.
        if record.scheme == "linear" && record.perturb == Some(false) {
            continue;
        }
        let end = path.times[path.times.len() - 1];
        let grid: Vec<f64> = match record.step_size {
            Some(step) => (1..=(end / step).round() as usize)
                .map(|k| k as f64 * step)
                .collect(),
            None => path.times[1..].to_vec(),
        };
        let solution = solve(
            path,
            &record.field,
            &record.scheme,
            &grid,
            &Solve::knots(tableau),
        );
        let name = format!(
            "{} {} {} {:?}",
            record.field, record.scheme, record.solver, record.step_size
        );
        // Those inside a step are interpolated, which a grid does not do.
        let (times, rows): (Vec<f64>, Vec<Vec<f64>>) = record
            .times
            .iter()
            .zip(&record.z)
            .filter(|(time, _)| grid.contains(time))
            .map(|(time, row)| (*time, row.clone()))
            .unzip();
        let found = picked(&solution.z, &grid, &times);
        tally.close(&name, &found, &rows.concat(), 1e-12);
        if record.times.len() == times.len() {
            tally.same(&name, solution.stats.evaluations, record.evaluations);
        }
    }
    tally.finish(92);
}

/// As near to the truth, for as many evaluations or fewer: torchdiffeq forgets the step that a knot has cut short, and
/// passes the end.
#[test]
fn adaptive_steps() {
    let golden = golden();
    let path = &golden.cde_path[0];
    let tight = Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-13, 1e-14));
    let mut all = (0, 0);
    let (mut truths, mut tally) = (BTreeMap::new(), Tally::default());
    for record in &golden.cde_torchcde {
        let (Some(rtol), Some(atol)) = (record.rtol, record.atol) else {
            continue;
        };
        let how = Solve::adaptive(&solvers::DOPRI5, Adaptive::new(rtol, atol));
        let name = format!(
            "{} {} {rtol:e} {:?}",
            record.field, record.scheme, record.at_knots
        );
        let truth = truths
            .entry((&record.field, &record.scheme))
            .or_insert_with(|| {
                numbers(&solve(path, &record.field, &record.scheme, &record.times, &tight).z)
            });
        let solution = solve(path, &record.field, &record.scheme, &record.times, &how);
        let theirs = distance(&record.z.concat(), truth);
        tally.close(&name, &solution.z, truth, 3.0 * theirs + 3.0 * rtol);
        // At the loose tolerance one solve takes a step back more often than theirs.
        let slack = if rtol > 1e-5 { 1.1 } else { 1.0 };
        let (ours, theirs) = (solution.stats.evaluations, record.evaluations);
        tally.within(&name, ours as f64, slack * theirs as f64);
        all.0 += ours;
        all.1 += theirs;
    }
    // Together a good deal less work.
    tally.within("all evaluations", all.0 as f64, 0.95 * all.1 as f64);
    tally.finish(2 * 30 + 1);
}

#[track_caller]
fn check_gradients(how: &Solve, allowed: f64) {
    let golden = golden();
    let path = &golden.cde_path[0];
    let mut tally = Tally::default();
    for record in &golden.cde_gradients {
        let leaves = path.leaves();
        let control = path.fit(&record.scheme, &leaves.rows);
        let z = cdeint(
            &*leaves.field(&record.field),
            &control,
            &leaves.z0,
            0.0,
            SaveAt::Times(&[1.7, 4.25]),
            how,
        )
        .unwrap()
        .z;
        let loss = z.select(1, 1).square().sum(None) * 0.5 + z.sum(None);
        loss.backward();
        let name = |of: &str| format!("{} {} {of}", record.field, record.scheme);
        tally.close(&name("loss"), &loss, &[record.loss], allowed);
        tally.close(&name("z0"), &leaves.z0.grad(), &record.z0, allowed);
        tally.close(
            &name("rows"),
            &leaves.rows.grad(),
            &record.rows.concat(),
            allowed,
        );
        if let Some(of) = &record.parameters {
            for (place, expected) in of.parameters().iter().enumerate() {
                let found = leaves.parameters[place].grad();
                tally.close(
                    &name(&format!("parameter {place}")),
                    &found,
                    expected,
                    allowed,
                );
            }
        }
    }
    // Three schemes; the written field has no parameters.
    tally.finish(3 * 3 + 3 * 7);
}

fn tight() -> Solve {
    Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-10, 1e-12))
}

#[test]
fn direct_gradients() {
    check_gradients(&tight(), 1e-8);
}

#[test]
fn checkpointed_gradients() {
    check_gradients(&tight().with_gradient(Gradient::checkpointed()), 1e-8);
}

#[test]
fn continuous_gradients() {
    check_gradients(&tight().with_gradient(Gradient::continuous()), 1e-8);
}

#[test]
fn reversible_gradients() {
    check_gradients(&tight().with_gradient(Gradient::reversible()), 1e-8);
}
