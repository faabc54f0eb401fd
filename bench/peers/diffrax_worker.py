"""diffrax (on JAX) as a worker: see protocol.py. Everything is compiled; compiling is not timed."""

import os

import protocol
from protocol import WEIGHTS

# JAX reads these when it is loaded.
os.environ["JAX_PLATFORMS"] = "cpu"
if protocol.THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import diffrax
import equinox
import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file


class ThreeEighths(diffrax.AbstractERK):
    """Kutta's 3/8 rule, torchdiffeq's rk4, which diffrax lacks; without an estimate of its error."""

    tableau = diffrax.ButcherTableau(
        a_lower=(np.array([1 / 3]), np.array([-1 / 3, 1.0]), np.array([1.0, -1.0, 1.0])),
        b_sol=np.array([1, 3, 3, 1]) / 8,
        b_error=np.zeros(4),
        c=np.array([1 / 3, 2 / 3, 1.0]),
    )
    interpolation_cls = diffrax.ThirdOrderHermitePolynomialInterpolation.from_k

    def order(self, terms):
        return 4


METHODS = {"midpoint": diffrax.Midpoint, "rk4": ThreeEighths, "dopri5": diffrax.Dopri5}
GRADIENTS = {"checkpointed": diffrax.RecursiveCheckpointAdjoint, "direct": diffrax.DirectAdjoint}
# How values at times become a path's coefficients, and those a path. There is no natural spline.
PATHS = {
    "linear": (diffrax.linear_interpolation, diffrax.LinearInterpolation),
    "hermite": (diffrax.backward_hermite_coefficients, diffrax.CubicInterpolation),
}


def prepare_step(workload):
    data = {name: jnp.asarray(value) for name, value in load_file(workload["data"]).items()}
    times, labels = data["times"], data["labels"]
    fit, path = protocol.offered(PATHS, workload, "interpolation")
    coefficients = jax.vmap(fit, in_axes=(None, 0))(times, data["x"])
    weights = {name: data[name] for name in WEIGHTS}
    solver = protocol.offered(METHODS, workload, "method")()
    adjoint = protocol.offered(GRADIENTS, workload, "gradient")()
    shape = (workload["hidden"], workload["channels"])
    adaptive = workload["method"] == "dopri5"

    if adaptive:
        controller = diffrax.PIDController(rtol=workload["rtol"], atol=workload["atol"])
        if workload["knots"]:
            controller = diffrax.ClipStepSizeController(controller, step_ts=times)
    else:
        controller = diffrax.StepTo(times)
    # What `direct` keeps grows with the steps that it allows.
    most_steps = 16384 if adaptive else len(times)

    def one(weights, coefficients):
        def field(_time, z, _):
            z = jax.nn.relu(weights["w0"] @ z + weights["b0"])
            z = jax.nn.relu(weights["w1"] @ z + weights["b1"])
            return jnp.tanh(weights["w2"] @ z + weights["b2"]).reshape(shape)

        x = path(times, coefficients)
        term = diffrax.ControlTerm(field, x)
        # A step from knot to knot of a linear path needs no slope but the path's increment; the slope at a knot would
        # be the one on the left. Along a spline the equation is solved as diffrax's own example does, as an ordinary one.
        if workload["interpolation"] != "linear":
            term = term.to_ode()
        z0 = weights["initial.w"] @ x.evaluate(times[0]) + weights["initial.b"]
        solution = diffrax.diffeqsolve(
            term, solver, times[0], times[-1], None, z0,
            stepsize_controller=controller, adjoint=adjoint, max_steps=most_steps,
        )
        return weights["readout.w"] @ solution.ys[-1] + weights["readout.b"]

    def loss_of(weights, coefficients):
        logits = jax.vmap(one, in_axes=(None, 0))(weights, coefficients)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1))

    train = equinox.filter_jit(equinox.filter_value_and_grad(loss_of))
    done = {}

    def step():
        done["loss"], done["gradient"] = jax.block_until_ready(train(weights, coefficients))

    def report():
        return protocol.compared(workload, float(done["loss"]), done["gradient"])

    step()  # Compiles.
    return step, report


PREPARE = {"step": prepare_step}

if __name__ == "__main__":
    protocol.serve(
        {"diffrax": diffrax.__version__, "jax": jax.__version__},
        lambda workload: protocol.offered(PREPARE, workload, "kind")(workload),
    )
