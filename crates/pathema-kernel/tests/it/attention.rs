//! Attention beside a plain one that goes number by number.

mod case;

use case::{Case, wide};
use pathema_kernel::{Attended, Attention, Engine, InstructionSet, KernelError, Real};
use proptest::prelude::*;

use crate::{engines, off};

/// How far the output and the worst of the gradients are off.
fn distances<T: Real>(case: &Case<T>, engine: Engine) -> (f64, f64) {
    let [output, of_query, of_key, of_value] = case.plain();
    let (attended, gradients) = case.run(engine);
    let worst = off(&wide(&gradients.query), &of_query)
        .max(off(&wide(&gradients.key), &of_key))
        .max(off(&wide(&gradients.value), &of_value));
    (off(&wide(&attended.output), &output), worst)
}

fn sizes() -> impl Strategy<Value = Attention> {
    (
        0..4_usize,
        1..4_usize,
        0..150_usize,
        0..300_usize,
        1..20_usize,
    )
        .prop_map(|(batch, heads, queries, keys, width)| Attention {
            batch,
            heads,
            queries,
            keys,
            width,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Output and gradients, of any sizes.
    #[test]
    fn as_number_by_number(sizes in sizes(), size in 0.1..3.0_f64, seed in any::<u64>()) {
        let (double, single) = (
            Case::<f64>::new(sizes, size, seed),
            Case::<f32>::new(sizes, size, seed),
        );
        for engine in engines() {
            let (forward, back) = distances(&double, engine);
            prop_assert!(forward < 1e-12 && back < 1e-11, "{engine:?}: {forward:e}, {back:e}");
            let (forward, back) = distances(&single, engine);
            prop_assert!(forward < 4e-6 && back < 2e-5, "{engine:?}: {forward:e}, {back:e}");
        }
    }

    /// To the last bit.
    #[test]
    fn threads_change_nothing(sizes in sizes(), threads in 2..9_usize, seed in any::<u64>()) {
        let case = Case::<f32>::new(sizes, 1.0, seed);
        for engine in engines() {
            let (attended, gradients) = case.run(engine);
            let (again, gradients_again) = case.run(Engine { threads, ..engine });
            prop_assert!(attended.output == again.output && gradients == gradients_again);
        }
    }
}

/// The smallest, the sizes of a training step, and those next to what vectors, tiles and blocks hold.
#[test]
fn sizes_at_the_edges() {
    for (batch, heads, queries, keys, width) in [
        (1, 1, 1, 1, 1),
        (2, 3, 1, 17, 1),
        (1, 1, 65, 1, 3),
        (1, 2, 64, 128, 16),
        (1, 1, 63, 129, 7),
        (2, 2, 120, 240, 8),
        (1, 1, 33, 257, 33),
    ] {
        let sizes = Attention {
            batch,
            heads,
            queries,
            keys,
            width,
        };
        for engine in engines() {
            let (forward, back) = distances(&Case::<f64>::new(sizes, 1.0, 5), engine);
            assert!(
                forward < 1e-12 && back < 1e-11,
                "{engine:?}, {sizes:?}: {forward:e}, {back:e}"
            );
        }
    }
}

/// Scores of ten thousands, most of which lie far below the largest.
#[test]
fn large_scores_do_not_overflow() {
    let sizes = Attention {
        batch: 2,
        heads: 1,
        queries: 37,
        keys: 150,
        width: 4,
    };
    let size = 1e2;
    for engine in engines() {
        let (forward, back) = distances(&Case::<f64>::new(sizes, size, 6), engine);
        assert!(
            forward < 1e-10 && back < 1e-9,
            "{engine:?}: {forward:e}, {back:e}"
        );
        let (attended, gradients) = Case::<f32>::new(sizes, size, 6).run(engine);
        for numbers in [
            &attended.output,
            &gradients.query,
            &gradients.key,
            &gradients.value,
        ] {
            assert!(numbers.iter().all(|x| x.is_finite()), "{engine:?}");
        }
        assert!(attended.output.iter().all(|x| x.abs() <= 1.0), "{engine:?}");
    }
    // All alike, far from zero: the mean.
    let sizes = Attention { batch: 1, ..sizes };
    let mut case = Case::<f32>::new(sizes, 1.0, 7);
    for sign in [1.0, -1.0] {
        case.query.fill(sign * 70.0);
        case.key.fill(70.0);
        for engine in engines() {
            let (forward, back) = distances(&case, engine);
            assert!(
                forward < 1e-6 && back < 1e-6,
                "{engine:?}: {forward:e}, {back:e}"
            );
        }
    }
}

/// It stays, whatever bits it has, and goes nowhere else.
#[test]
fn nan_stays() {
    let sizes = Attention {
        batch: 2,
        heads: 2,
        queries: 35,
        keys: 150,
        width: 3,
    };
    for bits in [f32::NAN.to_bits(), 0x7f80_0001, 0xffff_ffff] {
        let mut case = Case::<f32>::new(sizes, 1.0, 8);
        // Query 20 of the second head of the first sample.
        case.query[20 * 6 + 4] = f32::from_bits(bits);
        for engine in engines() {
            let (attended, gradients) = case.run(engine);
            for (at, x) in attended.output.iter().enumerate() {
                assert_eq!(x.is_nan(), (123..126).contains(&at), "{engine:?}: {at}");
            }
            for (at, x) in gradients.key.iter().enumerate() {
                assert_eq!(x.is_nan(), at < 900 && at % 6 > 2, "{engine:?}: {at}");
            }
        }
        case = Case::new(sizes, 1.0, 8);
        case.value[149 * 6] = f32::from_bits(bits);
        for engine in engines() {
            let (attended, _) = case.run(engine);
            for (at, x) in attended.output.iter().enumerate() {
                assert_eq!(x.is_nan(), at < 210 && at % 6 == 0, "{engine:?}: {at}");
            }
        }
    }
}

/// Nothing is asked or nobody answers.
#[test]
fn nothing_gives_nothing() {
    for (batch, heads, queries, keys, width) in [
        (0, 2, 5, 6, 3),
        (2, 0, 5, 6, 3),
        (2, 2, 0, 6, 3),
        (2, 2, 5, 0, 3),
        (2, 2, 5, 6, 0),
    ] {
        let sizes = Attention {
            batch,
            heads,
            queries,
            keys,
            width,
        };
        let case = Case::<f64>::new(sizes, 1.0, 9);
        for engine in engines() {
            let (attended, gradients) = case.run(engine);
            assert_eq!(attended.output, vec![0.0; case.query.len()]);
            assert_eq!(gradients.query, vec![0.0; case.query.len()]);
            assert_eq!(gradients.key, vec![0.0; case.key.len()]);
            assert_eq!(gradients.value, vec![0.0; case.key.len()]);
        }
    }
}

/// Largest scores belong to the way they were found.
#[test]
fn back_by_the_instructions_of_the_way_forward() {
    let sizes = Attention {
        batch: 1,
        heads: 2,
        queries: 20,
        keys: 30,
        width: 5,
    };
    let case = Case::<f32>::new(sizes, 1.0, 10);
    for engine in engines() {
        let (attended, gradients) = case.run(engine);
        for other in engines() {
            assert_eq!(case.back(other, &attended).unwrap(), gradients);
        }
    }
}

#[test]
fn wrong_sizes_are_named() {
    let sizes = Attention {
        batch: 2,
        heads: 3,
        queries: 4,
        keys: 5,
        width: 2,
    };
    let case = Case::<f64>::new(sizes, 1.0, 11);
    let engine = Engine::new();
    let Case {
        query,
        key,
        value,
        of_output,
        ..
    } = &case;
    let forward = |query: &[f64], key: &[f64], value: &[f64]| {
        engine
            .attend(sizes, query, key, value)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        forward(&query[1..], key, value),
        "the query has 47 numbers, expected 48"
    );
    assert_eq!(
        forward(query, &key[2..], value),
        "the key has 58 numbers, expected 60"
    );
    assert_eq!(
        forward(query, key, query),
        "the value has 48 numbers, expected 60"
    );
    let mut attended = engine.attend(sizes, query, key, value).unwrap();
    let back = |attended: &Attended<f64>, key: &[f64], of_output: &[f64]| {
        let error = engine.attend_back(attended, query, key, value, of_output);
        error.unwrap_err().to_string()
    };
    assert_eq!(
        back(&attended, query, of_output),
        "the key has 48 numbers, expected 60"
    );
    assert_eq!(
        back(&attended, key, &of_output[3..]),
        "the gradient of the output has 45 numbers, expected 48"
    );
    attended.output.clear();
    assert_eq!(
        back(&attended, key, of_output),
        "the output has 0 numbers, expected 48"
    );
    // A product that would wrap around to nothing.
    let many = Attention {
        batch: 1 << 32,
        queries: 1 << 32,
        ..sizes
    };
    let error = engine.attend::<f64>(many, &[], &[], &[]).unwrap_err();
    assert!(error.to_string().starts_with("the query has 0 numbers"));
    let elsewhere = if InstructionSet::Neon.is_here() {
        InstructionSet::Avx2
    } else {
        InstructionSet::Neon
    };
    let engine = Engine {
        instructions: elsewhere,
        threads: 1,
    };
    let error = engine.attend(sizes, query, key, value).unwrap_err();
    assert_eq!(error, KernelError::Instructions(elsewhere));
}
