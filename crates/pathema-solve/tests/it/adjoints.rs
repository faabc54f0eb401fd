//! The four gradients against each other and against finite differences, on random controlled equations.

use pathema_path::{Depth, Ends, Gaps, Scheme, Share};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{
    Adaptive, BatchPath, Gradient, SaveAt, Sharing, Solve, Steps, Tableau, cdeint, solvers,
};
use proptest::prelude::*;
use tch::{Device, Kind, Tensor};

const CONFIG: MlpFieldConfig = MlpFieldConfig {
    hidden: 3,
    channels: 2,
    width: 4,
    layers: 2,
    activation: Activation::Tanh,
    final_tanh: true,
};

/// A random controlled equation: everything that a gradient can reach.
#[derive(Debug)]
struct Case {
    scheme: Scheme,
    /// z₀, then weights and biases, then times and then values of each sample.
    leaves: Vec<Tensor>,
    samples: usize,
    weights: Tensor,
}

const SAVES: [f64; 3] = [0.37, 1.01, 2.2];

impl Case {
    fn new(scheme: Scheme, seed: i64, lengths: &[usize]) -> Case {
        let mut numbers = Numbers(seed as u64);
        let batch = lengths.len() as i64;
        let mut leaves = vec![numbers.tensor(&[batch, 3], 0.8)];
        for (inputs, outputs) in CONFIG.shapes() {
            leaves.push(numbers.tensor(&[outputs, inputs], 1.2));
            leaves.push(numbers.tensor(&[outputs], 0.5));
        }
        for &length in lengths {
            let gaps = numbers.tensor(&[length as i64], 0.5) + 0.8;
            leaves.push(gaps.cumsum(0, Kind::Double) - 0.3);
        }
        for &length in lengths {
            leaves.push(numbers.tensor(&[length as i64, 2], 1.5));
        }
        let leaves = leaves
            .into_iter()
            .map(|leaf| leaf.set_requires_grad(true))
            .collect();
        Case {
            scheme,
            leaves,
            samples: lengths.len(),
            weights: numbers.tensor(&[batch, SAVES.len() as i64, 3], 1.5),
        }
    }

    fn field(&self, leaves: &[Tensor]) -> MlpField {
        let layers = leaves[1..=2 * CONFIG.layers].chunks_exact(2);
        let layers = layers.map(|pair| (pair[0].shallow_clone(), pair[1].shallow_clone()));
        MlpField::new(CONFIG, layers.collect())
    }

    fn path(&self, leaves: &[Tensor]) -> BatchPath {
        let series = &leaves[1 + 2 * CONFIG.layers..];
        let (times, values) = series.split_at(self.samples);
        BatchPath::fit(self.scheme, times, values).unwrap()
    }

    fn loss_at(&self, leaves: &[Tensor], how: &Solve) -> Tensor {
        let path = self.path(leaves);
        let save = SaveAt::Times(&SAVES);
        let z = cdeint(&self.field(leaves), &path, &leaves[0], 0.0, save, how)
            .unwrap()
            .z;
        ((&z * &self.weights) + z.square() * 0.5).sum(None)
    }

    fn gradients(&self, how: &Solve) -> Vec<Tensor> {
        let loss = self.loss_at(&self.leaves, how);
        Tensor::run_backward(&[loss], &self.leaves, false, false)
            .into_iter()
            .zip(&self.leaves)
            .map(|(gradient, leaf)| {
                if gradient.defined() {
                    gradient
                } else {
                    leaf.zeros_like()
                }
            })
            .collect()
    }

    /// Central differences along a random direction of each leaf, as (predicted, measured).
    fn differences(&self, how: &Solve, gradients: &[Tensor], step: f64) -> Vec<(f64, f64)> {
        let _guard = tch::no_grad_guard();
        (0..self.leaves.len())
            .map(|k| {
                let direction = Numbers(k as u64).tensor(&self.leaves[k].size(), 1.0);
                let moved = |by: f64| {
                    let mut leaves: Vec<Tensor> = self.leaves.iter().map(Tensor::detach).collect();
                    leaves[k] = &leaves[k] + &direction * by;
                    self.loss_at(&leaves, how).double_value(&[])
                };
                let predicted = (&gradients[k] * &direction).sum(None).double_value(&[]);
                (predicted, (moved(step) - moved(-step)) / (2.0 * step))
            })
            .collect()
    }
}

/// The largest difference relative to the size of its leaf's gradient, and that leaf.
fn worst(a: &[Tensor], b: &[Tensor]) -> (f64, usize) {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| ((a - b).abs().max() / (a.abs().max() + 1.0)).double_value(&[]))
        .zip(0..)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap()
}

/// Numbers from a generator of our own: libtorch's is shared by all tests that run at once.
struct Numbers(u64);

impl Numbers {
    /// Evenly from −size to size.
    fn tensor(&mut self, shape: &[i64], size: f64) -> Tensor {
        let count = shape.iter().product::<i64>();
        let numbers: Vec<f64> = (0..count)
            .map(|_| {
                // Splitmix64 (Steele, Lea & Flood 2014).
                self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut x = self.0;
                x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                let unit = (x ^ (x >> 31)) as f64 / u64::MAX as f64;
                size * (2.0 * unit - 1.0)
            })
            .collect();
        Tensor::from_slice(&numbers).view(shape)
    }
}

fn schemes() -> impl Strategy<Value = Scheme> {
    prop_oneof![
        Just(Scheme::Linear),
        Just(Scheme::Hermite(Gaps::FitAcross)),
        Just(Scheme::NaturalCubic(Ends::Free)),
        Just(Scheme::SmoothedLinear(Share::new(0.5).unwrap())),
    ]
}

fn adaptive(tableau: &'static Tableau, tolerance: f64, sharing: Sharing) -> Solve {
    let steps = Adaptive {
        sharing,
        ..Adaptive::new(tolerance, tolerance)
    };
    Solve::adaptive(tableau, steps)
}

fn hows() -> Vec<Solve> {
    let log_ode = Steps::LogOde {
        length: 0.6,
        depth: Depth::Two,
    };
    vec![
        Solve::knots(&solvers::MIDPOINT),
        Solve::knots(&solvers::RK4),
        Solve::every(&solvers::HEUN, 0.4),
        Solve::new(&solvers::RK4, log_ode),
        adaptive(&solvers::DOPRI5, 1e-4, Sharing::Batch),
        adaptive(&solvers::TSIT5, 1e-4, Sharing::Sample),
        adaptive(&solvers::RALSTON, 1e-2, Sharing::Sample),
        adaptive(&solvers::KVAERNO3, 1e-3, Sharing::Batch),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn checkpointed_is_direct(scheme in schemes(), seed in 0..1000_i64, length in 2..6_usize) {
        let case = Case::new(scheme, seed, &[length, 4]);
        for how in hows() {
            let direct = case.gradients(&how);
            for snapshots in [None, Some(1), Some(3)] {
                let again = case.gradients(&how.with_gradient(Gradient::Checkpointed { snapshots }));
                let off = worst(&direct, &again);
                prop_assert!(off.0 < 1e-10, "{} {:?}: {off:?}", how.method.name, how.steps);
            }
        }
    }

    /// Steps as long as they are; the path's times move them where they lie on knots.
    #[test]
    fn fixed_steps_against_differences(scheme in schemes(), seed in 0..1000_i64) {
        let case = Case::new(scheme, seed, &[3, 5]);
        for how in &hows()[..4] {
            for gradient in [Gradient::Direct, Gradient::checkpointed(), Gradient::reversible()] {
                let how = how.with_gradient(gradient);
                let gradients = case.gradients(&how);
                // The ends of log-ODE steps do not move with the knots at which paths begin and end.
                let leaves = case.differences(&how, &gradients, 1e-6).into_iter().enumerate();
                let times = 1 + 2 * CONFIG.layers..1 + 2 * CONFIG.layers + 2;
                for (leaf, (predicted, measured)) in leaves {
                    if matches!(how.steps, Steps::LogOde { .. }) && times.contains(&leaf) {
                        continue;
                    }
                    prop_assert!(
                        (predicted - measured).abs() < 1e-5 * (1.0 + predicted.abs()),
                        "{} {:?} leaf {leaf}: {predicted} is not {measured}", how.method.name, how.gradient
                    );
                }
            }
        }
    }

    #[test]
    fn tight_steps_against_differences(scheme in schemes(), seed in 0..1000_i64) {
        let case = Case::new(scheme, seed, &[3, 4]);
        for sharing in [Sharing::Batch, Sharing::Sample] {
            let how = adaptive(&solvers::TSIT5, 1e-9, sharing);
            let direct = case.gradients(&how);
            for (leaf, (predicted, measured)) in case.differences(&how, &direct, 1e-5).into_iter().enumerate() {
                prop_assert!(
                    (predicted - measured).abs() < 1e-4 * (1.0 + predicted.abs()),
                    "{sharing:?} leaf {leaf}: {predicted} is not {measured}; times {:?}",
                    &case.leaves[5..7].iter().map(|t| Vec::<f64>::try_from(t).unwrap()).collect::<Vec<_>>()
                );
            }
            let continuous = case.gradients(&how.with_gradient(Gradient::continuous()));
            let off = worst(&direct, &continuous);
            prop_assert!(off.0 < 2e-5, "continuous {sharing:?}: {off:?}");
            let reversible = case.gradients(&how.with_gradient(Gradient::reversible()));
            let off = worst(&direct, &reversible);
            prop_assert!(off.0 < 1e-3, "reversible {sharing:?}: {off:?}");
        }
    }

    /// Fine fixed steps bring the continuous adjoint to the others.
    #[test]
    fn continuous_over_fixed_steps(scheme in schemes(), seed in 0..1000_i64) {
        let case = Case::new(scheme, seed, &[3, 4]);
        let off = |step: f64| {
            let how = Solve::every(&solvers::RK4, step);
            let direct = case.gradients(&how);
            worst(&direct, &case.gradients(&how.with_gradient(Gradient::continuous())))
        };
        let (coarse, fine) = (off(0.1), off(0.025));
        prop_assert!(fine.0 < 1e-2 && fine.0 < coarse.0 / 10.0 + 1e-8, "{coarse:?} {fine:?}");
    }

    /// The reversible gradient is that of its own coupled solution, whatever the method, but for what rounding takes from
    /// the states on the way back: where a path runs far outside its knots that is up to thousands of times more.
    #[test]
    fn reversible_is_autograd_through_its_own_steps(seed in 0..1000_i64, k in 0..4_usize) {
        let tableau = [&solvers::EULER, &solvers::MIDPOINT, &solvers::BOSH3, &solvers::TSIT5][k];
        let case = Case::new(Scheme::NaturalCubic(Ends::Free), seed, &[5]);
        let mut times: Vec<f64> = Vec::try_from(&case.leaves[1 + 2 * CONFIG.layers]).unwrap();
        times.retain(|time| *time < SAVES[2]);
        times.extend(SAVES);
        times.push(0.0);
        times.sort_by(f64::total_cmp);
        let coupling = 0.95;
        let how = Solve::knots(tableau);
        let (field, path) = (case.field(&case.leaves), case.path(&case.leaves));
        let increment = |z: &Tensor, from: f64, to: f64| {
            cdeint(&field, &path, z, from, SaveAt::End(to), &how).unwrap().z.select(1, 0) - z
        };
        let (mut y, mut z) = (case.leaves[0].shallow_clone(), case.leaves[0].shallow_clone());
        let mut saved = Vec::new();
        for pair in times.windows(2) {
            y = &y * coupling + &z * (1.0 - coupling) + increment(&z, pair[0], pair[1]);
            z = &z - increment(&y, pair[1], pair[0]);
            if SAVES.contains(&pair[1]) {
                saved.push(y.shallow_clone());
            }
        }
        let unrolled = Tensor::stack(&saved, 1);
        let reversible = how.with_gradient(Gradient::Reversible { coupling: Some(coupling) });
        let solved = cdeint(&field, &path, &case.leaves[0], 0.0, SaveAt::Times(&SAVES), &reversible).unwrap().z;
        prop_assert!(solved.allclose(&unrolled, 1e-12, 1e-12, false));
        let loss = ((&unrolled * &case.weights) + unrolled.square() * 0.5).sum(None);
        let gradients = Tensor::run_backward(&[loss], &case.leaves, false, false);
        let lost = {
            let _guard = tch::no_grad_guard();
            for pair in times.windows(2).rev() {
                let before = &z + increment(&y, pair[1], pair[0]);
                y = (y - &before * (1.0 - coupling) - increment(&before, pair[0], pair[1])) / coupling;
                z = before;
            }
            (z - &case.leaves[0]).abs().max().double_value(&[])
        };
        prop_assert!(lost < 1e-9, "{}: {lost}", tableau.name);
        let off = worst(&gradients, &case.gradients(&reversible));
        prop_assert!(off.0 < 1e-10 + 1e4 * lost, "{}: {off:?}, {lost}", tableau.name);
    }
}

/// After 24,000 steps in single precision the way back still finds the start.
#[test]
fn reversible_finds_the_start_after_many_steps() {
    let steps = 24_000;
    let times: Vec<f64> = (0..=steps).map(|k| f64::from(k) * 0.01).collect();
    let values = times
        .iter()
        .flat_map(|t| [(0.7 * t).sin(), (1.3 * t).cos()])
        .collect();
    let seen = pathema_path::Observations::new(times, values, 2).unwrap();
    let path = pathema_path::ControlPath::fit(Scheme::Linear, &seen).unwrap();
    let mut numbers = Numbers(5);
    let parameters: Vec<Tensor> = CONFIG
        .shapes()
        .into_iter()
        .flat_map(|(inputs, outputs)| [[outputs, inputs].to_vec(), vec![outputs]])
        .map(|shape| numbers.tensor(&shape, 0.8))
        .collect();
    let gradient = |kind: Kind, gradient: Gradient| {
        let path = BatchPath::stack(std::slice::from_ref(&path), kind, Device::Cpu).unwrap();
        let leaves: Vec<Tensor> = parameters
            .iter()
            .map(|p| p.to_kind(kind).detach().set_requires_grad(true))
            .collect();
        let layers = leaves.chunks_exact(2);
        let layers = layers.map(|pair| (pair[0].shallow_clone(), pair[1].shallow_clone()));
        let field = MlpField::new(CONFIG, layers.collect());
        let z0 = Tensor::full([1, 3], 0.1, (kind, Device::Cpu)).set_requires_grad(true);
        let how = Solve::knots(&solvers::MIDPOINT).with_gradient(gradient);
        let z = cdeint(&field, &path, &z0, 0.0, SaveAt::End(240.0), &how)
            .unwrap()
            .z;
        z.square().sum(None).backward();
        let of_parameters = leaves
            .iter()
            .map(|leaf| leaf.grad().to_kind(Kind::Double).flatten(0, -1));
        Tensor::cat(&of_parameters.collect::<Vec<_>>(), 0)
    };
    let exact = gradient(Kind::Double, Gradient::reversible());
    let single = gradient(Kind::Float, Gradient::reversible());
    let off = ((&exact - single).norm() / exact.norm()).double_value(&[]);
    assert!(off < 1e-3, "single precision is off by {off}");
}

/// A step taken anew without the rows that were taken back must not differ in the last bit: the lengths of the next ones
/// hang on it.
#[test]
fn steps_taken_back_change_no_value() {
    let case = Case::new(
        Scheme::SmoothedLinear(Share::new(0.5).unwrap()),
        319,
        &[3, 4],
    );
    let how = adaptive(&solvers::TSIT5, 1e-4, Sharing::Sample);
    let solved = |gradient| {
        let (field, path) = (case.field(&case.leaves), case.path(&case.leaves));
        let how = how.with_gradient(gradient);
        cdeint(
            &field,
            &path,
            &case.leaves[0],
            0.0,
            SaveAt::Times(&SAVES),
            &how,
        )
        .unwrap()
    };
    let (direct, again) = (solved(Gradient::Direct), solved(Gradient::checkpointed()));
    assert!(direct.stats.rejected > 0);
    assert_eq!((direct.z - again.z).abs().max().double_value(&[]), 0.0);
}
