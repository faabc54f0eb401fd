//! Values and steps of other packages, which golden/make.py tells of.

use pathema_path::{Ends, Gaps, Scheme};
use pathema_solve::field::Parametrised;
use pathema_solve::{
    Adaptive, BatchPath, Controller, Crossing, Event, Gradient, SaveAt, Solution, Solve, Tableau,
    VectorField, cdeint, odeint, odeint_until, solvers,
};
use serde::Deserialize;
use tch::Tensor;

use crate::problems::{GOLDEN, problem};
use crate::reference::field;

#[derive(Deserialize)]
struct Golden {
    ode_diffrax: Vec<Record>,
    stiff_diffrax: Vec<Record>,
    ode_torchdiffeq: Vec<Record>,
    cde_torchcde: Vec<CdeRecord>,
    cde_gradients: Vec<GradientRecord>,
    cde_path: Vec<CdePath>,
    events: Vec<EventRecord>,
}

#[derive(Deserialize)]
struct Record {
    problem: String,
    solver: String,
    controller: Option<Pid>,
    dt: Option<f64>,
    #[serde(default)]
    step_size: Option<f64>,
    rtol: Option<f64>,
    atol: Option<f64>,
    first_step: Option<f64>,
    #[serde(default)]
    automatic: bool,
    y1: Vec<f64>,
    #[serde(default)]
    accepted: usize,
    #[serde(default)]
    rejected: usize,
    #[serde(default)]
    evaluations: usize,
    #[serde(default)]
    steady: bool,
    #[serde(default)]
    spread: f64,
    #[serde(default)]
    values: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Pid {
    p: f64,
    i: f64,
    d: f64,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

fn tableau(name: &str) -> Option<&'static Tableau> {
    let all = [
        &solvers::EULER,
        &solvers::MIDPOINT,
        &solvers::HEUN,
        &solvers::RALSTON,
        &solvers::BOSH3,
        &solvers::DOPRI5,
        &solvers::TSIT5,
        &solvers::DOPRI8,
        &solvers::KVAERNO3,
        &solvers::KVAERNO5,
    ];
    all.into_iter().find(|tableau| tableau.name == name)
}

/// The largest difference relative to the size of what is expected.
fn off(found: &Tensor, expected: &[f64]) -> f64 {
    let found: Vec<f64> = Vec::try_from(found.flatten(0, -1)).unwrap();
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().zip(expected);
    pairs
        .map(|(a, b)| (a - b).abs() / (1.0 + b.abs()))
        .fold(0.0, f64::max)
}

impl Record {
    fn adaptive(&self) -> Adaptive {
        let pid = self.controller.as_ref().unwrap();
        Adaptive {
            controller: Controller::new(pid.p, pid.i, pid.d),
            // diffrax's own automatic first step is 0.01 whatever the problem, as make.py tells.
            first_step: Some(if self.automatic {
                0.01
            } else {
                self.first_step.unwrap()
            }),
            ..Adaptive::new(self.rtol.unwrap(), self.atol.unwrap())
        }
    }

    /// Whether constant steps divide the interval: else ours are equal and theirs leave a short last one.
    fn divides(&self) -> bool {
        let problem = problem(&self.problem);
        let steps = self
            .dt
            .or(self.step_size)
            .map(|step| (problem.t1 - problem.t0) / step);
        steps.is_none_or(|steps| (steps - steps.round()).abs() < 1e-9)
    }

    fn solve(&self, how: &Solve, save: SaveAt<'_>) -> Solution {
        let problem = problem(&self.problem);
        odeint(&*problem.field(), &problem.start(), problem.t0, save, how).unwrap()
    }

    fn name(&self) -> String {
        let tolerances = (self.rtol, self.atol);
        format!(
            "{} {} {tolerances:?} {:?} {:?}",
            self.problem, self.solver, self.dt, self.step_size
        )
    }
}

/// Names what is off, all of it.
fn report(wrong: Vec<String>, checked: usize) {
    assert!(checked > 0);
    assert!(
        wrong.is_empty(),
        "{} of {checked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn constant_steps_as_by_diffrax() {
    let records = golden()
        .ode_diffrax
        .into_iter()
        .filter(|record| record.dt.is_some());
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in records.filter(Record::divides) {
        let t1 = problem(&record.problem).t1;
        let how = Solve::every(tableau(&record.solver).unwrap(), record.dt.unwrap());
        let solution = record.solve(&how, SaveAt::End(t1));
        checked += 1;
        let off = off(&solution.z, &record.y1);
        if off > (100.0 * record.spread).max(1e-11) || solution.stats.accepted != record.accepted {
            wrong.push(format!(
                "{}: {off:e}, {} steps",
                record.name(),
                solution.stats.accepted
            ));
        }
    }
    report(wrong, checked);
}

/// Steps and values with every controller; inside the steps where the interpolant is the same.
#[test]
fn controlled_steps_as_by_diffrax() {
    let records = golden()
        .ode_diffrax
        .into_iter()
        .filter(|record| record.controller.is_some());
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in records.filter(|record| record.steady && record.accepted < 4000) {
        let tableau = tableau(&record.solver).unwrap();
        let problem = problem(&record.problem);
        let inside = !record.values.is_empty()
            && ["dopri5", "tsit5", "dopri8", "bosh3"].contains(&tableau.name);
        let mut times = if inside {
            problem.times.clone()
        } else {
            Vec::new()
        };
        times.push(problem.t1);
        let solution = record.solve(
            &Solve::adaptive(tableau, record.adaptive()),
            SaveAt::Times(&times),
        );
        let mut expected: Vec<f64> = if inside {
            record.values.concat()
        } else {
            Vec::new()
        };
        expected.extend(&record.y1);
        checked += 1;
        let off = off(&solution.z, &expected);
        let counts = (solution.stats.accepted, solution.stats.rejected);
        if off > (1000.0 * record.spread).max(1e-10) || counts != (record.accepted, record.rejected)
        {
            let theirs = (record.accepted, record.rejected);
            wrong.push(format!(
                "{}: {off:e}, steps {counts:?}, theirs {theirs:?}, spread {:e}",
                record.name(),
                record.spread
            ));
        }
    }
    report(wrong, checked);
}

#[test]
fn as_by_torchdiffeq() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in golden().ode_torchdiffeq.into_iter().filter(Record::divides) {
        let t1 = problem(&record.problem).t1;
        let (how, fixed) = match (record.solver.as_str(), record.step_size) {
            ("euler", Some(step)) => (Solve::every(&solvers::EULER, step), true),
            ("midpoint", Some(step)) => (Solve::every(&solvers::MIDPOINT, step), true),
            ("heun2", Some(step)) => (Solve::every(&solvers::HEUN, step), true),
            ("rk4", Some(step)) => (Solve::every(&solvers::RK4_38, step), true),
            // Of the others torchdiffeq interpolates the end in another way.
            ("dopri5", None) => {
                let steps = Adaptive {
                    overshoot: true,
                    ..Adaptive::new(record.rtol.unwrap(), record.atol.unwrap())
                };
                (Solve::adaptive(&solvers::DOPRI5, steps), false)
            }
            _ => continue,
        };
        let solution = record.solve(&how, SaveAt::End(t1));
        checked += 1;
        let off = off(&solution.z, &record.y1);
        let counts = solution.stats.evaluations == record.evaluations;
        if off > 1e-9 || (!fixed && !counts) {
            wrong.push(format!(
                "{}: {off:e}, {} evaluations, theirs {}",
                record.name(),
                solution.stats.evaluations,
                record.evaluations
            ));
        }
    }
    report(wrong, checked);
}

/// Tight solves meet the references, which SciPy and an extrapolation in long double have made.
#[test]
fn ends_as_by_scipy() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for problem in crate::problems::problems() {
        let stiff = problem.problem.starts_with("van_der_pol_1") || problem.problem == "robertson";
        if problem.problem == "van_der_pol_1000" {
            continue;
        }
        let (how, allowed) = if stiff {
            let steps = Adaptive {
                controller: Controller::PI,
                ..Adaptive::new(1e-7, 1e-10)
            };
            (Solve::adaptive(&solvers::KVAERNO5, steps), 2e-3)
        } else {
            (
                Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-11, 1e-13)),
                1e-6,
            )
        };
        let field = problem.field();
        let solution = odeint(
            &*field,
            &problem.start(),
            problem.t0,
            SaveAt::End(problem.t1),
            &how,
        )
        .unwrap();
        checked += 1;
        let off = off(&solution.z, &problem.y1);
        if off > allowed {
            wrong.push(format!("{}: {off:e}", problem.problem));
        }
    }
    report(wrong, checked);
}

#[test]
fn stiff_problems_within_tolerance_of_diffrax_in_fewer_steps() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    let records = golden().stiff_diffrax.into_iter();
    for record in records.filter(|record| record.accepted < 300 && record.controller.is_some()) {
        let problem = problem(&record.problem);
        let how = Solve::adaptive(tableau(&record.solver).unwrap(), record.adaptive());
        let solution = record.solve(&how, SaveAt::End(problem.t1));
        checked += 1;
        let (ours, theirs) = (off(&solution.z, &problem.y1), {
            let pairs = record.y1.iter().zip(&problem.y1);
            pairs
                .map(|(a, b)| (a - b).abs() / (1.0 + b.abs()))
                .fold(0.0, f64::max)
        });
        let steps = solution.stats.accepted + solution.stats.rejected;
        if ours > 10.0 * theirs.max(record.rtol.unwrap())
            || steps > record.accepted + record.rejected
        {
            wrong.push(format!(
                "{}: {ours:e}, theirs {theirs:e}; {steps} steps, theirs {} + {}",
                record.name(),
                record.accepted,
                record.rejected
            ));
        }
    }
    report(wrong, checked);
}

#[derive(Deserialize)]
struct CdePath {
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
struct CdeRecord {
    field: String,
    scheme: String,
    solver: String,
    rtol: Option<f64>,
    atol: Option<f64>,
    at_knots: Option<String>,
    step_size: Option<f64>,
    #[serde(default)]
    perturb: Option<bool>,
    #[serde(default)]
    interp: Option<String>,
    times: Vec<f64>,
    z: Vec<Vec<f64>>,
    evaluations: usize,
}

#[derive(Deserialize)]
struct GradientRecord {
    field: String,
    scheme: String,
    loss: f64,
    z0: Vec<f64>,
    rows: Vec<Vec<f64>>,
    #[serde(default)]
    w1: Option<Vec<Vec<f64>>>,
    #[serde(default)]
    b1: Option<Vec<f64>>,
    #[serde(default)]
    w2: Option<Vec<Vec<f64>>>,
    #[serde(default)]
    b2: Option<Vec<f64>>,
}

fn scheme(name: &str) -> Scheme {
    match name {
        "natural" => Scheme::NaturalCubic(Ends::Free),
        "hermite" => Scheme::Hermite(Gaps::FillLinear),
        _ => Scheme::Linear,
    }
}

fn table(rows: &[Vec<f64>]) -> Tensor {
    Tensor::from_slice(&rows.concat()).view([rows.len() as i64, -1])
}

/// tanh(W₂ tanh(W₁ z + b₁) + b₂), as [states, channels].
fn perceptron(parameters: Vec<Tensor>) -> impl VectorField {
    Parametrised::new(parameters, |p: &[Tensor], z: &Tensor, dx: &Tensor| {
        let hidden = (z.matmul(&p[0].tr()) + &p[1]).tanh();
        let matrix = (hidden.matmul(&p[2].tr()) + &p[3]).tanh();
        matrix
            .view([-1, 2, 2])
            .matmul(&dx.unsqueeze(-1))
            .squeeze_dim(-1)
    })
}

/// The reference field as one that goes with every gradient.
fn written() -> impl VectorField {
    Parametrised::new(Vec::new(), |_: &[Tensor], z: &Tensor, dx: &Tensor| {
        field(z, dx)
    })
}

fn parameters(of: &Perceptron) -> Vec<Tensor> {
    let [w1, w2] = [&of.w1, &of.w2].map(|rows| table(rows));
    let [b1, b2] = [&of.b1, &of.b2].map(|row| Tensor::from_slice(row));
    let all = [w1, b1, w2, b2];
    all.into_iter()
        .map(|parameter| parameter.set_requires_grad(true))
        .collect()
}

fn boxed(name: &str, parameters: &[Tensor]) -> Box<dyn VectorField> {
    match name {
        "perceptron" => Box::new(perceptron(
            parameters.iter().map(Tensor::shallow_clone).collect(),
        )),
        _ => Box::new(written()),
    }
}

/// Adaptive along the knots: as near to the truth as theirs, for at most a tenth more evaluations (mostly fewer: theirs forget the
/// step that a knot cut short); fixed steps whose ends are the knots: the same values.
#[test]
fn controlled_equations_as_by_torchcde() {
    let golden = golden();
    let path = &golden.cde_path[0];
    let (times, rows) = (Tensor::from_slice(&path.times), table(&path.rows));
    let z0 = Tensor::from_slice(&path.z0).view([1, 2]);
    let of_perceptron = parameters(&path.perceptron);
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in &golden.cde_torchcde {
        let control = BatchPath::fit(
            scheme(&record.scheme),
            &[times.shallow_clone()],
            &[rows.shallow_clone()],
        )
        .unwrap();
        let field = boxed(&record.field, &of_perceptron);
        let solve = |how: &Solve, save: &[f64]| {
            cdeint(&*field, &control, &z0, 0.0, SaveAt::Times(save), how).unwrap()
        };
        let tight = Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-12, 1e-13));
        let truth: Vec<f64> = Vec::try_from(solve(&tight, &record.times).z.flatten(0, -1)).unwrap();
        let expected = record.z.concat();
        if record.solver == "dopri5" && record.at_knots.is_some() {
            let how = Solve::adaptive(
                &solvers::DOPRI5,
                Adaptive::new(record.rtol.unwrap(), record.atol.unwrap()),
            );
            let solution = solve(&how, &record.times);
            checked += 1;
            let ours = off(&solution.z, &truth);
            let theirs = off(&Tensor::from_slice(&expected), &truth);
            let work = solution.stats.evaluations;
            if ours > 3.0 * theirs + record.rtol.unwrap() || work > record.evaluations * 11 / 10 {
                wrong.push(format!(
                    "{} {} {:?}: {ours:e}, theirs {theirs:e}; {work} evaluations, theirs {}",
                    record.field, record.scheme, record.at_knots, record.evaluations
                ));
            }
        } else if let (Some(step), None) = (record.step_size, &record.interp) {
            let tableau = match record.solver.as_str() {
                "euler" => &solvers::EULER,
                "midpoint" => &solvers::MIDPOINT,
                "rk4" => &solvers::RK4_38,
                _ => continue,
            };
            // Unless it perturbs, torchcde takes the slope before a knot for that after it.
            if record.scheme == "linear" && record.perturb != Some(true) {
                continue;
            }
            let grid: Vec<f64> = (1..=(4.25 / step).round() as usize)
                .map(|k| k as f64 * step)
                .collect();
            let solution = solve(&Solve::knots(tableau), &grid);
            let saved = record
                .times
                .iter()
                .zip(&record.z)
                .filter(|(time, _)| (*time / step).fract() == 0.0);
            for (time, row) in saved {
                let place = (time / step).round() as i64 - 1;
                let off = off(&solution.z.select(1, place), row);
                checked += 1;
                if off > 1e-7 {
                    wrong.push(format!(
                        "{} {} {} {step} at {time}: {off:e}",
                        record.field, record.scheme, record.solver
                    ));
                }
            }
        }
    }
    report(wrong, checked);
}

/// Gradients to the initial state, the observations and the parameters, by all that solve to a tolerance.
#[test]
fn gradients_as_by_torchcde() {
    let golden = golden();
    let path = &golden.cde_path[0];
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in &golden.cde_gradients {
        for (gradient, allowed) in [
            (Gradient::Direct, 1e-6),
            (Gradient::checkpointed(), 1e-6),
            (Gradient::continuous(), 1e-6),
            (Gradient::reversible(), 1e-2),
        ] {
            let times = Tensor::from_slice(&path.times);
            let rows = table(&path.rows).set_requires_grad(true);
            let z0 = Tensor::from_slice(&path.z0)
                .view([1, 2])
                .set_requires_grad(true);
            let parameters = parameters(&path.perceptron);
            let field = boxed(&record.field, &parameters);
            let control =
                BatchPath::fit(scheme(&record.scheme), &[times], &[rows.shallow_clone()]).unwrap();
            let how = Solve::adaptive(&solvers::DOPRI5, Adaptive::new(1e-9, 1e-11))
                .with_gradient(gradient);
            let z = cdeint(
                &*field,
                &control,
                &z0,
                0.0,
                SaveAt::Times(&[1.7, 4.25]),
                &how,
            )
            .unwrap()
            .z;
            let loss = z.select(1, 1).square().sum(None) * 0.5 + z.sum(None);
            loss.backward();
            let mut pairs = vec![
                (loss.detach(), vec![record.loss]),
                (z0.grad(), record.z0.clone()),
                (rows.grad(), record.rows.concat()),
            ];
            if let (Some(w1), Some(b1), Some(w2), Some(b2)) =
                (&record.w1, &record.b1, &record.w2, &record.b2)
            {
                let expected = [w1.concat(), b1.clone(), w2.concat(), b2.clone()];
                pairs.extend(parameters.iter().map(Tensor::grad).zip(expected));
            }
            for (place, (found, expected)) in pairs.into_iter().enumerate() {
                let off = off(&found, &expected);
                checked += 1;
                if off > allowed {
                    wrong.push(format!(
                        "{} {} {gradient:?} {place}: {off:e}",
                        record.field, record.scheme
                    ));
                }
            }
        }
    }
    report(wrong, checked);
}

#[derive(Deserialize)]
struct EventRecord {
    name: String,
    y0: Vec<f64>,
    t1: f64,
    parameters: serde_json::Map<String, serde_json::Value>,
    t: f64,
    y: Vec<f64>,
    dt_dy0: Vec<f64>,
    dt_dparameters: Vec<f64>,
    dy_dparameters: Vec<Vec<f64>>,
}

/// When, in which state, and how both move.
#[test]
fn events_as_by_scipy() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for record in golden().events {
        let values: Vec<f64> = record
            .parameters
            .values()
            .map(|value| value.as_f64().unwrap())
            .collect();
        for (gradient, allowed) in [
            (Gradient::Direct, 1e-6),
            (Gradient::checkpointed(), 1e-6),
            (Gradient::continuous(), 1e-6),
            (Gradient::reversible(), 1e-3),
        ] {
            let p = Tensor::from_slice(&values).set_requires_grad(true);
            let name = record.name.clone();
            let field = Parametrised::new(
                vec![p.shallow_clone()],
                move |p: &[Tensor], _: &Tensor, z: &Tensor| {
                    let z = z.unbind(1);
                    let p = p[0].unbind(0);
                    let slopes = match name.as_str() {
                        "ball" => vec![z[1].shallow_clone(), -z[1].ones_like() * &p[0]],
                        "decay" => vec![-(&z[0] * &p[0])],
                        _ => {
                            let product = &z[0] * &z[1];
                            vec![
                                &z[0] * &p[0] - &product * &p[1],
                                product * &p[2] - &z[1] * &p[3],
                            ]
                        }
                    };
                    Tensor::stack(&slopes, 1)
                },
            );
            let (level, crossing) = match record.name.as_str() {
                "ball" => (0.0, Crossing::Falling),
                "decay" => (0.5, Crossing::Falling),
                "lotka_volterra" => (3.0, Crossing::Rising),
                _ => (3.0, Crossing::Falling),
            };
            let event = Event {
                condition: &|_: &Tensor, z: &Tensor| z.select(1, 0) - level,
                crossing,
            };
            let y0 = Tensor::from_slice(&record.y0)
                .view([1, -1])
                .set_requires_grad(true);
            let how = Solve::adaptive(&solvers::DOPRI8, Adaptive::new(1e-10, 1e-12))
                .with_gradient(gradient);
            let solution =
                odeint_until(&field, &y0, 0.0, SaveAt::End(record.t1), &how, &event).unwrap();
            let found = solution.event.unwrap();
            let of = |number: &Tensor| Tensor::run_backward(&[number], &[&y0, &p], true, false);
            let moved = of(&found.times.select(0, 0));
            let mut pairs = vec![
                (found.times.detach(), vec![record.t]),
                (found.z.detach(), record.y.clone()),
                (moved[0].shallow_clone(), record.dt_dy0.clone()),
                (moved[1].shallow_clone(), record.dt_dparameters.clone()),
            ];
            // The last component is free at the event.
            let last = record.y.len() - 1;
            if last > 0 {
                let moved = of(&found.z.select(0, 0).select(0, last as i64));
                let expected = record.dy_dparameters.iter().map(|row| row[last]).collect();
                pairs.push((moved[1].shallow_clone(), expected));
            }
            for (place, (found, expected)) in pairs.into_iter().enumerate() {
                let off = off(&found, &expected);
                checked += 1;
                if off > allowed {
                    wrong.push(format!("{} {gradient:?} {place}: {off:e}", record.name));
                }
            }
        }
    }
    report(wrong, checked);
}
