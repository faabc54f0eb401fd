//! The fused engine beside the general one.

use pathema_path::{ControlPath, Depth, Ends, Gaps, Observations, Scheme, Share};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{
    Adaptive, BatchPath, Cause, Engine, Gradient, Norm, SaveAt, Sharing, Solution, Solve,
    SolveError, Status, Steps, Tableau, cdeint, solvers,
};
use proptest::prelude::*;
use tch::{Device, Kind, Tensor};

const METHODS: [&Tableau; 7] = [
    &solvers::EULER,
    &solvers::MIDPOINT,
    &solvers::HEUN,
    &solvers::RK4,
    &solvers::DOPRI5,
    &solvers::TSIT5,
    &solvers::DOPRI8,
];

/// An equation and what its saved states are weighed with; parameters and the initial state come first.
struct Case {
    config: MlpFieldConfig,
    leaves: Vec<Tensor>,
    path: BatchPath,
    seed: u64,
}

impl Case {
    fn new(
        config: MlpFieldConfig,
        scheme: Scheme,
        lengths: &[usize],
        kind: Kind,
        seed: u64,
    ) -> Case {
        let mut numbers = Numbers(seed | 1);
        let mut leaves = vec![numbers.tensor(&[lengths.len() as i64, config.hidden], 0.8)];
        for (inputs, outputs) in config.shapes() {
            // Tame: errors of coupled solutions grow with the field.
            let size = 0.7 / (inputs as f64).sqrt();
            leaves.push(numbers.tensor(&[outputs, inputs], size));
            leaves.push(numbers.tensor(&[outputs], 0.3));
        }
        let leaf = |leaf: Tensor| leaf.to_kind(kind).set_requires_grad(true);
        let channels = config.channels as usize;
        let paths: Vec<ControlPath> = lengths
            .iter()
            .map(|&length| {
                let mut time = numbers.next();
                let times = (0..length).map(|_| {
                    time += 0.2 + numbers.next().abs();
                    time
                });
                let times: Vec<f64> = times.collect();
                let values = (0..length * channels)
                    .map(|_| 0.5 * numbers.next())
                    .collect();
                let observed = Observations::new(times, values, channels).unwrap();
                ControlPath::fit(scheme, &observed).unwrap()
            })
            .collect();
        Case {
            config,
            leaves: leaves.into_iter().map(leaf).collect(),
            path: BatchPath::stack(&paths, kind, Device::Cpu).unwrap(),
            seed,
        }
    }

    fn field(&self) -> MlpField {
        let pairs = self.leaves[1..].chunks_exact(2);
        let layers = pairs.map(|pair| (pair[0].shallow_clone(), pair[1].shallow_clone()));
        MlpField::new(self.config, layers.collect())
    }

    fn solve(&self, start: f64, save: SaveAt<'_>, how: &Solve) -> Result<Solution, SolveError> {
        cdeint(&self.field(), &self.path, &self.leaves[0], start, save, how)
    }

    /// The state that each sample has last.
    fn at(&self, solution: &Solution, end: f64) -> Tensor {
        let own = |sample: usize| {
            let times = solution.times(sample);
            let slot = times
                .iter()
                .rposition(|&time| time == end)
                .unwrap_or(times.len() - 1);
            solution.z.get(sample as i64).get(slot as i64)
        };
        let all: Vec<Tensor> = (0..self.path.batch() as usize).map(own).collect();
        Tensor::stack(&all, 0)
    }

    /// The gradients of the saved states, randomly weighed.
    fn gradients(&self, solution: &Solution) -> Vec<Tensor> {
        let weights = Numbers(!self.seed | 1).tensor(&solution.z.size(), 1.0);
        let z = solution.z.nan_to_num(0.0, None, None);
        let loss = (z * weights.to_kind(self.leaves[0].kind())).sum(None);
        Tensor::run_backward(&[loss], &self.leaves, false, false)
    }
}

struct Numbers(u64);

impl Numbers {
    /// From −1 to 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn tensor(&mut self, size: &[i64], scale: f64) -> Tensor {
        let count: i64 = size.iter().product();
        let numbers: Vec<f64> = (0..count).map(|_| scale * self.next()).collect();
        Tensor::from_slice(&numbers).view(size)
    }
}

/// The largest difference, relative to the largest number; missing states must be missing in both.
fn off(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    if a.numel() == 0 {
        return 0.0;
    }
    assert!(a.isnan().equal(&b.isnan()));
    let size = b.nan_to_num(0.0, None, None).abs().max().double_value(&[]);
    (a - b)
        .nan_to_num(0.0, None, None)
        .abs()
        .max()
        .double_value(&[])
        / size.max(1.0)
}

fn configs() -> impl Strategy<Value = MlpFieldConfig> {
    let activation = prop_oneof![
        Just(Activation::Relu),
        Just(Activation::Silu),
        Just(Activation::Tanh),
        Just(Activation::Softplus),
    ];
    (
        1..20_i64,
        1..6_i64,
        1..40_i64,
        1..4_usize,
        activation,
        any::<bool>(),
    )
        .prop_map(
            |(hidden, channels, width, layers, activation, final_tanh)| MlpFieldConfig {
                hidden,
                channels,
                width,
                layers,
                activation,
                final_tanh,
            },
        )
}

fn schemes() -> impl Strategy<Value = Scheme> {
    prop_oneof![
        Just(Scheme::Linear),
        Just(Scheme::NaturalCubic(Ends::Free)),
        Just(Scheme::Hermite(Gaps::FillLinear)),
        Just(Scheme::SmoothedLinear(Share::WHOLE)),
    ]
}

fn gradients() -> impl Strategy<Value = Gradient> {
    prop_oneof![
        Just(Gradient::Direct),
        Just(Gradient::checkpointed()),
        (1..4_usize).prop_map(|snapshots| Gradient::Checkpointed {
            snapshots: Some(snapshots)
        }),
        Just(Gradient::reversible()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// States and gradients to rounding: any shape, batch and number of knots, forward and backward in time, saved anywhere.
    #[test]
    fn as_the_general_path(
        config in configs(),
        scheme in schemes(),
        lengths in proptest::collection::vec(1..40_usize, 1..24),
        method in 0..METHODS.len(),
        gradient in gradients(),
        (every, depth) in (proptest::option::of(0.3..2.0_f64), 0..3_usize),
        backward in any::<bool>(),
        save in 0..3_usize,
        seed in any::<u64>(),
    ) {
        let case = Case::new(config, scheme, &lengths, Kind::Double, seed);
        let (near, far) = case.path.interval();
        let (start, end) = if backward { (far + 0.1, near - 0.1) } else { (near - 0.1, far + 0.1) };
        let between = [start, 0.7 * start + 0.3 * end, 0.2 * start + 0.8 * end];
        let save = [SaveAt::End(end), SaveAt::Times(&between), SaveAt::Steps(end)][save];
        let how = match every {
            Some(length) if depth == 0 => Solve::every(METHODS[method], length),
            Some(length) => {
                let depth = [Depth::One, Depth::Two][depth - 1];
                Solve::new(METHODS[method], Steps::LogOde { length, depth })
            }
            None => Solve::knots(METHODS[method]),
        };
        let how = how.with_gradient(gradient);
        let fused = case.solve(start, save, &how).unwrap();
        let general = case.solve(start, save, &how.with_engine(Engine::General)).unwrap();
        prop_assert_eq!((fused.stats.engine, general.stats.engine), (Engine::Fused, Engine::General));
        prop_assert_eq!(
            (fused.stats.accepted, fused.stats.evaluations),
            (general.stats.accepted, general.stats.evaluations)
        );
        let found = off(&fused.z, &general.z);
        prop_assert!(found < 1e-10, "states off by {found:e}");
        for sample in 0..lengths.len() {
            prop_assert_eq!(fused.times(sample), general.times(sample));
        }
        for (leaf, (a, b)) in case.gradients(&fused).iter().zip(case.gradients(&general)).enumerate() {
            let found = off(a, &b);
            prop_assert!(found < 1e-10, "gradient {leaf} off by {found:e}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Each sample finds the same steps, as far as rounding lets it, and the states and gradients that follow. (Controllers
    /// with a memory turn the rounding of errors that are next to nothing into steps of other lengths.)
    #[test]
    fn adaptive_steps_as_the_general_path(
        config in configs(),
        scheme in schemes(),
        lengths in proptest::collection::vec(1..20_usize, 1..40),
        method in 0..5_usize,
        gradient in gradients(),
        (rtol, norm) in (1e-6..1e-3_f64, 0..3_usize),
        first_step in proptest::option::of(0.01..0.5_f64),
        at_knots in any::<bool>(),
        backward in any::<bool>(),
        save in 0..3_usize,
        seed in any::<u64>(),
    ) {
        // Kinks would make steps, and so errors near the limit, chaotic.
        let activation = match config.activation {
            Activation::Relu => Activation::Silu,
            other => other,
        };
        let config = MlpFieldConfig { activation, ..config };
        let case = Case::new(config, scheme, &lengths, Kind::Double, seed);
        let (near, far) = case.path.interval();
        let (start, end) = if backward { (far + 0.1, near - 0.1) } else { (near - 0.1, far + 0.1) };
        let between = [start, 0.7 * start + 0.3 * end, 0.2 * start + 0.8 * end];
        let save = [SaveAt::End(end), SaveAt::Times(&between), SaveAt::Steps(end)][save];
        let methods = [&solvers::DOPRI5, &solvers::TSIT5, &solvers::BOSH3, &solvers::DOPRI8, &solvers::RALSTON];
        // A step that passes a kink is taken back again and again, each time a little nearer: rounding decides how often. What the
        // norm leaves out would then differ without a bound.
        let passes_kinks = !at_knots && scheme != Scheme::Linear;
        let norm = if passes_kinks { norm % 2 } else { norm };
        let steps = Adaptive {
            sharing: Sharing::Sample,
            norm: [Norm::Rms, Norm::Max, Norm::Seminorm(1)][norm],
            first_step,
            at_knots,
            ..Adaptive::new(rtol, rtol)
        };
        let how = Solve::adaptive(methods[method], steps).with_gradient(gradient);
        let fused = case.solve(start, save, &how).unwrap();
        let general = case.solve(start, save, &how.with_engine(Engine::General)).unwrap();
        let fits = methods[method].is_fsal();
        prop_assert_eq!(fused.stats.engine == Engine::Fused, fits);
        if passes_kinks {
            let found = off(&case.at(&fused, end), &case.at(&general, end));
            prop_assert!(found < 1e4 * rtol, "states off by {found:e}");
            return Ok(());
        }
        prop_assert_eq!(
            (fused.stats.accepted, fused.stats.rejected),
            (general.stats.accepted, general.stats.rejected)
        );
        let found = off(&case.at(&fused, end), &case.at(&general, end));
        prop_assert!(found < 1e-9, "states off by {found:e}");
        // Ends of steps move with the rounding of small errors; what lies at given times hardly does.
        if matches!(save, SaveAt::Steps(_)) {
            for sample in 0..lengths.len() {
                prop_assert_eq!(fused.times(sample).len(), general.times(sample).len());
            }
            return Ok(());
        }
        let found = off(&fused.z, &general.z);
        prop_assert!(found < 1e-9, "states off by {found:e}");
        for (leaf, (a, b)) in case.gradients(&fused).iter().zip(case.gradients(&general)).enumerate() {
            let found = off(a, &b);
            prop_assert!(found < 1e-9, "gradient {leaf} off by {found:e}");
        }
    }
}

/// Steps that may pass knots are fewer and lead to the same end; those of a linear path may not.
#[test]
fn steps_pass_knots() {
    let config = MlpFieldConfig {
        hidden: 6,
        channels: 2,
        width: 12,
        layers: 2,
        activation: Activation::Silu,
        final_tanh: true,
    };
    let natural = Case::new(
        config,
        Scheme::NaturalCubic(Ends::Free),
        &[60, 40],
        Kind::Double,
        3,
    );
    let linear = Case::new(config, Scheme::Linear, &[60, 40], Kind::Double, 3);
    let solve = |case: &Case, at_knots, rtol, engine| {
        let steps = Adaptive {
            sharing: Sharing::Sample,
            at_knots,
            ..Adaptive::new(rtol, rtol)
        };
        let how = Solve::adaptive(&solvers::DOPRI8, steps).with_engine(engine);
        case.solve(0.0, SaveAt::End(40.0), &how).unwrap()
    };
    for engine in [Engine::Fused, Engine::General] {
        let truth = solve(&natural, true, 1e-9, engine);
        let passing = solve(&natural, false, 1e-9, engine);
        let found = off(&truth.z, &passing.z);
        assert!(found < 1e-5, "{found:e}");
        let [bound, free] =
            [true, false].map(|at_knots| solve(&natural, at_knots, 1e-2, engine).stats.accepted);
        assert!(4 * free < 3 * bound, "{free} steps, {bound} at knots");
        let [bound, free] =
            [true, false].map(|at_knots| solve(&linear, at_knots, 1e-2, engine).stats.accepted);
        assert_eq!(free, bound);
    }
}

#[test]
fn steps_that_pass_knots_reach_no_path() {
    let times = Tensor::from_slice(&[0.0, 1.0, 2.0]);
    let values = Tensor::from_slice(&[0.0, 1.0, 0.5])
        .view([3, 1])
        .set_requires_grad(true);
    let path = BatchPath::fit(Scheme::NaturalCubic(Ends::Free), &[times], &[values]).unwrap();
    let steps = Adaptive {
        at_knots: false,
        ..Adaptive::new(1e-3, 1e-3)
    };
    let how = Solve::adaptive(&solvers::DOPRI5, steps);
    let field = |z: &Tensor, dx: &Tensor| z * dx;
    let z0 = Tensor::ones([1, 1], (Kind::Double, Device::Cpu));
    let error = cdeint(&field, &path, &z0, 0.0, SaveAt::End(2.0), &how).unwrap_err();
    assert!(
        error.to_string().contains("let steps end at knots"),
        "{error}"
    );
}

/// What the general path says of a sample that gets nowhere, the fused one leaves to it.
#[test]
fn a_sample_that_gets_nowhere_is_named_as_by_the_general_path() {
    let case = case(Kind::Double);
    let steps = Adaptive {
        sharing: Sharing::Sample,
        max_steps: 20,
        ..Adaptive::new(1e-9, 1e-9)
    };
    let how = Solve::adaptive(&solvers::DOPRI5, steps);
    let said = [Engine::Fused, Engine::General].map(|engine| {
        let error = case.solve(0.0, SaveAt::End(30.0), &how.with_engine(engine));
        error.unwrap_err().to_string()
    });
    assert!(said[0].contains("20"), "{}", said[0]);
    assert_eq!(said[0], said[1]);
}

fn case(kind: Kind) -> Case {
    let config = MlpFieldConfig {
        hidden: 8,
        channels: 3,
        width: 16,
        layers: 3,
        activation: Activation::Silu,
        final_tanh: true,
    };
    Case::new(config, Scheme::Linear, &[30, 17, 1], kind, 5)
}

#[test]
fn single_precision_as_the_general_path() {
    let case = case(Kind::Float);
    let how = Solve::knots(&solvers::RK4);
    let solve = |engine| {
        case.solve(0.0, SaveAt::End(30.0), &how.with_engine(engine))
            .unwrap()
    };
    let (fused, general) = (solve(Engine::Fused), solve(Engine::General));
    assert_eq!(fused.stats.engine, Engine::Fused);
    assert!(off(&fused.z, &general.z) < 1e-5);
    for (a, b) in case.gradients(&fused).iter().zip(case.gradients(&general)) {
        assert!(off(a, &b) < 2e-5);
    }
}

/// One sample that is not finite is named, and the others are there.
#[test]
fn a_sick_sample_is_named_as_by_the_general_path() {
    let mut case = case(Kind::Double);
    let z0 = case.leaves[0].detach();
    let _ = z0.get(1).fill_(f64::NAN);
    case.leaves[0] = z0;
    let errors = [Engine::Fused, Engine::General].map(|engine| {
        let how = Solve::knots(&solvers::MIDPOINT).with_engine(engine);
        case.solve(0.0, SaveAt::Times(&[1.0, 2.0]), &how)
            .unwrap_err()
    });
    for error in errors {
        assert!(
            matches!(
                error.cause,
                Cause::NonFinite {
                    sample: 1,
                    time: 1.0,
                    ..
                }
            ),
            "{error}"
        );
        let solution = error.into_partial().unwrap();
        assert_eq!(solution.status[0], Status::Done);
        assert!(solution.z.get(0).isfinite().all().int64_value(&[]) == 1);
    }
}

/// What it cannot do, the general path does.
#[test]
fn gives_way() {
    let case = case(Kind::Double);
    let field = case.field();
    let closure = |z: &Tensor, dx: &Tensor| pathema_solve::VectorField::contract(&field, z, dx);
    let how = Solve::knots(&solvers::MIDPOINT);
    let engine = |how: &Solve, save| case.solve(0.0, save, how).unwrap().stats.engine;
    assert_eq!(engine(&how, SaveAt::End(5.0)), Engine::Fused);
    assert_eq!(engine(&how, SaveAt::Dense(5.0)), Engine::General);
    let adjoint = how.with_gradient(Gradient::continuous());
    assert_eq!(engine(&adjoint, SaveAt::End(5.0)), Engine::General);
    let implicit = Solve::adaptive(&solvers::KVAERNO3, Adaptive::new(1e-3, 1e-3));
    assert_eq!(engine(&implicit, SaveAt::End(5.0)), Engine::General);
    let other = cdeint(
        &closure,
        &case.path,
        &case.leaves[0],
        0.0,
        SaveAt::End(5.0),
        &how,
    )
    .unwrap();
    assert_eq!(other.stats.engine, Engine::General);
}

#[test]
fn second_derivatives_are_the_general_engines() {
    let case = case(Kind::Double);
    let twice = |engine| {
        let how = Solve::knots(&solvers::MIDPOINT).with_engine(engine);
        let z = case.solve(0.0, SaveAt::End(5.0), &how).unwrap().z;
        let first =
            Tensor::f_run_backward(&[z.square().sum(None)], &[&case.leaves[0]], true, true)?;
        Tensor::f_run_backward(
            &[first[0].square().sum(None)],
            &[&case.leaves[1]],
            false,
            false,
        )
    };
    assert!(twice(Engine::General).is_ok());
    let error = twice(Engine::Fused).unwrap_err().to_string();
    assert!(error.contains("Engine::General"), "{error}");
}
