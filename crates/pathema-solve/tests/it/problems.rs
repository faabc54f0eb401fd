//! The standard problems of golden.json as fields, and where they start.

use pathema_solve::OdeField;
use serde::Deserialize;
use tch::Tensor;

/// What other packages say of the same problems, made by golden/make.py.
pub(crate) const GOLDEN: &str = include_str!("golden/golden.json");

#[derive(Deserialize)]
pub(crate) struct Problem {
    pub(crate) problem: String,
    pub(crate) t0: f64,
    pub(crate) t1: f64,
    pub(crate) y0: Vec<f64>,
    pub(crate) y1: Vec<f64>,
    #[serde(default)]
    pub(crate) times: Vec<f64>,
}

#[derive(Deserialize)]
struct Problems {
    problems: Vec<Problem>,
}

pub(crate) fn problems() -> Vec<Problem> {
    let golden: Problems = serde_json::from_str(GOLDEN).unwrap();
    golden.problems
}

pub(crate) fn problem(name: &str) -> Problem {
    problems()
        .into_iter()
        .find(|problem| problem.problem == name)
        .unwrap()
}

impl Problem {
    /// The initial state, [1, size].
    pub(crate) fn start(&self) -> Tensor {
        Tensor::from_slice(&self.y0).view([1, -1])
    }

    pub(crate) fn field(&self) -> Box<dyn OdeField> {
        match self.problem.as_str() {
            "decay" => Box::new(|_: &Tensor, z: &Tensor| -z),
            "van_der_pol_2" => van_der_pol(2.0),
            "van_der_pol_100" => van_der_pol(100.0),
            "van_der_pol_1000" => van_der_pol(1000.0),
            "E2" => van_der_pol(1.0),
            "lotka_volterra" => of_rows(|_, z| {
                let [x, y] = [&z[0], &z[1]];
                vec![x * 1.5 - x * y, x * y - y * 3.0]
            }),
            "B1" => of_rows(|_, z| {
                let [x, y] = [&z[0], &z[1]];
                vec![(x - x * y) * 2.0, x * y - y]
            }),
            "brusselator" => of_rows(|_, z| {
                let [x, y] = [&z[0], &z[1]];
                let product = x.square() * y;
                vec![&product - x * 4.0 + 1.0, x * 3.0 - product]
            }),
            "arenstorf" => of_rows(|_, z| arenstorf(z)),
            "rigid_body" => of_rows(|_, z| {
                let [a, b, c] = [&z[0], &z[1], &z[2]];
                vec![b * c, -(a * c), a * b * -0.51]
            }),
            "robertson" => of_rows(|_, z| {
                let [a, b, c] = [&z[0], &z[1], &z[2]];
                let first = a * -0.04 + b * c * 1e4;
                let last = b.square() * 3e7;
                vec![first.shallow_clone(), -first - &last, last]
            }),
            "A2" => Box::new(|_: &Tensor, z: &Tensor| z.pow_tensor_scalar(3) * -0.5),
            "A3" => Box::new(|t: &Tensor, z: &Tensor| z * t.cos()),
            "A5" => Box::new(|t: &Tensor, z: &Tensor| (z - t) / (z + t)),
            "B4" => of_rows(|_, z| {
                let [x, y, h] = [&z[0], &z[1], &z[2]];
                let r = (x.square() + y.square()).sqrt();
                vec![-y - x * h / &r, x - y * h / &r, x / r]
            }),
            "C1" => of_rows(|_, z| {
                let mut slopes = vec![-&z[0]];
                slopes.extend((1..9).map(|k| &z[k - 1] - &z[k]));
                slopes.push(z[8].shallow_clone());
                slopes
            }),
            "D1" | "D2" | "D3" => of_rows(|_, z| {
                let [x, y] = [&z[0], &z[1]];
                let cube = (x.square() + y.square()).pow_tensor_scalar(1.5);
                vec![
                    z[2].shallow_clone(),
                    z[3].shallow_clone(),
                    -x / &cube,
                    -y / cube,
                ]
            }),
            other => panic!("no field for {other}"),
        }
    }
}

fn van_der_pol(mu: f64) -> Box<dyn OdeField> {
    of_rows(move |_, z| {
        let [x, v] = [&z[0], &z[1]];
        vec![v.shallow_clone(), (1.0 - x * x) * mu * v - x]
    })
}

fn arenstorf(z: &[Tensor]) -> Vec<Tensor> {
    let m = 0.012277471;
    let n = 1.0 - m;
    let (x, y) = (&z[0], &z[1]);
    let cube = |x: &Tensor| (x.square() + y.square()).pow_tensor_scalar(1.5);
    let (d1, d2) = (cube(&(x + m)), cube(&(x - n)));
    let of_x = x + &z[3] * 2.0 - (x + m) * n / &d1 - (x - n) * m / &d2;
    let of_y = y - &z[2] * 2.0 - y * n / d1 - y * m / d2;
    vec![z[2].shallow_clone(), z[3].shallow_clone(), of_x, of_y]
}

/// A field from slopes component by component.
fn of_rows(slopes: impl Fn(&Tensor, &[Tensor]) -> Vec<Tensor> + 'static) -> Box<dyn OdeField> {
    Box::new(move |t: &Tensor, z: &Tensor| Tensor::stack(&slopes(t, &z.unbind(1)), 1))
}
