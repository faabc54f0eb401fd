"""Golden numbers: an LSTM, a GRU, a layer norm and a cross-entropy by the reference evaluator of ONNX, in double precision,
and steps of AdamW with a clipped norm by the equations of its paper.

    pip install onnx numpy
    python make.py > ../it/golden/numbers.rs
"""

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

BATCH, LENGTH, INPUTS, HIDDEN = 2, 4, 3, 2


def wave(*shape, phase):
    """Numbers that whoever reads them can make again."""
    return np.sin(np.arange(np.prod(shape)) * 0.7 + phase).reshape(shape)


def show(name, what, numbers):
    flat = np.asarray(numbers).reshape(-1).tolist()
    body = "\n".join(f"    {x!r}," for x in flat)
    print(f"/// {what}\npub(crate) const {name}: [f64; {len(flat)}] = [\n{body}\n];\n")


def run(operation, inputs, output=0, outputs=1, **attributes):
    """The output of one operation; inputs that are None are left out."""
    names = [f"x{k}" if x is not None else "" for k, x in enumerate(inputs)]
    made = [f"y{k}" for k in range(outputs)]
    node = helper.make_node(operation, names, made, **attributes)
    given = {name: x for name, x in zip(names, inputs) if name}
    kinds = {np.dtype("float64"): TensorProto.DOUBLE, np.dtype("int64"): TensorProto.INT64}
    declared = [helper.make_tensor_value_info(n, kinds[x.dtype], x.shape) for n, x in given.items()]
    results = [helper.make_tensor_value_info(y, TensorProto.DOUBLE, None) for y in made]
    graph = helper.make_graph([node], "one", declared, results)
    return ReferenceEvaluator(helper.make_model(graph)).run(None, given)[output]


def reordered(matrix, order):
    """Gates of so many rows in another order."""
    return np.concatenate([matrix[g * HIDDEN : (g + 1) * HIDDEN] for g in order])


def cell(name, gates, order, biases, **attributes):
    weight = reordered(wave(gates * HIDDEN, INPUTS, phase=0.2), order)
    recurrent = reordered(wave(gates * HIDDEN, HIDDEN, phase=0.3), order)
    bias = [reordered(wave(gates * HIDDEN, phase=0.4), order)]
    bias.append(reordered(wave(gates * HIDDEN, phase=0.5), order) * (biases - 1))
    x = wave(BATCH, LENGTH, INPUTS, phase=0.1).transpose(1, 0, 2)
    inputs = [x, weight[None], recurrent[None], np.concatenate(bias)[None]]
    return run(name, inputs, outputs=2, hidden_size=HIDDEN, **attributes)[:, 0].transpose(1, 0, 2)


def adamw(steps=5, decay=0.1, clip=2.0, betas=(0.9, 0.999), epsilon=1e-8):
    weight, target = wave(6, phase=0.0), wave(6, phase=2.0)
    first, second = np.zeros(6), np.zeros(6)
    for step in range(1, steps + 1):
        rate = 0.05 / step
        gradient = 2 * (weight - target)
        gradient *= min(1.0, clip / (np.sqrt((gradient**2).sum()) + 1e-6))
        first = betas[0] * first + (1 - betas[0]) * gradient
        second = betas[1] * second + (1 - betas[1]) * gradient**2
        unbiased = first / (1 - betas[0] ** step), second / (1 - betas[1] ** step)
        weight = weight - rate * (unbiased[0] / (np.sqrt(unbiased[1]) + epsilon) + decay * weight)
    return weight


print(f"//! Made by `tests/golden/make.py` with onnx {onnx.__version__} and numpy {np.__version__}.\n")
# Ours are in the order i, f, g, o and r, z, n; theirs i, o, f, g and z, r, n.
show("LSTM_STATES", "[batch, length, hidden].", cell("LSTM", 4, (0, 3, 1, 2), 1))
show("GRU_STATES", "[batch, length, hidden].", cell("GRU", 3, (1, 0, 2), 2, linear_before_reset=1))
show("ADAMW", "After five steps.", adamw())
logits = wave(4, 3, phase=1.0)
weights, truth = np.array([0.5, 1.0, 2.0]), np.array([2, 0, 1, 2])
loss = run("SoftmaxCrossEntropyLoss", [logits, truth, weights], reduction="none")
show("CROSS_ENTROPY", "The mean over rows.", loss.mean())
norm = run("LayerNormalization", [logits, wave(3, phase=0.2), wave(3, phase=0.3)], axis=-1, epsilon=1e-5)
show("LAYER_NORM", "[4, 3].", norm)
