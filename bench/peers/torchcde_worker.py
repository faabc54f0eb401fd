"""torchcde (on torchdiffeq) as a worker: see protocol.py."""

import protocol
from protocol import WEIGHTS

import torch
import torch.nn.functional as F
import torchcde
import torchdiffeq
from safetensors.numpy import load_file

torch.set_num_threads(protocol.THREADS)

FITS = {
    "linear": torchcde.linear_interpolation_coeffs,
    "natural": torchcde.natural_cubic_coeffs,
    "hermite": torchcde.hermite_cubic_coefficients_with_backward_differences,
}
# Under the same names torchdiffeq has them.
METHODS = {name: name for name in ("midpoint", "rk4", "dopri5")}
GRADIENTS = {"direct": False, "backsolve": True}


class Field(torch.nn.Module):
    """Three layers that make of a state the matrix which multiplies the path's slope."""

    def __init__(self, weights, hidden, channels):
        super().__init__()
        self.layers = tuple(weights[name] for name in WEIGHTS[:6])
        self.known = torch.nn.ParameterList(self.layers)  # The adjoint method asks the module for its parameters.
        self.shape = (hidden, channels)

    def forward(self, _time, z):
        w0, b0, w1, b1, w2, b2 = self.layers
        z = F.linear(F.linear(z, w0, b0).relu(), w1, b1).relu()
        return F.linear(z, w2, b2).tanh().unflatten(-1, self.shape)


def loaded(file):
    return {name: torch.from_numpy(values) for name, values in load_file(file).items()}


def path(workload, coefficients, times):
    kind = torchcde.LinearInterpolation if workload["interpolation"] == "linear" else torchcde.CubicSpline
    return kind(coefficients, times)


def prepare_step(workload):
    data = loaded(workload["data"])
    times, labels = data["times"], data["labels"]
    coefficients = protocol.offered(FITS, workload, "interpolation")(data["x"], times)
    weights = {name: torch.nn.Parameter(data[name]) for name in WEIGHTS}
    field = Field(weights, workload["hidden"], workload["channels"])

    method = protocol.offered(METHODS, workload, "method")
    options = {"method": method, "adjoint": protocol.offered(GRADIENTS, workload, "gradient")}
    if method == "dopri5":
        knots = {"step_t": times} if workload["knots"] else {}
        options |= {"rtol": workload["rtol"], "atol": workload["atol"], "options": knots}
    else:
        # One step from knot to knot. At a knot torchcde takes the slope on the left; a step that starts there wants
        # the one on the right, which `perturb` gives it at no cost worth the name.
        options["options"] = {
            "grid_constructor": lambda _f, _z, _t: times,
            "perturb": workload["interpolation"] == "linear",
        }

    done = {}

    def step():
        x = path(workload, coefficients, times)
        z0 = F.linear(x.evaluate(times[0]), weights["initial.w"], weights["initial.b"])
        z = torchcde.cdeint(X=x, func=field, z0=z0, t=x.interval, **options)[..., -1, :]
        loss = F.cross_entropy(F.linear(z, weights["readout.w"], weights["readout.b"]), labels)
        for weight in weights.values():
            weight.grad = None
        loss.backward()
        done["loss"] = loss.item()

    def report():
        return protocol.compared(workload, done["loss"], {name: w.grad.numpy() for name, w in weights.items()})

    return step, report


def prepare_fit(workload):
    data = loaded(workload["data"])
    times, x = data["times"], data["x"]
    fit = protocol.offered(FITS, workload, "interpolation")
    done = {}

    def step():
        done["coefficients"] = fit(x, times)

    def report():
        between = (times[1:] + times[:-1]) / 2
        fitted = path(workload, done["coefficients"], times)
        return {"loss": torch.stack([fitted.evaluate(t) for t in between]).square().mean().item()}

    return step, report


PREPARE = {"step": prepare_step, "fit": prepare_fit}

if __name__ == "__main__":
    protocol.serve(
        {"torch": torch.__version__, "torchcde": torchcde.__version__, "torchdiffeq": torchdiffeq.__version__},
        lambda workload: protocol.offered(PREPARE, workload, "kind")(workload),
    )
