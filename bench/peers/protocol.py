"""What the workers share: how they are asked and answer, and the clock.

A worker reads one workload a line on its standard input, as JSON, and answers each with one line on its standard
output. It keeps what it prepared for the last few workloads, so that programs can be asked in turn, again and again,
without preparing anything twice. The runner is the other end (xtask/src/bench/worker.rs names the fields); it has
pinned the worker to as many processors as PATHEMA_THREADS says.
"""

import json
import os
import sys
import time
import traceback

import numpy as np
from safetensors.numpy import load_file

# The field's three layers, then the map to the first state and the map to the logits: the order in which the gradients
# are laid end to end.
WEIGHTS = ["w0", "b0", "w1", "b1", "w2", "b2", "initial.w", "initial.b", "readout.w", "readout.b"]
THREADS = int(os.environ.get("PATHEMA_THREADS", "1"))
KEPT = 16
# Seconds beside which what is fetched once counts for nothing.
LONG = 5.0


class Unsupported(Exception):
    """The peer has no such thing: an answer, not a failure."""


def offered(table, workload, field):
    """Looks up what a workload asks for, among what the peer has."""
    name = workload[field]
    if name not in table:
        raise Unsupported(f"{field} {name!r} is not among {', '.join(table)}")
    return table[name]


def serve(versions, prepare):
    """Answers workloads until the input ends.

    `prepare(workload)` compiles what must be and gives two functions: `step()`, which is timed, and `report()`, whose
    fields join the answer.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Whatever a library prints must not end up among the answers.
    prepared = {}
    for line in sys.stdin:
        try:
            workload = json.loads(line)
            if workload["kind"] == "hello":
                answer = {"versions": versions}
            else:
                answer = measured(workload, prepare, prepared)
            text = json.dumps(answer, allow_nan=False)
        except Unsupported as why:
            text = json.dumps({"unsupported": str(why)})
        except Exception as error:
            traceback.print_exc()
            text = json.dumps({"failed": f"{type(error).__name__}: {error}"})
        print(text, file=answers, flush=True)


def measured(workload, prepare, prepared):
    if workload["threads"] != THREADS:
        raise ValueError(f"{workload['threads']} threads asked of a worker that was started with {THREADS}")
    runs = workload.pop("runs")
    key = json.dumps(workload, sort_keys=True)
    seconds = []
    if key not in prepared:
        while len(prepared) >= KEPT:
            del prepared[next(iter(prepared))]
        step, report = prepare(workload)
        first = timed(step)  # With all that is fetched once: it counts only where a second would take too long.
        prepared[key] = step, report
        if first > LONG:
            seconds = [first]
    step, report = prepared[key]
    seconds = seconds or [timed(step) for _ in range(runs)]
    return {"seconds": seconds} | report()


def timed(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def compared(workload, loss, gradient):
    """What was computed, in few numbers: to see that all programs compute the same, and how far from the truth."""
    gradient = {name: np.asarray(gradient[name], dtype=np.float64) for name in WEIGHTS}
    answer = {"loss": loss, "gradient_norm": float(np.linalg.norm(gradient["w0"]))}
    if workload.get("truth"):
        truth = load_file(workload["truth"])["truth"].astype(np.float64)
        found = np.concatenate([gradient[name].ravel() for name in WEIGHTS])
        answer["error"] = float(np.linalg.norm(found - truth) / np.linalg.norm(truth))
    return answer
