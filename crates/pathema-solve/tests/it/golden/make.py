"""Makes golden.json: what diffrax, torchdiffeq, torchcde and SciPy say of the same problems.

    pip install numpy==2.4.6 scipy==1.17.1 torch==2.11.0 torchdiffeq==0.2.5 torchcde==0.2.5 \
        torchsde==0.2.6 jax==0.4.38 jaxlib==0.4.38 diffrax==0.7.2 equinox==0.13.8 optimistix==0.1.0 lineax==0.0.8
    JAX_PLATFORMS=cpu python -W ignore make.py        # six minutes

Everything in double precision, on a processor. The last digits depend on the machine (fused
multiply-adds); at tight tolerances so may, rarely, a decision to accept.

What follows is what these packages do, in words, as read in their source.

diffrax 0.7.2, PIDController
  * r = ||err / (atol + rtol max(|y0|, |y1|))||, root mean square over all numbers of the state. NaN in err
    counts as infinity; if y1 has a NaN anywhere, y0 stands in for it in the scale. So NaN is a rejection.
  * Accepted if r < 1, strictly.
  * With k the order of the method (`error_order`: 2 Heun, Ralston, midpoint, 3 bosh3, kvaerno3, 5 dopri5,
    tsit5, kvaerno5, 8 dopri8; it is order of the embedded method + 1) and e = 1/r:
    factor = safety e0^((p + i + d)/k) e1^(-(p + 2 d)/k) e2^(d/k), e0 of this attempt, e1 and e2 of the
    last and last but one *accepted* steps; both are 1 at the start.
  * factor is clipped to [1, factormax = 10] if accepted, so that an accepted step is never followed by a
    shorter one, and to [factormin = 0.2, safety = 0.9] if rejected. h_next = h factor.
  * The history moves only on acceptance. e0 = 0 or infinite (r infinite or zero) is remembered as 1.
    A rejected attempt uses e1, e2 of the accepted steps before it and leaves them.
  * h is always t_next - t_prev after all clipping: a step shortened to meet the end (or a knot of
    ClipStepSizeController) is what the next factor multiplies. The unclipped step is forgotten.
  * dtmin, dtmax are None by default, so force_dtmin = True does nothing. With dtmin: h is raised to dtmin,
    and a step that was made at dtmin is accepted whatever its error.
  * The end: t_prev = min(t_prev, t1). If t_next > t1 - 100 ulp then t_next = t1 after an accepted step,
    and t_prev + (t1 - t_prev)/2 after a rejected one. The very first step is min(t0 + h, t1).
    The loop runs while t_prev < t1. No stretching of the last but one step.
  * ClipStepSizeController: step_ts cut t_next to the next of them. jump_ts end a step one floating-point
    number before the jump and begin the next one number after it; a stored last stage is then dropped and
    the field evaluated anew. The inner controller is told nothing.
First step (dt0 = None), Hairer, Norsett & Wanner II.4:
  * s = atol + rtol |y0|, d0 = ||y0/s||, d1 = ||f(t0, y0)/s||; h0 = 1e-6 if d0 < 1e-5 or d1 < 1e-5,
    else 0.01 d0/d1; f1 = f(t0 + h0, y0 + h0 f0), d2 = ||(f1 - f0)/s||/h0, m = max(d1, d2);
    h1 = max(1e-6, h0/1000) if m <= 1e-15 else (0.01/m)^(1/k), the same k; h = min(100 h0, h1).
    Two evaluations, neither of which is used again. The interval's length plays no part before the clip.
  * This is what its source means to do. In fact diffeqsolve wraps the term before it asks, the choice is made
    for a bare ODETerm only, and *every* solve with dt0 = None begins with 0.01 (first steps seen: 0.01). So here
    the step above is computed by PIDController.init on the bare term and handed over as dt0: `first_step`,
    "automatic": false. A few records have "automatic": true: dt0 = None, first step 0.01.
Steps
  * k_j = h f_j are stored, h = t1 - t0 of the step; a stage with c = 1 is evaluated at t1 itself.
  * Where the last stage is y1 (bosh3, dopri5, tsit5, dopri8) y1 is that stage's state, not a sum with b.
    Its slope is the next step's first; on the first step, and until a first step is accepted, the first
    stage is evaluated at every attempt (so an evaluation a rejected first attempt; not counted in
    `evaluations` here, which is 2 + 1 + (stages - 1) attempts, or 2 + stages attempts without such a stage).
Dense output, theta = (t - t0)/h; values asked for at times in (t_prev, t_next] come from that step
  * euler: linear.
  * heun, midpoint, ralston, bosh3, kvaerno3, kvaerno5: cubic Hermite through y0, y1 with slopes k_first and
    k_last, the *last stage*. For midpoint and ralston that is a slope at 1/2 and 2/3 of the step and for heun
    one at the Euler point, so their polynomial does not join smoothly and is of first (heun: second) order.
  * dopri5: quartic through y0, y1, y_mid = y0 + sum c_mid k and both slopes.
  * tsit5: Tsitouras' polynomials, theta^1..theta^4 a stage; order 4. y0 + sum b_j(theta) k_j.
  * dopri8: polynomials theta^1..theta^6 a stage over 14 stages. The documentation says order 8; the order
    conditions hold to order 5 only, and at theta = 1 the weights differ from b by up to 1e-12.
kvaerno3, kvaerno5
  * Stages are solved for the slope f_j by the chord method ("VeryChord"): one Jacobian and one
    factorisation a step, of g -> g - f(t_j, partial + gamma h g) at the second stage's first guess;
    first guess = predictor row times earlier slopes. Scale atol + rtol |g|, of *slopes*, in the norm of the
    controller. rate = |dx|/|dx before|; after two iterations it is done if 0 < |dx| rate/(1 - rate) < 0.01
    or |dx| < 1e-13, and has failed otherwise: "not yet converged" counts as divergence, so that there is
    never a third, and the limit of 10 never matters. Failure makes err infinite: a rejection with factor
    0.2. Hence the many rejections.
  * The first stage is explicit and is the last slope of the step before. y1 = y0 + sum b k.
Events: looked at after each accepted step, by the change of sign; then a root of the step's polynomial.

torchdiffeq 0.2.5, adaptive
  * The same tableaus, weights and norm. Accepted if r <= 1. k = order (2, 3, 5, 8).
  * factor = 10 if r = 0, else min(10, max(0.9 r^(-1/k), lower)), lower = 1 if r < 1, else 0.2. No memory.
  * First step: as above with exponent 1/k, but h1 = max(1e-6, h0/1000) only if d1 and d2 are both <= 1e-15.
    f(t0, y0) is evaluated once for it and for the first step: evaluations = 2 + (stages - 1) attempts.
  * Steps are never clipped to the end: the last passes it and is interpolated back. So are times asked for.
  * One interpolant for all: the quartic through y0, y1, y_mid, f_first, f_last.
    y_mid: dopri5 Shampine's weights; bosh3 y0 + h k_2/2, dopri8 diffrax's polynomial at 1/2, so that between
    steps dopri8 is of fourth order and bosh3's y_mid of second; adaptive_heun y0 + h k_1/2.
  * adaptive_heun takes its last stage, the slope at the *Euler* point, for the next step's first slope, as
    if it were y1's slope.
  * A stage with c = 1 is evaluated one floating-point number before the end of the step.
  * step_t, jump_t: the step is cut if the next of them lies strictly within; if a step happens to end
    on it exactly, that knot stays the next one for ever and later ones are ignored.
torchdiffeq, fixed steps: grid t0 + k step_size, the last point replaced by the end, which leaves a shorter
  step there; output between grid points is linear unless interp = "cubic". rk4 is the 3/8 rule.
  heun3 is (1/3; 2/3) with weights (1/4, 0, 3/4). Without step_size the grid is the times asked for.

torchcde 0.2.5: at a knot the path's piece is the one on the *left* (bucketize - 1), except at the first.
  With linear paths a fixed step that begins on a knot takes its first slope from the interval before,
  unless perturb = True: the records have both. cdeint evaluates the field once more, to check shapes; that
  one is not counted here.

golden.json: sections of flat records, one a line. `problems` holds t0, t1, y0 and the `times` at which
`values` were asked for; the others name a problem. `steady`: the counts stay when y0 is moved by a few units
in the last place; `spread`: by how much y1 or the values at `times` then move at most.
"""

import json
import math
import pathlib

import jax
import numpy as np
import torch

jax.config.update("jax_enable_x64", True)

import diffrax
import jax.numpy as jnp
import optimistix
import torchcde
import torchdiffeq
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import ellipj

# --- Problems -----------------------------------------------------------------------
# A field is written once, for NumPy, JAX and torch alike: (t, y, m) -> list of slopes,
# where m is the module that has sin, cos and sqrt.

ARENSTORF_MU = 0.012277471


def arenstorf(t, y, m):
    mu, nu = ARENSTORF_MU, 1 - ARENSTORF_MU
    d1 = ((y[0] + mu) ** 2 + y[1] ** 2) ** 1.5
    d2 = ((y[0] - nu) ** 2 + y[1] ** 2) ** 1.5
    return [
        y[2],
        y[3],
        y[0] + 2 * y[3] - nu * (y[0] + mu) / d1 - mu * (y[0] - nu) / d2,
        y[1] - 2 * y[2] - nu * y[1] / d1 - mu * y[1] / d2,
    ]


def torus(t, y, m):
    r = m.sqrt(y[0] ** 2 + y[1] ** 2)
    return [-y[1] - y[0] * y[2] / r, y[0] - y[1] * y[2] / r, y[0] / r]


def kepler(t, y, m):
    r3 = (y[0] ** 2 + y[1] ** 2) ** 1.5
    return [y[2], y[3], -y[0] / r3, -y[1] / r3]


def van_der_pol(mu):
    return lambda t, y, m: [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]


def robertson(t, y, m):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [-a + b, a - b - c, c]


def chain(t, y, m):
    return [-y[0]] + [y[k - 1] - y[k] for k in range(1, 9)] + [y[8]]


def kepler_start(e):
    return [1 - e, 0.0, 0.0, math.sqrt((1 + e) / (1 - e))]


def kepler_end(e):
    def end(t):
        u = brentq(lambda u: u - e * math.sin(u) - t, t - 1, t + 1, xtol=1e-15)
        root, r = math.sqrt(1 - e * e), 1 - e * math.cos(u)
        return [math.cos(u) - e, root * math.sin(u), -math.sin(u) / r, root * math.cos(u) / r]

    return end


def spiral_end(t):
    """A5 is the logarithmic spiral r = 4 exp(pi/2 - angle) in the plane of (t, y)."""
    radius = lambda a: 4 * math.exp(math.pi / 2 - a)
    angle = brentq(lambda a: radius(a) * math.cos(a) - t, -math.pi / 4, math.pi / 2, xtol=1e-15)
    return [radius(angle) * math.sin(angle)]


def chain_end(t):
    head = [math.exp(-t) * t**k / math.factorial(k) for k in range(9)]
    return head + [1 - sum(head)]


def rigid_end(t):
    sn, cn, dn, _ = ellipj(t, 0.51)
    return [sn, cn, dn]


# name: (formula, field, y0, t1, closed form or None)
PROBLEMS = {
    "decay": ("y' = -y", lambda t, y, m: [-y[0]], [1.0], 1.0, lambda t: [math.exp(-t)]),
    "van_der_pol_2": (
        "x' = v, v' = 2 (1 - x^2) v - x", van_der_pol(2.0), [2.0, 0.0], 10.0, None),
    "lotka_volterra": (
        "x' = 1.5 x - x y, y' = x y - 3 y",
        lambda t, y, m: [1.5 * y[0] - y[0] * y[1], y[0] * y[1] - 3 * y[1]],
        [1.0, 1.0], 10.0, None),
    "brusselator": (
        "x' = 1 + x^2 y - 4 x, y' = 3 x - x^2 y",
        lambda t, y, m: [1 + y[0] ** 2 * y[1] - 4 * y[0], 3 * y[0] - y[0] ** 2 * y[1]],
        [1.5, 3.0], 20.0, None),
    "arenstorf": (
        "Hairer, Norsett, Wanner I, II.0: m = 0.012277471, n = 1 - m, d1 = ((x + m)^2 + y^2)^1.5,"
        " d2 = ((x - n)^2 + y^2)^1.5; x'' = x + 2 y' - n (x + m)/d1 - m (x - n)/d2,"
        " y'' = y - 2 x' - n y/d1 - m y/d2; state (x, y, x', y'); one period",
        arenstorf, [0.994, 0.0, 0.0, -2.00158510637908252240537862224],
        17.0652165601579625588917206249, None),
    "rigid_body": (
        "DETEST B5: a' = b c, b' = -a c, c' = -0.51 a b",
        lambda t, y, m: [y[1] * y[2], -y[0] * y[2], -0.51 * y[0] * y[1]],
        [0.0, 1.0, 1.0], 20.0, rigid_end),
    "A2": ("DETEST A2: y' = -y^3/2", lambda t, y, m: [-0.5 * y[0] ** 3], [1.0], 20.0,
           lambda t: [1 / math.sqrt(1 + t)]),
    "A3": ("DETEST A3: y' = y cos t", lambda t, y, m: [y[0] * m.cos(t)], [1.0], 20.0,
           lambda t: [math.exp(math.sin(t))]),
    "A5": ("DETEST A5: y' = (y - t)/(y + t)", lambda t, y, m: [(y[0] - t) / (y[0] + t)],
           [4.0], 20.0, spiral_end),
    "B1": ("DETEST B1: x' = 2 (x - x y), y' = -(y - x y)",
           lambda t, y, m: [2 * (y[0] - y[0] * y[1]), -(y[1] - y[0] * y[1])],
           [1.0, 3.0], 20.0, None),
    "B4": ("DETEST B4: r = sqrt(x^2 + y^2); x' = -y - x z/r, y' = x - y z/r, z' = x/r",
           torus, [3.0, 0.0, 0.0], 20.0, None),
    "C1": ("DETEST C1: y1' = -y1, yk' = y(k-1) - yk for k = 2..9, y10' = y9",
           chain, [1.0] + [0.0] * 9, 20.0, chain_end),
    "D1": ("DETEST D1: Kepler, eccentricity 0.1: r = sqrt(x^2 + y^2), x'' = -x/r^3, y'' = -y/r^3;"
           " state (x, y, x', y')", kepler, kepler_start(0.1), 20.0, kepler_end(0.1)),
    "D2": ("DETEST D2: as D1, eccentricity 0.3", kepler, kepler_start(0.3), 20.0, kepler_end(0.3)),
    "D3": ("DETEST D3: as D1, eccentricity 0.5", kepler, kepler_start(0.5), 20.0, kepler_end(0.5)),
    "E2": ("DETEST E2: x' = v, v' = (1 - x^2) v - x", van_der_pol(1.0), [2.0, 0.0], 20.0, None),
    "van_der_pol_100": ("x' = v, v' = 100 (1 - x^2) v - x", van_der_pol(100.0), [2.0, 0.0], 200.0, None),
    "van_der_pol_1000": ("x' = v, v' = 1000 (1 - x^2) v - x", van_der_pol(1000.0), [2.0, 0.0], 3000.0, None),
    "robertson": (
        "a' = -0.04 a + 1e4 b c, b' = 0.04 a - 1e4 b c - 3e7 b^2, c' = 3e7 b^2",
        robertson, [1.0, 0.0, 0.0], 1e4, None),
}
STIFF = ["van_der_pol_100", "van_der_pol_1000", "robertson"]
PLAIN = ["decay", "van_der_pol_2", "lotka_volterra", "brusselator", "arenstorf", "rigid_body"]
DETEST = ["A2", "A3", "A5", "B1", "B4", "rigid_body", "C1", "D1", "D2", "D3", "E2", "arenstorf"]
FRACTIONS = [0.1, 0.35, 0.5, 0.77, 0.93]


def times_of(problem):
    return [fraction * PROBLEMS[problem][3] for fraction in FRACTIONS]


# --- Reference ends -----------------------------------------------------------------


def extrapolated(field, y0, t0, ends, tolerance=1e-17, columns=9):
    """States at `ends` by Gragg's extrapolation of the midpoint rule, in long double."""
    real = np.longdouble
    f = lambda t, y: np.array(field(t, y, np), dtype=real)
    counts = [2 * (k + 1) for k in range(columns)]
    t, y, h, out = real(t0), np.array(y0, dtype=real), real(1e-2), []
    for end in ends:
        end = real(end)
        while t < end:
            step = min(h, end - t)
            start, rows = f(t, y), []
            for k, n in enumerate(counts):
                s = step / n
                before, here = y, y + s * start
                for j in range(1, n):
                    before, here = here, before + 2 * s * f(t + j * s, here)
                row = [(before + here + s * f(t + step, here)) / 2]
                for j in range(k):
                    ratio = (real(n) / counts[k - 1 - j]) ** 2
                    row.append(row[j] + (row[j] - rows[k - 1][j]) / (ratio - 1))
                rows.append(row)
            scale = 1e-3 + max(np.max(np.abs(y)), np.max(np.abs(rows[-1][-1])))
            error = np.max(np.abs(rows[-1][-1] - rows[-1][-2])) / scale
            factor = real(0.9) * (real(tolerance) / max(error, real(1e-30))) ** (real(1) / (2 * columns - 1))
            if error <= tolerance or step < 1e-9:
                last = step >= end - t
                t, y = (end if last else t + step), rows[-1][-1]
                if not last or factor < 1:
                    h = step * min(real(3), factor)
            else:
                h = step * max(real(0.1), min(real(0.9), factor))
        out.append([float(v) for v in y])
    return out


def scipy_end(field, y0, t0, t1, method, rtol, atol):
    found = solve_ivp(lambda t, y: np.array(field(t, y, np)), (t0, t1), y0, method=method, rtol=rtol, atol=atol)
    assert found.success
    return [float(v) for v in found.y[:, -1]]


def distance(a, b):
    return float(np.max(np.abs(np.array(a) - np.array(b))))


def problem_records():
    records = []
    for name, (formula, field, y0, t1, closed) in PROBLEMS.items():
        record = {"problem": name, "formula": formula, "t0": 0.0, "t1": t1, "y0": y0, "stiff": name in STIFF}
        record["times"] = times_of(name)
        if name in STIFF:
            tight = scipy_end(field, y0, 0.0, t1, "Radau", 1e-13, 1e-15)
            loose = scipy_end(field, y0, 0.0, t1, "Radau", 1e-11, 1e-13)
            record |= {"y1": tight, "by": "SciPy Radau 1e-13/1e-15", "scipy": tight,
                       "uncertainty": distance(tight, loose)}
        else:
            *values, end = extrapolated(field, y0, 0.0, [*times_of(name), t1])
            coarse = extrapolated(field, y0, 0.0, [t1], 1e-16, 8)[0]
            scipy = scipy_end(field, y0, 0.0, t1, "DOP853", 1e-13, 1e-15)
            record |= {"y1": end, "by": "extrapolation in long double", "values": values,
                       "scipy": scipy, "uncertainty": distance(end, coarse)}
            if closed is not None:
                exact = [float(v) for v in closed(t1)]
                record |= {"closed": exact}
                assert distance(end, exact) < 2e-14, (name, end, exact)
            assert distance(end, scipy) < 1e-7, (name, end, scipy)
        print(name, record["uncertainty"], distance(record["y1"], record["scipy"]), flush=True)
        records.append(record)
    return records


# --- diffrax ------------------------------------------------------------------------

SOLVERS = {
    "euler": diffrax.Euler(), "midpoint": diffrax.Midpoint(), "heun": diffrax.Heun(),
    "ralston": diffrax.Ralston(), "bosh3": diffrax.Bosh3(), "dopri5": diffrax.Dopri5(),
    "tsit5": diffrax.Tsit5(), "dopri8": diffrax.Dopri8(),
    "kvaerno3": diffrax.Kvaerno3(), "kvaerno5": diffrax.Kvaerno5(),
}
# (p, i, d) of PIDController; the first is its default, the second from its documentation,
# the third Soderlind's H211PI, the fourth the PID of SUNDIALS' ARKODE.
CONTROLLERS = {
    "I": (0.0, 1.0, 0.0), "PI": (0.4, 0.3, 0.0), "H211PI": (-1 / 6, 1 / 3, 0.0), "PID": (0.01, 0.47, 0.1),
}
DENSE = ["bosh3", "dopri5", "tsit5", "dopri8", "kvaerno5"]


def diffrax_field(problem):
    field = PROBLEMS[problem][1]
    return diffrax.ODETerm(lambda t, y, args: jnp.stack([jnp.asarray(v) for v in field(t, y, jnp)]))


COMPILED = {}
# Units in the last place by which y0 is moved, to see how much a solve hangs on rounding.
NUDGES = [-12, -7, -4, -2, 2, 3, 5, 8, 16]


def diffrax_solve(problem, solver, controller, rtol, atol, dt, automatic=False):
    """Compiled once for a problem and solver; tolerances and coefficients are arguments."""
    _, _, y0, t1, _ = PROBLEMS[problem]
    term, method = diffrax_field(problem), SOLVERS[solver]
    times = jnp.array(times_of(problem))

    def solve(nudge, numbers):
        start = jnp.array(y0) * nudge
        if controller is None:
            control, dt0 = diffrax.ConstantStepSize(), numbers[0]
        else:
            rtol, atol, p, i, d = numbers
            control = diffrax.PIDController(rtol=rtol, atol=atol, pcoeff=p, icoeff=i, dcoeff=d)
            dt0, _ = control.init(term, 0.0, t1, start, None, None, method.func, method.error_order(term))
        first = jnp.array(0.01) if automatic else dt0
        saveat = diffrax.SaveAt(subs=[diffrax.SubSaveAt(ts=times), diffrax.SubSaveAt(t1=True)])
        found = diffrax.diffeqsolve(
            term, method, 0.0, t1, None if automatic else dt0, start, saveat=saveat,
            stepsize_controller=control, max_steps=1 << 20)
        stats = found.stats
        return found.ys[0], found.ys[1][0], stats["num_accepted_steps"], stats["num_rejected_steps"], first

    key = (problem, solver, controller is None, automatic)
    if key not in COMPILED:
        COMPILED[key] = jax.jit(solve)
    numbers = [dt] if controller is None else [rtol, atol, *CONTROLLERS[controller]]
    values, y1, accepted, rejected, first = COMPILED[key](1.0, jnp.array(numbers))
    steady, spread = True, 0.0
    for ulps in NUDGES if controller is not None else []:
        others, end, *counts, _ = COMPILED[key](1 + ulps * 2.0**-52, jnp.array(numbers))
        steady = steady and counts == [accepted, rejected]
        spread = max(spread, distance(end, y1), distance(others, values))
    return values.tolist(), y1.tolist(), int(accepted), int(rejected), float(first), steady, spread


def evaluations(solver, attempts, adaptive):
    """Evaluations of the field: 2 to choose the first step, s - 1 an attempt and one at
    the start where the last stage of s serves the next step, else s an attempt."""
    tableau = getattr(SOLVERS[solver], "tableau", None)
    stages = 1 if tableau is None else tableau.num_stages
    first = 2 if adaptive else 0
    return first + (1 + (stages - 1) * attempts if tableau is not None and tableau.fsal else stages * attempts)


def diffrax_record(problem, solver, controller, rtol=None, atol=None, dt=None, dense=None, automatic=False):
    values, y1, accepted, rejected, first, steady, spread = diffrax_solve(
        problem, solver, controller, rtol, atol, dt, automatic)
    record = {"problem": problem, "solver": solver}
    if controller is None:
        record |= {"controller": None, "dt": dt}
    else:
        p, i, d = CONTROLLERS[controller]
        record |= {"controller": {"name": controller, "p": p, "i": i, "d": d},
                   "rtol": rtol, "atol": atol, "first_step": first, "automatic": automatic}
    record |= {"y1": y1, "accepted": accepted, "rejected": rejected}
    if controller is not None:
        record |= {"steady": steady, "spread": spread}
    if solver not in ("kvaerno3", "kvaerno5"):
        record |= {"evaluations": evaluations(solver, accepted + rejected, controller is not None)}
    if solver in DENSE if dense is None else dense:
        record |= {"values": values}
    return record


def diffrax_records():
    records = []
    fixed = {"decay": [1 / 16, 0.3], "van_der_pol_2": [1 / 32], "lotka_volterra": [1 / 32],
             "brusselator": [1 / 32], "rigid_body": [1 / 8]}
    for problem, steps in fixed.items():
        for solver in ["euler", "midpoint", "heun", "ralston", "bosh3", "dopri5", "tsit5", "dopri8"]:
            for dt in steps:
                dense = problem in ("decay", "lotka_volterra")
                records.append(diffrax_record(problem, solver, None, dt=dt, dense=dense))
    for problem in PLAIN:
        for solver in ["midpoint", "heun", "ralston", "bosh3", "dopri5", "tsit5", "dopri8"]:
            low = solver in ("midpoint", "heun", "ralston")
            if problem == "arenstorf":
                pairs = [] if low else [(1e-5, 1e-7)] if solver == "bosh3" else [(1e-7, 1e-9), (1e-10, 1e-10)]
            else:
                pairs = [(1e-3, 1e-6)] if low else [(1e-3, 1e-6), (1e-6, 1e-8)]
                if solver in ("dopri5", "tsit5", "dopri8"):
                    pairs.append((1e-9, 1e-11))
            for rtol, atol in pairs:
                names = ["I"] if low and problem not in ("van_der_pol_2", "brusselator") else list(CONTROLLERS)
                if (rtol, atol) in [(1e-9, 1e-11), (1e-10, 1e-10)] or problem == "decay":
                    names = ["I", "PID"] if not low else ["I"]
                for name in names:
                    dense = solver in DENSE and name in ("I", "PID") and rtol != 1e-9
                    records.append(diffrax_record(problem, solver, name, rtol, atol, dense=dense))
        print("diffrax", problem, len(records), flush=True)
    for problem in ["decay", "van_der_pol_2", "lotka_volterra"]:
        for solver in ["dopri5", "tsit5"]:
            records.append(diffrax_record(problem, solver, "I", 1e-6, 1e-8, automatic=True))
    return records


def stiff_records():
    records = []
    for problem in STIFF:
        for solver in ["kvaerno3", "kvaerno5"]:
            pairs = [(1e-3, 1e-6), (1e-5, 1e-8)] + ([(1e-7, 1e-10)] if solver == "kvaerno5" else [])
            for rtol, atol in pairs:
                if problem == "robertson":
                    atol *= 1e-2
                for name in ["I", "PI"]:
                    records.append(diffrax_record(problem, solver, name, rtol, atol))
        print("stiff", problem, flush=True)
    return records


def detest_records(references):
    records = []
    for problem in DETEST:
        end = next(r["y1"] for r in references if r["problem"] == problem)
        for solver in ["bosh3", "dopri5", "tsit5", "dopri8"]:
            for tolerance in [1e-3, 1e-6, 1e-9]:
                if problem == "arenstorf" and (tolerance == 1e-3 or solver == "bosh3"):
                    continue
                _, y1, accepted, rejected, _, steady, _ = diffrax_solve(problem, solver, "I", tolerance, tolerance, None)
                records.append({
                    "problem": problem, "solver": solver, "tolerance": tolerance, "error": distance(y1, end),
                    "evaluations": evaluations(solver, accepted + rejected, True),
                    "accepted": accepted, "rejected": rejected, "steady": steady})
        print("detest", problem, flush=True)
    return records


# --- torchdiffeq --------------------------------------------------------------------


class Counted(torch.nn.Module):
    def __init__(self, call):
        super().__init__()
        self.call, self.evaluations, self.accepted, self.rejected = call, 0, 0, 0

    def forward(self, t, y):
        self.evaluations += 1
        return self.call(t, y)

    def callback_accept_step(self, t, y, dt):
        self.accepted += 1

    def callback_reject_step(self, t, y, dt):
        self.rejected += 1


def torchdiffeq_records():
    records = []

    def one(problem, solver, dense, rtol=1e-7, atol=1e-9, **options):
        _, field, y0, t1, _ = PROBLEMS[problem]
        f = Counted(lambda t, y: torch.stack(field(t, y, torch)))
        times = torch.tensor([0.0, *times_of(problem), t1], dtype=torch.float64)
        y0 = torch.tensor(y0, dtype=torch.float64)
        found = torchdiffeq.odeint(f, y0, times, rtol=rtol, atol=atol, method=solver, options=options or None)
        record = {"problem": problem, "solver": solver}
        record |= options if options else {"rtol": rtol, "atol": atol}
        record |= {"y1": found[-1].tolist(), "evaluations": f.evaluations}
        if not options:
            record |= {"accepted": f.accepted, "rejected": f.rejected}
        if dense:
            record |= {"values": found[1:-1].tolist()}
        records.append(record)

    for problem in PLAIN:
        for solver in ["adaptive_heun", "bosh3", "dopri5", "dopri8"]:
            if problem == "arenstorf":
                pairs = [(1e-7, 1e-9)] if solver in ("dopri5", "dopri8") else []
            elif solver == "adaptive_heun":
                pairs = [(1e-3, 1e-6)] if problem in ("decay", "lotka_volterra", "rigid_body") else []
            else:
                pairs = [(1e-3, 1e-6), (1e-6, 1e-8)]
            for rtol, atol in pairs:
                one(problem, solver, rtol == 1e-3, rtol, atol)
        if problem == "arenstorf":
            continue
        steps = {"decay": [1 / 16, 0.3], "rigid_body": [1 / 8]}.get(problem, [1 / 32])
        for solver in ["euler", "midpoint", "heun2", "heun3", "rk4"]:
            for step in steps:
                one(problem, solver, problem == "decay", step_size=step)
        print("torchdiffeq", problem, flush=True)
    one("decay", "rk4", True, step_size=1 / 16, interp="cubic")
    one("decay", "midpoint", True, step_size=1 / 16, interp="cubic")
    return records


# --- Controlled differential equations ----------------------------------------------

KNOTS = [0.0, 1.0, 2.5, 3.0, 4.25]
ROWS = [[0.0, 1.0], [1.0, 0.2], [-0.5, 0.4], [2.0, -1.0], [0.75, 0.0]]
Z0 = [0.1, -0.3]
SAVE_AT = [0.5, 1.0, 1.7, 2.5, 3.0, 4.25]
MLP = {
    "w1": [[0.31, -0.42], [-0.27, 0.55], [0.48, 0.13]], "b1": [0.05, -0.12, 0.2],
    "w2": [[0.6, -0.35, 0.22], [-0.51, 0.44, 0.1], [0.17, 0.66, -0.28], [0.39, -0.2, 0.53]],
    "b2": [0.02, 0.11, -0.07, -0.15],
}


def double(values):
    return torch.tensor(values, dtype=torch.float64)


class Written(torch.nn.Module):
    """[[sin z0, z1], [cos z1, -z0]]"""

    evaluations = 0

    def forward(self, t, z):
        self.evaluations += 1
        a, b = z[0], z[1]
        return torch.stack([a.sin(), b, b.cos(), -a]).view(2, 2)


class Perceptron(torch.nn.Module):
    """tanh(w2 tanh(w1 z + b1) + b2), as a matrix [states, channels], row by row"""

    evaluations = 0

    def __init__(self):
        super().__init__()
        for name, values in MLP.items():
            setattr(self, name, torch.nn.Parameter(double(values)))

    def forward(self, t, z):
        self.evaluations += 1
        hidden = (self.w1 @ z + self.b1).tanh()
        return (self.w2 @ hidden + self.b2).tanh().view(2, 2)


FIELDS = {"written": Written, "perceptron": Perceptron}


def fitted(scheme, rows):
    """What torchcde stores: [a, b, 2c, 3d] of each interval, or the rows."""
    fit = {"natural": torchcde.natural_cubic_coeffs,
           "hermite": torchcde.hermite_cubic_coefficients_with_backward_differences,
           "linear": torchcde.linear_interpolation_coeffs}
    return fit[scheme](rows, double(KNOTS))


def path_of(scheme, stored):
    path = torchcde.LinearInterpolation if scheme == "linear" else torchcde.CubicSpline
    return path(stored, double(KNOTS))


def cde_records():
    records = []

    def one(field, scheme, solver, times, label, **keywords):
        f = FIELDS[field]()
        with torch.no_grad():
            z = torchcde.cdeint(path_of(scheme, fitted(scheme, double(ROWS))), f, double(Z0),
                                double([0.0, *times]), adjoint=False, method=solver, **keywords)
        # One evaluation is cdeint's own check of the shapes.
        records.append({"field": field, "scheme": scheme, "solver": solver, **label, "times": times,
                        "z": z[1:].tolist(), "evaluations": f.evaluations - 1})

    knots = KNOTS[1:]
    for field in FIELDS:
        for scheme in ["natural", "hermite", "linear"]:
            inner = double(KNOTS[1:-1])
            for name in ["jump_t", "step_t"]:
                for rtol, atol in [(1e-4, 1e-6), (1e-10, 1e-12)]:
                    one(field, scheme, "dopri5", SAVE_AT, {"rtol": rtol, "atol": atol, "at_knots": name},
                        rtol=rtol, atol=atol, options={name: inner})
            one(field, scheme, "dopri5", SAVE_AT, {"rtol": 1e-4, "atol": 1e-6, "at_knots": None})
            if field != "written":
                continue
            for solver in ["euler", "midpoint", "heun3", "rk4"]:
                for step in [0.25, 0.125]:
                    for perturb in [False] if scheme != "linear" else [False, True]:
                        one(field, scheme, solver, knots, {"step_size": step, "perturb": perturb},
                            options={"step_size": step, "perturb": perturb})
                for perturb in [False, True]:
                    one(field, scheme, solver, knots, {"step_size": None, "perturb": perturb},
                        options={"perturb": perturb})
            for interp in ["linear", "cubic"]:
                one(field, scheme, "rk4", SAVE_AT, {"step_size": 0.25, "perturb": False, "interp": interp},
                    options={"step_size": 0.25, "interp": interp})
    return records


def gradient_records():
    """Of |z(T)|^2 / 2 + sum z(1.7) + sum z(4.25), T = 4.25, dopri5 at 1e-10/1e-12 with jumps at the knots."""
    records = []
    times = double([0.0, 1.7, 4.25])
    options = {"jump_t": double(KNOTS[1:-1])}
    for field in FIELDS:
        for scheme in ["natural", "hermite", "linear"]:
            for how in ["autograd", "adjoint"]:
                f = FIELDS[field]()
                rows, z0 = double(ROWS).requires_grad_(), double(Z0).requires_grad_()
                stored = fitted(scheme, rows)
                stored.retain_grad()
                keywords = {"rtol": 1e-10, "atol": 1e-12, "options": options}
                path = path_of(scheme, stored)
                if how == "adjoint":
                    # What the derivative of the path is made from.
                    names = ["_derivs"] if scheme == "linear" else ["_b", "_two_c", "_three_d"]
                    leaves = [getattr(path, name) for name in names]
                    keywords |= {"adjoint_params": (*f.parameters(), *leaves), "adjoint_options": dict(options)}
                z = torchcde.cdeint(path, f, z0, times, adjoint=how == "adjoint", method="dopri5", **keywords)
                loss = (z[-1] ** 2).sum() / 2 + z[1].sum() + z[2].sum()
                loss.backward()
                record = {"field": field, "scheme": scheme, "by": how, "loss": loss.item(),
                          "z0": z0.grad.tolist(), "rows": rows.grad.tolist()}
                if scheme != "linear":
                    # By a + b s + c s^2 + d s^3: [intervals, 4, channels].
                    powers = stored.grad.view(4, 4, 2) * double([1.0, 1.0, 2.0, 3.0])[:, None]
                    record |= {"coefficients": powers.tolist()}
                if field == "perceptron":
                    record |= {name: getattr(f, name).grad.tolist() for name in MLP}
                records.append(record)
            a, b = records[-2:]
            gap = max(distance(a[key], b[key]) for key in a if key not in ("field", "scheme", "by"))
            print("gradient", field, scheme, gap, flush=True)
            assert gap < 1e-7
            records.pop()
            records[-1] |= {"adjoint_differs_by": gap}
    return records


# --- Events -------------------------------------------------------------------------


def tangent(field, partials, count):
    """The field with its derivatives by the initial state and by `count` parameters."""

    def augmented(t, s, m):
        n = len(field(t, s, m))
        y = s[:n]
        jacobian, columns = partials(t, y)
        slopes = list(field(t, y, m))
        for k in range(n + count):
            block = s[n * (k + 1): n * (k + 2)]
            for i in range(n):
                slope = sum(jacobian[i][j] * block[j] for j in range(n))
                slopes.append(slope + (columns[k - n][i] if k >= n else 0.0))
        return slopes

    return augmented


def event_record(name, formula, field, partials, parameters, y0, t1, event, gradient, describe):
    n, count = len(y0), len(parameters)
    start = [*y0, *np.eye(n).ravel(), *np.zeros(n * count)]
    big = tangent(field, partials, count)
    rough = solve_ivp(lambda t, y: np.array(field(t, y, np)), (0.0, t1), y0, method="DOP853",
                      rtol=1e-13, atol=1e-15, events=event)
    t = float(rough.t_events[0][0])
    for _ in range(3):
        s = np.array(extrapolated(big, start, 0.0, [t])[0])
        slope = np.array(field(t, s[:n], np))
        t -= float(event(t, s[:n]) / (gradient(s[:n]) @ slope))
    s = np.array(extrapolated(big, start, 0.0, [t])[0])
    slope, normal = np.array(field(t, s[:n], np)), gradient(s[:n])
    blocks = s[n:].reshape(n + count, n)
    times = -(blocks @ normal) / (normal @ slope)
    states = blocks + times[:, None] * slope
    assert abs(t - rough.t_events[0][0]) < 1e-10
    return {"name": name, "formula": formula, "event": describe, "y0": y0, "t1": t1, "parameters": parameters,
            "t": t, "y": s[:n].tolist(), "dt_dy0": times[:n].tolist(), "dt_dparameters": times[n:].tolist(),
            # [initial states, states] and [parameters, states]
            "dy_dy0": states[:n].tolist(), "dy_dparameters": states[n:].tolist()}


def event_records():
    records = []
    lotka = PROBLEMS["lotka_volterra"][1]

    def crossing(t, y):
        return y[0] - 3.0

    crossing.terminal, crossing.direction = True, 1.0
    records.append(event_record(
        "lotka_volterra", "x' = a x - b x y, y' = c x y - d y", lotka,
        lambda t, y: ([[1.5 - y[1], -y[0]], [y[1], y[0] - 3.0]],
                      [[y[0], 0.0], [-y[0] * y[1], 0.0], [0.0, y[0] * y[1]], [0.0, -y[1]]]),
        {"a": 1.5, "b": 1.0, "c": 1.0, "d": 3.0}, [1.0, 1.0], 10.0, crossing,
        lambda y: np.array([1.0, 0.0]), "x - 3 = 0, rising"))

    def falling(t, y):
        return y[0] - 3.0

    falling.terminal, falling.direction = True, -1.0
    records.append(event_record(
        "lotka_volterra_falling", "x' = a x - b x y, y' = c x y - d y", lotka,
        lambda t, y: ([[1.5 - y[1], -y[0]], [y[1], y[0] - 3.0]],
                      [[y[0], 0.0], [-y[0] * y[1], 0.0], [0.0, y[0] * y[1]], [0.0, -y[1]]]),
        {"a": 1.5, "b": 1.0, "c": 1.0, "d": 3.0}, [1.0, 1.0], 10.0, falling,
        lambda y: np.array([1.0, 0.0]), "x - 3 = 0, falling"))

    def ground(t, y):
        return y[0]

    ground.terminal, ground.direction = True, -1.0
    ball = event_record(
        "ball", "h' = v, v' = -g", lambda t, y, m: [y[1], -9.81 + 0.0 * y[0]],
        lambda t, y: ([[0.0, 1.0], [0.0, 0.0]], [[0.0, -1.0]]), {"g": 9.81}, [10.0, 2.0], 5.0,
        ground, lambda y: np.array([1.0, 0.0]), "h = 0, falling")
    h, v, g = 10.0, 2.0, 9.81
    root = math.sqrt(v * v + 2 * g * h)
    closed = [(v + root) / g, 1 / root, (1 + v / root) / g, h / (g * root) - (v + root) / g**2]
    assert distance([ball["t"], *ball["dt_dy0"], *ball["dt_dparameters"]], closed) < 1e-14
    records.append(ball)

    def half(t, y):
        return y[0] - 0.5

    half.terminal, half.direction = True, -1.0
    decay = event_record(
        "decay", "y' = -k y", PROBLEMS["decay"][1], lambda t, y: ([[-1.0]], [[-y[0]]]), {"k": 1.0},
        [1.0], 2.0, half, lambda y: np.array([1.0]), "y - 1/2 = 0, falling")
    assert distance([decay["t"], *decay["dt_dy0"], *decay["dt_dparameters"]],
                    [math.log(2), 1.0, -math.log(2)]) < 1e-14
    records.append(decay)

    # The same crossings by diffrax, which ends the solve on the step's own polynomial.
    # Here too dt0 is the step meant.
    found = []
    fields = {"lotka_volterra": (lotka, [1.0, 1.0], 10.0, lambda y: y[0] - 3.0, True),
              "lotka_volterra_falling": (lotka, [1.0, 1.0], 10.0, lambda y: y[0] - 3.0, False),
              "ball": (lambda t, y, m: [y[1], -9.81 + 0.0 * y[0]], [10.0, 2.0], 5.0, lambda y: y[0], False)}
    for name, (field, y0, t1, value, rising) in fields.items():
        for solver in ["bosh3", "dopri5", "tsit5", "dopri8"]:
            for rtol, atol in [(1e-5, 1e-7), (1e-9, 1e-11)]:
                term, method = diffrax.ODETerm(lambda t, y, args: jnp.stack(field(t, y, jnp))), SOLVERS[solver]
                control = diffrax.PIDController(rtol=rtol, atol=atol)
                dt0, _ = control.init(term, 0.0, t1, jnp.array(y0), None, None, method.func, method.error_order(term))
                solution = diffrax.diffeqsolve(
                    term, method, 0.0, t1, dt0, jnp.array(y0), stepsize_controller=control,
                    event=diffrax.Event(lambda t, y, args, **_: value(y), optimistix.Newton(1e-13, 1e-13), rising))
                found.append({"name": name, "solver": solver, "rtol": rtol, "atol": atol,
                              "t": float(solution.ts[0]), "y": solution.ys[0].tolist(),
                              "accepted": int(solution.stats["num_accepted_steps"]),
                              "rejected": int(solution.stats["num_rejected_steps"])})
    return records, found


def main():
    problems = problem_records()
    events, diffrax_events = event_records()
    print("events", flush=True)
    golden = {
        "problems": problems,
        "events": events,
        "events_diffrax": diffrax_events,
        "cde_path": [{"times": KNOTS, "rows": ROWS, "z0": Z0, "perceptron": MLP}],
        "cde_torchcde": cde_records(),
        "cde_gradients": gradient_records(),
        "ode_torchdiffeq": torchdiffeq_records(),
        "ode_diffrax": diffrax_records(),
        "stiff_diffrax": stiff_records(),
        "detest": detest_records(problems),
    }
    parts = []
    for section, records in golden.items():
        lines = ",\n".join(json.dumps(record) for record in records)
        parts.append(f"{json.dumps(section)}: [\n{lines}\n]")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    pathlib.Path(__file__).with_name("golden.json").write_text(text)
    print({section: len(records) for section, records in golden.items()}, len(text))


main()
