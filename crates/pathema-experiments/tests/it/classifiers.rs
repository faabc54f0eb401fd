//! Classifiers against scikit-learn, their laws, and what they refuse.

use pathema_experiments::classifiers::{
    AdaBoost, Codes, FitError, Forest, ForestSettings, Knn, Labels, Lda, Logistic, Matrix,
    Preparation, Shrinkage, Tree, Work,
};
use proptest::prelude::*;

const WIDTH: usize = 6;

/// The rows of `golden/make_classifiers.py`.
fn problem(rows: usize, seed: u64) -> (Matrix, Vec<usize>) {
    let mut state = seed;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as f64 / 65536.0
    };
    let (mut values, mut classes) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let mut row = [0.0; WIDTH];
        for value in &mut row {
            *value = uniform() + uniform() + uniform() + uniform() - 2.0;
        }
        row[2] += row[0] / 2.0;
        let score = row[0] + 2.0 * row[1] * row[2] + (uniform() - 0.5) / 2.0;
        values.extend(row);
        classes.push(if score < -0.25 {
            0
        } else if score > 0.25 {
            2
        } else {
            1
        });
    }
    (Matrix::new(WIDTH, values).unwrap(), classes)
}

fn golden() -> serde_json::Value {
    serde_json::from_str(include_str!("golden/classifiers.json")).unwrap()
}

/// Compares probabilities with those of scikit-learn.
#[track_caller]
fn same(name: &str, said: &[f64], tolerance: f64) {
    let golden = golden();
    let expected: Vec<f64> = golden[name]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|value| value.as_f64().unwrap())
        .collect();
    assert_eq!(said.len(), expected.len(), "{name}");
    let worst = said
        .iter()
        .zip(&expected)
        .map(|(said, expected)| (said - expected).abs())
        .fold(0.0, f64::max);
    assert!(worst <= tolerance, "{name}: {worst:e} apart");
}

fn accuracy(said: &[f64], truth: &[usize], classes: usize) -> f64 {
    let right = said.chunks(classes).zip(truth).filter(|(said, truth)| {
        let best = (1..classes).fold(0, |best, k| if said[k] > said[best] { k } else { best });
        best == **truth
    });
    right.count() as f64 / truth.len() as f64
}

struct Fitted {
    x: Matrix,
    labels: Labels,
    binary: Labels,
    codes: Codes,
    test: Matrix,
}

fn fitted() -> Fitted {
    let (x, y) = problem(600, 1);
    let stress: Vec<usize> = y.iter().map(|&class| usize::from(class == 2)).collect();
    Fitted {
        codes: Codes::exact(&x).unwrap(),
        labels: Labels::new(&y, 3).unwrap(),
        binary: Labels::new(&stress, 2).unwrap(),
        test: problem(60, 2).0,
        x,
    }
}

#[test]
fn linear_classifiers_are_those_of_scikit_learn() {
    let Fitted {
        x,
        labels,
        binary,
        test,
        ..
    } = fitted();
    let plain = Lda::fit(&x, &labels, Shrinkage::Fixed(0.0)).unwrap();
    same("lda", &plain.probabilities(&test), 1e-10);
    let shrunk = Lda::fit(&x, &labels, Shrinkage::Fixed(0.3)).unwrap();
    same("lda_shrunk", &shrunk.probabilities(&test), 1e-10);
    let best = Lda::fit(&x, &labels, Shrinkage::LedoitWolf).unwrap();
    same("lda_ledoit_wolf", &best.probabilities(&test), 1e-10);
    let three = Logistic::fit(&x, &labels, 1.0, Work::alone()).unwrap();
    same("logistic", &three.probabilities(&test), 1e-6);
    let two = Logistic::fit(&x, &binary, 0.5, Work::alone()).unwrap();
    same("logistic_binary", &two.probabilities(&test), 1e-6);
}

#[test]
fn neighbours_are_those_of_scikit_learn() {
    let Fitted {
        x, labels, test, ..
    } = fitted();
    let knn = Knn::fit(x, labels, 9).unwrap();
    let said = knn.probabilities(&test, Work::alone()).unwrap();
    same("knn", &said, 0.0);
    let three = Work {
        threads: 3,
        ..Work::alone()
    };
    assert_eq!(knn.probabilities(&test, three).unwrap(), said);
}

#[test]
fn the_tree_is_that_of_scikit_learn() {
    let Fitted {
        codes,
        labels,
        test,
        ..
    } = fitted();
    let tree = Tree::fit(&codes, &labels, 20).unwrap();
    assert_eq!(golden()["tree_leaves"], tree.leaves());
    same("tree", &tree.probabilities(&test), 1e-15);
}

#[test]
fn boosting_is_that_of_scikit_learn() {
    let Fitted {
        x,
        codes,
        labels,
        binary,
        test,
    } = fitted();
    for (name, labels) in [("adaboost", labels), ("adaboost_binary", binary)] {
        let boosted = AdaBoost::fit(&codes, &x, &labels, 4, 20, Work::alone()).unwrap();
        same(name, &boosted.probabilities(&test), 1e-12);
    }
}

/// Random numbers differ, so figures can only be alike: within four of scikit-learn's standard deviations over seeds, or 1 %.
#[test]
fn ensembles_are_as_good_as_those_of_scikit_learn() {
    let (x, y) = problem(2000, 3);
    let (test, truth) = problem(2000, 4);
    let labels = Labels::new(&y, 3).unwrap();
    let golden = golden();
    let alike = |name: &str, found: f64| {
        let expected = golden[name]["mean"].as_f64().unwrap();
        let slack = (4.0 * golden[name]["std"].as_f64().unwrap()).max(0.01);
        assert!(
            (found - expected).abs() <= slack,
            "{name}: {found} against {expected}"
        );
    };
    for codes in [Codes::exact(&x).unwrap(), Codes::binned(&x, 256).unwrap()] {
        let tree = Tree::fit(&codes, &labels, 20).unwrap();
        alike(
            "tree_accuracy",
            accuracy(&tree.probabilities(&test), &truth, 3),
        );
        let settings = ForestSettings {
            trees: 100,
            min_split: 20,
            columns: 0,
            seed: 5,
        };
        let forest = Forest::fit(&codes, &labels, &settings, Work::alone()).unwrap();
        alike(
            "forest_accuracy",
            accuracy(&forest.probabilities(&test), &truth, 3),
        );
        let boosted = AdaBoost::fit(&codes, &x, &labels, 100, 20, Work::alone()).unwrap();
        alike(
            "adaboost_accuracy",
            accuracy(&boosted.probabilities(&test), &truth, 3),
        );
    }
}

#[test]
fn a_forest_depends_on_its_seed_and_not_on_threads() {
    let Fitted {
        codes,
        labels,
        test,
        ..
    } = fitted();
    let grown = |seed, threads| {
        let settings = ForestSettings {
            trees: 11,
            min_split: 20,
            columns: 0,
            seed,
        };
        let work = Work {
            threads,
            ..Work::alone()
        };
        let forest = Forest::fit(&codes, &labels, &settings, work).unwrap();
        forest.probabilities(&test)
    };
    assert_eq!(grown(1, 1), grown(1, 4));
    assert_ne!(grown(1, 1), grown(2, 1));
}

/// All classifiers of some rows, asked about others.
fn everyone(x: &Matrix, labels: &Labels, test: &Matrix) -> Vec<(&'static str, Vec<f64>)> {
    let work = Work::alone();
    let codes = Codes::exact(x).unwrap();
    let settings = ForestSettings {
        trees: 5,
        min_split: 2,
        columns: 0,
        seed: 0,
    };
    let knn = Knn::fit(x.clone(), labels.clone(), 9).unwrap();
    vec![
        (
            "lda",
            Lda::fit(x, labels, Shrinkage::LedoitWolf)
                .unwrap()
                .probabilities(test),
        ),
        (
            "logistic",
            Logistic::fit(x, labels, 1.0, work)
                .unwrap()
                .probabilities(test),
        ),
        (
            "tree",
            Tree::fit(&codes, labels, 2).unwrap().probabilities(test),
        ),
        (
            "forest",
            Forest::fit(&codes, labels, &settings, work)
                .unwrap()
                .probabilities(test),
        ),
        (
            "adaboost",
            AdaBoost::fit(&codes, x, labels, 5, 2, work)
                .unwrap()
                .probabilities(test),
        ),
        ("knn", knn.probabilities(test, work).unwrap()),
    ]
}

#[track_caller]
fn are_probabilities(name: &str, said: &[f64], classes: usize) {
    for row in said.chunks(classes) {
        assert!(
            row.iter().all(|p| (0.0..=1.0).contains(p)),
            "{name}: {row:?}"
        );
        assert!(
            (row.iter().sum::<f64>() - 1.0).abs() < 1e-9,
            "{name}: {row:?}"
        );
    }
}

#[test]
fn a_class_that_training_lacks_has_no_probability() {
    let (x, y) = problem(200, 7);
    let only: Vec<usize> = y
        .iter()
        .map(|&class| if class == 1 { 2 } else { class })
        .collect();
    for (name, said) in everyone(&x, &Labels::new(&only, 3).unwrap(), &x) {
        are_probabilities(name, &said, 3);
        assert!(said.chunks(3).all(|row| row[1] == 0.0), "{name}");
        assert!(accuracy(&said, &only, 3) > 0.7, "{name}");
    }
    for (name, said) in everyone(&x, &Labels::new(&[2; 200], 3).unwrap(), &x) {
        assert!(said.chunks(3).all(|row| row == [0.0, 0.0, 1.0]), "{name}");
    }
}

#[test]
fn poor_columns_and_single_rows_are_learnt_from_all_the_same() {
    let (x, y) = problem(120, 8);
    // A constant, a column twice, and its negative.
    let poor = (0..120).flat_map(|row| {
        [
            x.row(row)[0],
            3.0,
            x.row(row)[1],
            x.row(row)[0],
            -x.row(row)[0],
        ]
    });
    let poor = Matrix::new(5, poor.collect()).unwrap();
    for (name, said) in everyone(&poor, &Labels::new(&y, 3).unwrap(), &poor) {
        are_probabilities(name, &said, 3);
    }
    let row = Matrix::new(2, vec![1.0, 2.0]).unwrap();
    for (name, said) in everyone(&row, &Labels::new(&[1], 3).unwrap(), &row) {
        assert_eq!(said, [0.0, 1.0, 0.0], "{name}");
    }
    let same = Matrix::new(1, vec![4.0; 4]).unwrap();
    for (name, said) in everyone(&same, &Labels::new(&[0, 1, 1, 1], 2).unwrap(), &same) {
        are_probabilities(name, &said, 2);
        assert!(said[1] > 0.5, "{name}: {said:?}");
    }
}

#[test]
fn what_cannot_be_learnt_from_is_refused_and_named() {
    let x = Matrix::new(2, vec![0.0, 1.0, f64::NAN, 3.0]).unwrap();
    let labels = Labels::new(&[0, 1], 2).unwrap();
    let told = |error: FitError| error.to_string();
    let nan = told(Lda::fit(&x, &labels, Shrinkage::LedoitWolf).unwrap_err());
    assert!(nan.contains("row 1, feature 0 is NaN"), "{nan}");
    assert!(Codes::exact(&x).is_err() && Knn::fit(x.clone(), labels.clone(), 9).is_err());
    assert!(told(Matrix::new(3, vec![0.0; 4]).unwrap_err()).contains("4 values"));
    assert_eq!(Matrix::new(0, vec![]).unwrap_err(), FitError::NoColumns);
    assert_eq!(Labels::new(&[], 3).unwrap_err(), FitError::NoRows);
    assert!(told(Labels::new(&[0, 3], 3).unwrap_err()).contains("label 3 is none of 3"));
    let empty = Matrix::new(2, vec![]).unwrap();
    assert_eq!(Codes::exact(&empty).unwrap_err(), FitError::NoRows);
    assert_eq!(Preparation::fit(&empty).unwrap_err(), FitError::NoRows);
    let x = Matrix::new(1, vec![0.0, 1.0, 2.0]).unwrap();
    let codes = Codes::exact(&x).unwrap();
    let lengths = told(Tree::fit(&codes, &labels, 2).unwrap_err());
    assert!(lengths.contains("3 rows, but 2 labels"), "{lengths}");
    let labels = Labels::new(&[0, 1, 1], 2).unwrap();
    for c in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(told(Logistic::fit(&x, &labels, c, Work::alone()).unwrap_err()).contains("C ="));
    }
    assert!(Lda::fit(&x, &labels, Shrinkage::Fixed(1.5)).is_err());
    assert!(Codes::binned(&x, 1).is_err());
    assert!(Knn::fit(x.clone(), labels.clone(), 0).is_err());
    assert!(AdaBoost::fit(&codes, &x, &labels, 0, 2, Work::alone()).is_err());
    let stopped = Work {
        threads: 1,
        halted: &|| true,
    };
    assert_eq!(
        Logistic::fit(&x, &labels, 1.0, stopped).unwrap_err(),
        FitError::Halted
    );
}

#[test]
fn gaps_are_filled_by_medians_and_columns_standardised() {
    let nan = f64::NAN;
    #[rustfmt::skip]
    let x = Matrix::new(4, vec![
        1.0, nan, 5.0, f64::INFINITY,
        2.0, nan, 5.0, 1.0,
        nan, nan, 5.0, nan,
        9.0, nan, 5.0, 3.0,
    ]).unwrap();
    let preparation = Preparation::fit(&x).unwrap();
    let ready = preparation.apply(&x);
    // Filled: 1, 2, 2, 9 with mean 3.5 and variance 10.25.
    let expected = [1.0, 2.0, 2.0, 9.0].map(|value: f64| (value - 3.5) / 10.25_f64.sqrt());
    for (row, expected) in expected.into_iter().enumerate() {
        assert!((ready.row(row)[0] - expected).abs() < 1e-12);
        assert_eq!(ready.row(row)[1..3], [0.0, 0.0]);
    }
    let gap = ready.row(2)[3];
    assert!((gap - 0.0).abs() < 1e-12 && ready.row(0)[3] == gap);
    // What never varied in training says nothing later; what is beyond all bounds stays finite.
    let later = Matrix::new(4, vec![f64::MAX, 7.0, 6.0, -f64::MAX]).unwrap();
    let later = preparation.apply(&later);
    assert!(later.row(0).iter().all(|value| value.is_finite()));
    assert_eq!(later.row(0)[1..3], [0.0, 0.0]);
    let vast = Matrix::new(1, vec![f64::MAX, -f64::MAX, 0.0]).unwrap();
    assert_eq!(Preparation::fit(&vast).unwrap().apply(&vast).row(0), [0.0]);
}

fn rows() -> impl Strategy<Value = (Vec<[i32; 3]>, Vec<usize>)> {
    (2usize..60).prop_flat_map(|count| {
        (
            prop::collection::vec(prop::array::uniform3(-50i32..50), count),
            prop::collection::vec(0usize..3, count),
        )
    })
}

fn matrix(rows: &[[i32; 3]], of: impl Fn(f64) -> f64) -> Matrix {
    let values = rows.iter().flatten().map(|&value| of(f64::from(value)));
    Matrix::new(3, values.collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_say_probabilities((rows, y) in rows(), asked in prop::collection::vec(prop::array::uniform3(-99i32..99), 1..9)) {
        let labels = Labels::new(&y, 3).unwrap();
        for (name, said) in everyone(&matrix(&rows, |x| x), &labels, &matrix(&asked, |x| x)) {
            are_probabilities(name, &said, 3);
        }
    }

    /// Trees see order only. (Of a forest that holds on the rows that a tree was grown from, not between them.)
    #[test]
    fn monotone_transforms_leave_trees_unchanged((rows, y) in rows()) {
        let labels = Labels::new(&y, 3).unwrap();
        let said = |of: fn(f64) -> f64| {
            let x = matrix(&rows, of);
            let all = everyone(&x, &labels, &x);
            all.into_iter().filter(|(name, _)| ["tree", "adaboost"].contains(name)).collect::<Vec<_>>()
        };
        prop_assert_eq!(said(|x| x), said(|x| (x / 9.0).exp() + x));
    }

    #[test]
    fn the_order_of_rows_is_nothing_to_a_linear_classifier((rows, y) in rows(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&k| (k as u64 + 1).wrapping_mul(seed | 1));
        let mixed: Vec<[i32; 3]> = order.iter().map(|&k| rows[k]).collect();
        let mixed_y: Vec<usize> = order.iter().map(|&k| y[k]).collect();
        let asked = matrix(&rows, |x| x / 20.0);
        let lda = |rows: &[[i32; 3]], y: &[usize]| {
            let labels = Labels::new(y, 3).unwrap();
            Lda::fit(&matrix(rows, |x| x / 20.0), &labels, Shrinkage::Fixed(0.1)).unwrap().probabilities(&asked)
        };
        for (one, other) in lda(&rows, &y).into_iter().zip(lda(&mixed, &mixed_y)) {
            prop_assert!((one - other).abs() < 1e-9, "{one} and {other}");
        }
    }

    /// The gradient of the penalised likelihood is nought: intercepts make mean probabilities the classes' shares.
    #[test]
    fn logistic_regression_says_classes_as_often_as_they_occur((rows, y) in rows()) {
        let x = matrix(&rows, |x| x / 20.0);
        let said = Logistic::fit(&x, &Labels::new(&y, 3).unwrap(), 1.0, Work::alone()).unwrap().probabilities(&x);
        for class in 0..3 {
            let mean: f64 = said.iter().skip(class).step_by(3).sum();
            let occur = y.iter().filter(|&&other| other == class).count();
            prop_assert!((mean - occur as f64).abs() < 1e-4, "{mean} of {occur}");
        }
    }

    /// Exactly as a sort of all distances finds them.
    #[test]
    fn neighbours_are_the_nearest((rows, y) in rows(), asked in prop::array::uniform3(-60i32..60)) {
        let wide = |row: &[i32; 3]| (0..40).map(|k| f64::from(row[k % 3])).collect::<Vec<f64>>();
        let x = Matrix::new(40, rows.iter().flat_map(wide).collect()).unwrap();
        let knn = Knn::fit(x, Labels::new(&y, 3).unwrap(), 5).unwrap();
        let said = knn.probabilities(&Matrix::new(40, wide(&asked)).unwrap(), Work::alone()).unwrap();
        let mut order: Vec<(i64, usize)> = rows.iter().enumerate().map(|(place, row)| {
            let square = |k: usize| i64::from(row[k % 3] - asked[k % 3]).pow(2);
            ((0..40).map(square).sum(), place)
        }).collect();
        order.sort_unstable();
        let k = 5.min(rows.len());
        for (class, &share) in said.iter().enumerate() {
            let votes = order[..k].iter().filter(|(_, place)| y[*place] == class).count();
            prop_assert_eq!(share, votes as f64 / k as f64);
        }
    }
}

#[test]
fn a_row_at_no_distance_has_as_many_neighbours_as_any() {
    let x = Matrix::new(1, vec![0.0, 1.0, f64::MAX, -f64::MAX]).unwrap();
    let knn = Knn::fit(x, Labels::new(&[0, 0, 1, 1], 2).unwrap(), 2).unwrap();
    let test = Matrix::new(1, vec![f64::NAN, 0.25, f64::MAX]).unwrap();
    let said = knn.probabilities(&test, Work::alone()).unwrap();
    // None is nearer than another to what is no number: the first two.
    assert_eq!(said, [1.0, 0.0, 1.0, 0.0, 0.5, 0.5]);
}
