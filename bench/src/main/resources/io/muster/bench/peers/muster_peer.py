"""What the tasks of a comparison do: in a module, for peers to send it by name."""

import os
import sys
import time

MODULUS = 1_000_000_007


def node(*inputs):
    """A task of a graph: one more than the sum of its inputs."""
    return (1 + sum(inputs)) % MODULUS


def same(number):
    """A task of a map."""
    return number


def read_graph(path):
    """The inputs of each task."""
    with open(path, encoding="ascii") as lines:
        return [[int(word) for word in line.split()] for line in lines]


def ends(graph):
    """The tasks that no other needs."""
    needed = {each for inputs in graph for each in inputs}
    return [task for task in range(len(graph)) if task not in needed]


def answers():
    """Takes standard output for answers: what libraries print goes to the errors."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return out


def serve(version, run, check=None, out=sys.stdout):
    """Says that it is there; then, for each line that comes, runs once and says how long it took and what it made."""
    print("ready", version, file=out, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        values = run()
        elapsed = time.perf_counter() - start
        if check:
            values = check(values)
        print(f"{elapsed:.9f} {sum(values) % MODULUS}", file=out, flush=True)
