use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::*;

/// A small problem, changed in some fields.
fn workload(folder: &std::path::Path, changed: Value) -> Workload {
    let file = |name: &str| folder.join(name);
    let mut all = json!({
        "kind": "step", "batch": 3, "channels": 2, "length": 9, "hidden": 5, "width": 6, "seconds": 2.0,
        "interpolation": "natural", "method": "rk4", "gradient": "direct", "rtol": 1e-5, "atol": 1e-7,
        "knots": true, "evaluations": 4, "missing": 0.0, "engine": "fused", "threads": 1, "runs": 2,
        "data": file("data"), "truth": null, "out": null,
    });
    for (field, value) in changed.as_object().unwrap() {
        all[field] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

/// Draws inputs and answers what is asked then.
fn answers(missing: f64, asked: &[Value]) -> Vec<Fallible<Answer>> {
    let folder = tempfile::tempdir().unwrap();
    let data = json!({"kind": "data", "out": folder.path().join("data"), "missing": missing});
    let mut prepared = Vec::new();
    let mut answer = |asked: &Value| {
        let mut asked = asked.clone();
        for field in ["out", "truth"] {
            if asked[field] == "there" {
                asked[field] = json!(folder.path().join("truth"));
            }
        }
        answered(&workload(folder.path(), asked), 1, &mut prepared)
    };
    {
        // libtorch draws for all threads from one generator.
        static DRAWING: Mutex<()> = Mutex::new(());
        let _alone = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
        answer(&data).unwrap();
    }
    asked.iter().map(answer).collect()
}

#[test]
fn engines_and_gradients_agree() {
    let asked = [
        json!({}),
        json!({"engine": "plain"}),
        json!({"gradient": "checkpointed"}),
    ];
    let found: Vec<[f64; 2]> = answers(0.0, &asked)
        .into_iter()
        .map(|answer| answer.unwrap())
        .inspect(|answer| assert_eq!(answer.seconds.len(), 2))
        .map(|answer| [answer.loss.unwrap(), answer.gradient_norm.unwrap()])
        .collect();
    for other in &found[1..] {
        for (one, other) in found[0].iter().zip(other) {
            assert!((one - other).abs() < 1e-5 * one.abs(), "{found:?}");
        }
    }
}

#[test]
fn errors_fall_with_the_tolerance_far_above_the_truth_s_own() {
    let dopri5 =
        |rtol: f64| json!({"method": "dopri5", "rtol": rtol, "atol": rtol, "truth": "there"});
    let asked = [
        json!({"kind": "truth", "out": "there"}),
        json!({"method": "midpoint", "truth": "there"}),
        dopri5(1e-6),
    ];
    let found: Vec<f64> = answers(0.0, &asked)
        .into_iter()
        .map(|answer| answer.unwrap().error.unwrap())
        .collect();
    let [exact, rough, fine] = found[..] else {
        panic!("{found:?}");
    };
    assert!(10.0 * exact < fine && fine < rough, "{found:?}");
}

#[test]
fn fits_products_and_choices() {
    let asked = [
        json!({"kind": "fit"}),
        json!({"kind": "fit", "interpolation": "hermite"}),
        json!({"kind": "sgemm"}),
        json!({"method": "leapfrog"}),
        json!({"threads": 2}),
    ];
    let mut found = answers(0.3, &asked).into_iter();
    for _ in 0..2 {
        let fit = found.next().unwrap().unwrap();
        assert!(fit.loss.unwrap() > 0.0 && fit.gradient_norm.is_none());
    }
    if cfg!(target_os = "linux") {
        assert_eq!(found.next().unwrap().unwrap().seconds.len(), 2);
    } else {
        found.next();
    }
    let refused = found.next().unwrap().unwrap_err();
    assert!(refused.is::<Unsupported>(), "{refused}");
    let failed = found.next().unwrap().unwrap_err();
    assert!(failed.to_string().contains("2 threads"), "{failed}");
}
