//! The fit's vector–Jacobian product, against finite differences and against what follows from linearity and scaling.

use pathema_path::{
    ControlPath, Ends, FitGradient, Gaps, Intensity, Observations, PathError, Scheme, Share,
};
use proptest::prelude::*;

use crate::THIRD;

const SCHEMES: [Scheme; 8] = [
    Scheme::Linear,
    Scheme::Rectilinear,
    Scheme::SmoothedLinear(THIRD),
    Scheme::SmoothedLinear(Share::WHOLE),
    Scheme::Hermite(Gaps::FillLinear),
    Scheme::Hermite(Gaps::FitAcross),
    Scheme::NaturalCubic(Ends::Free),
    Scheme::NaturalCubic(Ends::FlatKnots),
];

const CHANNELS: usize = 3;

/// Rows at increasing times, of which a share is missing; time and counts come with them.
fn observations(samples: usize, missing: f64) -> impl Strategy<Value = Observations> {
    let value = (-2.0..2.0_f64, prop::bool::weighted(missing))
        .prop_map(|(value, missing)| if missing { f64::NAN } else { value });
    let row = (0.3..1.5_f64, prop::collection::vec(value, CHANNELS));
    prop::collection::vec(row, 1..=samples).prop_map(|rows| {
        let mut time = -1.0;
        let mut times = Vec::new();
        let mut values = Vec::new();
        for (step, row) in rows {
            time += step;
            times.push(time);
            values.extend(row);
        }
        seen(times, values)
    })
}

fn seen(times: Vec<f64>, values: Vec<f64>) -> Observations {
    Observations::new(times, values, CHANNELS)
        .unwrap()
        .with_intensity(Intensity::Shared)
        .with_time()
}

/// The data alone, without time and counts.
fn data(seen: &Observations) -> Vec<f64> {
    seen.rows()
        .flat_map(|row| row[seen.data_channels()].iter().copied())
        .collect()
}

/// A number that depends on all that a path is: fixed weights times its coefficients, knots and end.
struct Number {
    coefficients: Vec<f64>,
    knots: Vec<f64>,
    end: Vec<f64>,
}

impl Number {
    fn on(path: &ControlPath, seed: u64) -> Self {
        let mut state = seed;
        let mut weight = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 40) as f64 / f64::from(1_u32 << 24) * 2.0 - 1.0
        };
        let mut weights = |count| (0..count).map(|_| weight()).collect();
        Self {
            coefficients: weights(path.coefficients().len()),
            knots: weights(path.knots().len()),
            end: weights(path.channels()),
        }
    }

    fn of(&self, path: &ControlPath) -> f64 {
        dot(&self.coefficients, path.coefficients())
            + dot(&self.knots, path.knots())
            + dot(&self.end, &end(path))
    }

    fn pulled_back(&self, scheme: Scheme, seen: &Observations) -> FitGradient {
        scheme
            .pull_back(seen, &self.coefficients, &self.knots, &self.end)
            .unwrap()
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len());
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn end(path: &ControlPath) -> Vec<f64> {
    let mut end = vec![0.0; path.channels()];
    path.value(f64::INFINITY, &mut end);
    end
}

fn fit(scheme: Scheme, seen: &Observations) -> ControlPath {
    ControlPath::fit(scheme, seen).unwrap()
}

/// Central differences with respect to the data and to the times; the time channel moves with the times.
fn check_differences(all: &Observations, seed: u64) -> Result<(), TestCaseError> {
    let (times, values) = (all.times().to_vec(), data(all));
    for scheme in SCHEMES {
        let number = Number::on(&fit(scheme, all), seed);
        let gradient = number.pulled_back(scheme, all);
        let step = 1e-6;
        let close = |found: f64, plus: Observations, minus: Observations| {
            let difference = number.of(&fit(scheme, &plus)) - number.of(&fit(scheme, &minus));
            let expected = difference / (2.0 * step);
            prop_assert!(
                (found - expected).abs() <= 1e-6 * (1.0 + found.abs() + expected.abs()),
                "{scheme:?}: {found} is not {expected}"
            );
            Ok(())
        };
        let moved = |list: &[f64], at: usize, by: f64| {
            let mut list = list.to_vec();
            list[at] += by;
            list
        };
        let width = all.channels();
        for (at, value) in values.iter().enumerate() {
            let found = gradient.values[at / CHANNELS * width + width - CHANNELS + at % CHANNELS];
            if value.is_nan() {
                prop_assert_eq!(found, 0.0);
                continue;
            }
            let [plus, minus] = [step, -step].map(|by| seen(times.clone(), moved(&values, at, by)));
            close(found, plus, minus)?;
        }
        for sample in 0..times.len() {
            let found = gradient.times[sample] + gradient.values[sample * width];
            let [plus, minus] =
                [step, -step].map(|by| seen(moved(&times, sample, by), values.clone()));
            close(found, plus, minus)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equals_finite_differences(seen in observations(9, 0.0), seed in any::<u64>()) {
        check_differences(&seen, seed)?;
    }

    #[test]
    fn equals_finite_differences_with_gaps(seen in observations(9, 0.4), seed in any::<u64>()) {
        check_differences(&seen, seed)?;
    }
}

proptest! {
    /// A path is linear in its values, so a gradient times the values is the number itself.
    #[test]
    fn is_the_adjoint_of_the_values(seen in observations(90, 0.3), seed in any::<u64>()) {
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            let mut number = Number::on(&path, seed);
            number.knots.fill(0.0);
            let gradient = number.pulled_back(scheme, &seen);
            let known: Vec<f64> = seen.values().iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
            let (found, expected) = (dot(&gradient.values, &known), number.of(&path));
            let scale = 1.0 + gradient.values.iter().zip(&known).map(|(g, v)| (g * v).abs()).sum::<f64>();
            prop_assert!((found - expected).abs() <= 1e-11 * scale, "{scheme:?}: {found} is not {expected}");
        }
    }

    /// Moved in time, a path only moves its knots; stretched by λ, its n-th derivative shrinks by λⁿ.
    #[test]
    fn follows_shifts_and_stretches(seen in observations(90, 0.3), seed in any::<u64>()) {
        for scheme in SCHEMES {
            let path = fit(scheme, &seen);
            let number = Number::on(&path, seed);
            let gradient = number.pulled_back(scheme, &seen);
            let scale = 1.0 + gradient.times.iter().map(|g| g.abs()).sum::<f64>();
            let (found, expected) = (gradient.times.iter().sum::<f64>(), number.knots.iter().sum::<f64>());
            prop_assert!((found - expected).abs() <= 1e-11 * scale, "{scheme:?}: {found} is not {expected}");

            let found = dot(&gradient.times, seen.times());
            let width = path.channels();
            let bent: f64 = path.coefficients().iter().zip(&number.coefficients).enumerate()
                .map(|(at, (c, g))| (at / width % 4) as f64 * c * g)
                .sum();
            let expected = dot(&number.knots, path.knots()) - bent;
            let scale = 1.0 + gradient.times.iter().zip(seen.times()).map(|(g, t)| (g * t).abs()).sum::<f64>();
            prop_assert!((found - expected).abs() <= 1e-11 * scale, "{scheme:?}: {found} is not {expected}");
        }
    }
}

/// Nothing seen, one sample, one observation: the value is all there is.
#[test]
fn of_a_constant_is_the_sum() {
    let nan = f64::NAN;
    for scheme in SCHEMES
        .into_iter()
        .filter(|&scheme| scheme != Scheme::Rectilinear)
    {
        let one = Observations::new(vec![0.0, 1.0, 2.0], vec![nan, 7.0, nan], 1).unwrap();
        let path = fit(scheme, &one);
        let ones = vec![1.0; path.coefficients().len()];
        let knots = vec![0.0; path.knots().len()];
        let gradient = scheme.pull_back(&one, &ones, &knots, &[1.0]).unwrap();
        let expected = [0.0, path.intervals() as f64 + 1.0, 0.0];
        for (found, expected) in gradient.values.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{scheme:?}: {gradient:?}");
        }

        let none = Observations::new(vec![0.0, 1.0], vec![nan, nan], 1).unwrap();
        let path = fit(scheme, &none);
        let ones = vec![1.0; path.coefficients().len()];
        let knots = vec![0.0; path.knots().len()];
        let gradient = scheme.pull_back(&none, &ones, &knots, &[1.0]).unwrap();
        assert_eq!(
            (gradient.values, gradient.times),
            (vec![0.0; 2], vec![0.0; 2]),
            "{scheme:?}"
        );

        let single = Observations::new(vec![3.0], vec![7.0], 1).unwrap();
        let gradient = scheme.pull_back(&single, &[], &[2.0], &[1.5]).unwrap();
        assert_eq!(
            (gradient.values, gradient.times),
            (vec![1.5], vec![2.0]),
            "{scheme:?}"
        );

        let nothing = Observations::new(vec![], vec![], 1).unwrap();
        let gradient = scheme.pull_back(&nothing, &[], &[], &[1.5]).unwrap();
        assert_eq!(
            (gradient.values, gradient.times),
            (vec![], vec![]),
            "{scheme:?}"
        );
    }
}

#[test]
fn wrong_shapes_are_named() {
    let seen = Observations::new(vec![0.0, 1.0], vec![1.0, 2.0], 1).unwrap();
    let found = Scheme::Linear
        .pull_back(&seen, &[0.0; 3], &[0.0; 2], &[0.0])
        .unwrap_err();
    let expected = PathError::GradientLength {
        what: "the coefficients",
        found: 3,
        expected: 4,
    };
    assert_eq!(found, expected);
    let found = Scheme::Linear
        .pull_back(&seen, &[0.0; 4], &[0.0; 2], &[])
        .unwrap_err();
    assert_eq!(
        found.to_string(),
        "the gradient of the value at the end has 0 numbers instead of 1: \
         pass one for each, zero where it does not matter"
    );
}
