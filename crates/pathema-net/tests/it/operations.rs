//! The gradient of every operation.

use pathema_net::{Tape, Var};

use crate::check::{check_operation, numbers};

#[test]
fn of_two_matrices() {
    type Operation = fn(&mut Tape<'_, f64>, Var, Var) -> Var;
    let operations: [Operation; 3] = [
        |tape, a, b| tape.add(a, b),
        |tape, a, b| tape.sub(a, b),
        |tape, a, b| tape.mul(a, b),
    ];
    for operation in operations {
        check_operation(&[(3, 4), (3, 4)], |tape, _, v| operation(tape, v[0], v[1]));
        // The same one twice.
        check_operation(&[(3, 4)], |tape, _, v| {
            let once = operation(tape, v[0], v[0]);
            operation(tape, once, v[0])
        });
    }
    check_operation(&[(3, 4), (1, 4)], |tape, _, v| tape.add_row(v[0], v[1]));
    check_operation(&[(3, 4), (1, 4)], |tape, _, v| tape.mul_row(v[0], v[1]));
    check_operation(&[(3, 4), (3, 1)], |tape, _, v| tape.mul_column(v[0], v[1]));
}

#[test]
fn of_each_number() {
    type Function = fn(&mut Tape<'_, f64>, Var) -> Var;
    let functions: [Function; 9] = [
        |tape, x| tape.sigmoid(x),
        |tape, x| tape.tanh(x),
        |tape, x| tape.silu(x),
        |tape, x| tape.relu(x),
        |tape, x| tape.exp(x),
        |tape, x| tape.softplus(x),
        |tape, x| tape.scale(x, -1.7),
        |tape, x| tape.offset(x, 0.3),
        |tape, x| tape.mask(x, numbers(3, 12, 2.0)),
    ];
    for function in functions {
        check_operation(&[(3, 4)], |tape, _, v| {
            let y = function(tape, v[0]);
            tape.mul(y, v[0])
        });
    }
}

#[test]
fn of_shapes() {
    check_operation(&[(3, 2), (3, 1), (3, 3)], |tape, _, v| {
        let wide = tape.concat(&[v[0], v[1], v[2], v[0]]);
        tape.mul(wide, wide)
    });
    check_operation(&[(3, 5)], |tape, _, v| {
        let (a, b) = (tape.columns(v[0], 1..4), tape.columns(v[0], 0..3));
        tape.mul(a, b)
    });
    check_operation(&[(3, 2)], |tape, _, v| {
        let rows = tape.rows(v[0], vec![2, 0, 2, 2]);
        tape.mul(rows, rows)
    });
    check_operation(&[(6, 2)], |tape, _, v| {
        let steps: Vec<Var> = (0..3).map(|t| tape.step(v[0], t, 3)).collect();
        let square = tape.mul(steps[0], steps[2]);
        tape.stack_steps(&[steps[1], square, steps[0], steps[1]])
    });
    check_operation(&[(4, 3)], |tape, _, v| {
        let other = tape.reshape(v[0], 2, 6);
        tape.mul(other, other)
    });
}

#[test]
fn of_groups() {
    check_operation(&[(6, 2)], |tape, _, v| {
        let mean = tape.mean_groups(v[0], 3);
        tape.mul(mean, mean)
    });
    check_operation(&[(6, 2)], |tape, _, v| {
        let max = tape.max_groups(v[0], 3);
        tape.mul(max, max)
    });
    check_operation(&[(2, 3)], |tape, _, v| {
        let rows = tape.repeat_rows(v[0], 3);
        tape.mul(rows, rows)
    });
}

#[test]
fn of_products() {
    check_operation(&[(5, 3), (4, 3), (1, 4)], |tape, p, v| {
        let y = tape.linear(v[0], p[1], Some(p[2]));
        let y = tape.tanh(y);
        tape.mul(y, y)
    });
    check_operation(&[(5, 3), (3, 3)], |tape, p, v| {
        let y = tape.linear(v[0], p[1], None);
        // Its weight once more, as a matrix too.
        let y = tape.linear_plus(y, p[1], v[0]);
        let weight = tape.rows(v[1], vec![0, 1, 2, 0, 1]);
        tape.mul(y, weight)
    });
}

#[test]
fn of_convolutions() {
    for (width, dilation, stride) in [(1, 1, 1), (3, 1, 1), (3, 2, 2), (4, 1, 3), (5, 3, 2)] {
        check_operation(&[(14, 2), (3, 2 * width), (1, 3)], |tape, p, v| {
            let y = tape.convolve(v[0], p[1], Some(p[2]), 7, width, dilation, stride);
            tape.mul(y, y)
        });
    }
}

#[test]
fn of_norms() {
    check_operation(&[(3, 5), (1, 5), (1, 5)], |tape, p, v| {
        let y = tape.layer_norm(v[0], p[1], p[2]);
        tape.mul(y, y)
    });
}

#[test]
fn of_attention() {
    check_operation(&[(6, 4), (10, 4), (10, 4)], |tape, _, v| {
        tape.attend(v[0], v[1], v[2], 2, 2)
    });
    // A sequence that attends to itself.
    check_operation(&[(6, 4)], |tape, _, v| tape.attend(v[0], v[0], v[0], 1, 2));
}

#[test]
fn of_cells() {
    check_operation(&[(3, 8), (3, 2)], |tape, _, v| {
        let (hidden, cell) = tape.lstm(v[0], v[1]);
        let (again, _) = tape.lstm(v[0], cell);
        tape.mul(hidden, again)
    });
    check_operation(&[(3, 6), (3, 6), (3, 2)], |tape, _, v| {
        tape.gru(v[0], v[1], v[2])
    });
}

#[test]
fn of_losses() {
    check_operation(&[(4, 3)], |tape, _, v| {
        tape.cross_entropy(v[0], &[2, 0, 1, 2], &[0.5, 1.0, 2.0])
    });
    check_operation(&[(4, 3), (4, 3)], |tape, _, v| {
        tape.squared_error(v[0], v[1])
    });
}
