use pathema_net::{NetError, Number, Parameter, Parameters, Tape, Var};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Evenly from −size to size.
pub(crate) fn numbers<T: Number>(seed: u64, count: usize, size: f64) -> Vec<T> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|_| T::of(size * (2.0 * rng.random::<f64>() - 1.0)))
        .collect()
}

/// Parameters of these shapes.
pub(crate) fn random(shapes: &[(usize, usize)], seed: u64) -> (Parameters<f64>, Vec<Parameter>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut parameters = Parameters::new();
    let made = shapes.iter().enumerate().map(|(k, &(rows, columns))| {
        let size = (columns as f64).sqrt();
        parameters.matrix(format!("p{k}"), rows, columns, size, &mut rng)
    });
    let made = made.collect();
    (parameters, made)
}

/// Compares the gradients of all parameters with central differences of a random mean of the output.
pub(crate) fn check(
    parameters: &Parameters<f64>,
    network: impl Fn(&mut Tape<'_, f64>) -> Result<Var, NetError>,
) {
    let mut tape = Tape::new(parameters);
    let loss = weighted(&mut tape, &network);
    let value = tape.values(loss)[0];
    let gradients = tape.backward(loss).unwrap();
    assert!(gradients.norm() > 1e-6, "nothing moves the loss");
    // Recording changes nothing.
    let mut plain = Tape::without_gradients(parameters);
    let loss = weighted(&mut plain, &network);
    assert_eq!(plain.values(loss)[0], value);
    assert_eq!(plain.multiply_adds(), tape.multiply_adds());
    assert_eq!(plain.backward(loss).unwrap_err(), NetError::NotRecorded);
    let at = |place: usize, by: f64| {
        let mut moved = parameters.clone();
        moved.all_mut()[place] += by;
        let mut tape = Tape::without_gradients(&moved);
        let loss = weighted(&mut tape, &network);
        tape.values(loss)[0]
    };
    const STEP: f64 = 1e-5;
    for (place, &gradient) in gradients.all().iter().enumerate() {
        let difference = (at(place, STEP) - at(place, -STEP)) / (2.0 * STEP);
        let scale = difference.abs().max(gradient.abs()).max(1.0);
        assert!(
            (gradient - difference).abs() < 1e-6 * scale,
            "number {place}: {gradient} by the tape, {difference} by differences"
        );
    }
}

/// [`check`] of operations on parameters of these shapes, for several of their values.
pub(crate) fn check_operation(
    shapes: &[(usize, usize)],
    operation: impl Fn(&mut Tape<'_, f64>, &[Parameter], &[Var]) -> Var,
) {
    for seed in 0..3 {
        let (parameters, handles) = random(shapes, seed);
        check(&parameters, |tape| {
            let vars: Vec<Var> = handles.iter().map(|&p| tape.parameter(p)).collect();
            Ok(operation(tape, &handles, &vars))
        });
    }
}

fn weighted(
    tape: &mut Tape<'_, f64>,
    network: impl Fn(&mut Tape<'_, f64>) -> Result<Var, NetError>,
) -> Var {
    let output = network(tape).unwrap();
    let (rows, columns) = tape.shape(output);
    let weights = tape.input(rows, columns, numbers(99, rows * columns, 1.0));
    let product = tape.mul(output, weights);
    tape.sum(product)
}
