"""Makes golden.json: what the reference packages say of the same observations.

    pip install numpy==2.4.6 scipy==1.17.1 torch==2.11.0 torchcde==0.2.5 jax==0.4.38 diffrax==0.7.2
    python make.py

Coefficients are written as a + b s + c s^2 + d s^3, [intervals, 4, channels];
torchcde keeps 2c and 3d, diffrax keeps d, c, b, a. JSON null is a missing value,
or a number that is not compared.
"""

import json
import pathlib

import jax
import numpy as np
import torch

jax.config.update("jax_enable_x64", True)

import diffrax
import torchcde
from scipy.interpolate import CubicSpline


def observations(seed, samples, channels, missing, ends):
    """A random walk at random times; `ends`: may the first and last rows be missing?"""
    rng = np.random.default_rng(seed)
    times = np.round(np.cumsum(rng.uniform(0.1, 1.5, samples)), 4)
    values = np.round(np.cumsum(rng.normal(size=(samples, channels)), axis=0), 4)
    hidden = rng.uniform(size=values.shape) < missing
    if not ends:
        hidden[0] = hidden[-1] = False
    return times, np.where(hidden, np.nan, values)


def listed(array):
    return [None if np.isnan(x) else float(x) for x in np.ravel(array)]


def case(name, scheme, times, values, **expected):
    return {
        "name": name,
        "scheme": scheme,
        "times": listed(times),
        "values": listed(values),
        "channels": values.shape[1],
        **expected,
    }


def torchcde_case(name, scheme, coefficients_of, times, values):
    stored = coefficients_of(torch.tensor(values), torch.tensor(times)).numpy()
    stored = stored.reshape(len(times) - 1, 4, values.shape[1])
    powers = stored / np.array([1.0, 1.0, 2.0, 3.0])[:, None]
    return case(name, scheme, times, values, coefficients=listed(powers))


def diffrax_case(name, times, values):
    """Left out: pieces that begin inside a gap.

    There diffrax expands its cubic anew with another slope at the end, that of the
    chord from the gap's inner time, so that its path has a kink after the gap. Ours
    stays on the cubic that both have from the observation before the gap.
    """
    d, c, b, a = diffrax.backward_hermite_coefficients(times, values)
    powers = np.stack([a, b, c, d], axis=1)
    powers = np.where(np.isnan(values[:-1, None, :]), np.nan, powers)
    return case(name, "hermite_fit_across", times, values, coefficients=listed(powers))


def torchcde_linear_case(name, times, values):
    knots = torchcde.linear_interpolation_coeffs(torch.tensor(values), torch.tensor(times)).numpy()
    slopes = np.diff(knots, axis=0) / np.diff(times)[:, None]
    zero = np.zeros_like(slopes)
    powers = np.stack([knots[:-1], slopes, zero, zero], axis=1)
    return case(name, "linear", times, values, coefficients=listed(powers))


def scipy_case(name, times, values):
    """Each channel fitted on its observed subset; value and two derivatives within it."""
    probes = []
    for channel in range(values.shape[1]):
        seen = ~np.isnan(values[:, channel])
        spline = CubicSpline(times[seen], values[seen, channel], bc_type="natural")
        for t in np.linspace(times[seen][0], times[seen][-1], 13)[1:-1]:
            t = round(float(t), 6)
            probes.append([channel, t, *(float(spline(t, order)) for order in range(3))])
    return case(name, "natural_free", times, values, probes=probes)


complete = observations(1, 16, 3, 0.0, False)
inner = observations(2, 16, 3, 0.4, False)
ragged = observations(3, 16, 3, 0.4, True)
assert np.isnan(ragged[1][0]).any() and np.isnan(ragged[1][-1]).any()

bdiff = torchcde.hermite_cubic_coefficients_with_backward_differences
cases = [
    scipy_case("scipy natural, complete", *complete),
    scipy_case("scipy natural, inner gaps", *inner),
    scipy_case("scipy natural, ragged", *ragged),
    torchcde_case("torchcde natural, complete", "natural_free", torchcde.natural_cubic_coeffs, *complete),
    torchcde_case("torchcde natural, inner gaps", "natural_free", torchcde.natural_cubic_coeffs, *inner),
    torchcde_case("torchcde natural, ragged", "natural_flat_knots", torchcde.natural_cubic_coeffs, *ragged),
    torchcde_case("torchcde hermite, complete", "hermite_fit_across", bdiff, *complete),
    torchcde_case("torchcde hermite, ragged", "hermite_fill_linear", bdiff, *ragged),
    diffrax_case("diffrax hermite, inner gaps", *inner),
    torchcde_linear_case("torchcde linear, ragged", *ragged),
]

lines = ",\n".join(json.dumps(c) for c in cases)
pathlib.Path(__file__).with_name("golden.json").write_text(f"[\n{lines}\n]\n")
