"""Writes how many results dask.order holds, for `muster bench order` to compare with.

Usage: python order_reference.py OUTPUT, with dask, numpy, pandas, xarray, zarr and pytest installed.

The tests that dask installs for its order are run, and every graph that they give to dask.order is written with its edges;
graphs of the same shape are written once, with the least that dask held for one of them. Then come larger graphs, by
formula: the benchmark makes the same ones, so that only their names and the number of their edges are written.
What is held is what dask's own diagnostics() counts: results that something still needs, before each task runs.
"""

import sys

import dask
import dask.order
from dask.core import get_deps

GRAPHS = {}
plain_order = dask.order.order
current = "graph"


def edges_of(dsk):
    dependencies, _ = get_deps(dsk)
    numbers = {key: i for i, key in enumerate(dsk)}
    return [sorted(numbers[d] for d in dependencies[key] if d in numbers) for key in dsk]


def pressure(dsk):
    _, held = dask.order.diagnostics(dsk, o=plain_order(dict(dsk)))
    return max(held), sum(held) / len(held)


def note(name, edges, most, mean):
    shape = tuple(tuple(inputs) for inputs in edges)
    known = GRAPHS.get(shape)
    if known is not None:
        name, most, mean = known[0], *min((most, mean), known[1:])
    GRAPHS[shape] = (name, most, mean)


def recording(dsk, *args, **kwargs):
    try:
        copy = dict(dsk)
        if copy:
            note(current, edges_of(copy), *pressure(copy))
    except Exception:
        pass
    return plain_order(dsk, *args, **kwargs)


class Names:
    def pytest_runtest_setup(self, item):
        global current
        current = item.originalname


def tests():
    import pytest

    dask.order.order = recording
    import dask.tests.test_order as module

    module.order = recording
    pytest.main(["-q", "-p", "no:cacheprovider", module.__file__], plugins=[Names()])
    dask.order.order = plain_order


def layers(*widths):
    edges, before = [], []
    for width in widths:
        here = list(range(len(edges), len(edges) + width))
        edges.extend(list(before) for _ in here)
        before = here
    return edges


def chains(count, length):
    return [[] if i % length == 0 else [i - 1] for i in range(count * length)]


def tree(leaves, fan_in):
    edges = [[] for _ in range(leaves)]
    level = list(range(leaves))
    while len(level) > 1:
        above = []
        for i in range(0, len(level), fan_in):
            above.append(len(edges))
            edges.append(level[i : i + fan_in])
        level = above
    return edges


def cholesky(n):
    edges, at = [], {}

    def add(key, inputs):
        at[key] = len(edges)
        edges.append([at[i] for i in inputs])

    for i in range(n):
        for j in range(i + 1):
            add(("in", i, j), [])
    for i in range(n):
        for j in range(i + 1):
            for k in range(j):
                inputs = [("l", i, k)] if i == j else [("l", i, k), ("l", j, k)]
                add(("dot", i, j, k), inputs)
            inputs = [("in", i, j)] + [("dot", i, j, k) for k in range(j)]
            if i != j:
                inputs.append(("l", j, j))
            add(("l", i, j), inputs)
    return edges


def shuffle(parts):
    edges = [[] for _ in range(parts)]
    groups = []
    for i in range(parts):
        groups.append(len(edges))
        edges.append([i])
    splits = {}
    for i in range(parts):
        for j in range(parts):
            splits[i, j] = len(edges)
            edges.append([groups[i]])
    for j in range(parts):
        edges.append([splits[i, j] for i in range(parts)])
    return edges


def transpose_sum(n):
    edges = [[] for _ in range(n * n)]
    add = {}
    for i in range(n):
        for j in range(n):
            add[i, j] = len(edges)
            edges.append(sorted({i * n + j, j * n + i}))
    for i in range(n):
        edges.append([add[i, j] for j in range(n)])
    edges.append(list(range(len(edges) - n, len(edges))))
    return edges


def stencil(width, steps):
    edges = [[] for _ in range(width)]
    for step in range(1, steps):
        first = (step - 1) * width
        for i in range(width):
            edges.append([first + j for j in range(max(0, i - 1), min(width, i + 2))])
    return edges


def anomaly(blocks, groups):
    """Blocks of an array, the mean of every group of them, and each block less its group's mean, summed."""
    edges = [[] for _ in range(blocks)]
    means = []
    for g in range(groups):
        means.append(len(edges))
        edges.append(list(range(g, blocks, groups)))
    less = []
    for b in range(blocks):
        less.append(len(edges))
        edges.append([b, means[b % groups]])
    for g in range(groups):
        edges.append(less[g::groups])
    return edges


def formulas():
    yield "layers-1-5000", layers(1, 5000)
    yield "layers-2-2500", layers(2, 2500)
    yield "layers-50-50", layers(50, 50)
    yield "layers-2500-2", layers(2500, 2)
    yield "layers-5000-1", layers(5000, 1)
    yield "layers-1-70-70-1", layers(1, 70, 70, 1)
    yield "chains-1-5000", chains(1, 5000)
    yield "chains-500-10", chains(500, 10)
    yield "tree-4096-2", tree(4096, 2)
    yield "tree-4096-8", tree(4096, 8)
    yield "cholesky-12", cholesky(12)
    yield "shuffle-40", shuffle(40)
    yield "transpose-sum-40", transpose_sum(40)
    yield "stencil-40-40", stencil(40, 40)
    yield "anomaly-960-12", anomaly(960, 12)


def main(output):
    tests()
    with open(output, "w") as out:
        print(f"# dask {dask.__version__}, written by order_reference.py", file=out)
        counts = {}
        for shape, (name, most, mean) in GRAPHS.items():
            counts[name] = counts.get(name, 0) + 1
            text = " ".join(",".join(map(str, inputs)) or "-" for inputs in shape)
            print(f"{name}-{counts[name]} {most} {mean:.4f} {text}", file=out)
        for name, edges in formulas():
            dsk = {f"t{i:06d}": (sum, [f"t{j:06d}" for j in inputs]) for i, inputs in enumerate(edges)}
            most, mean = pressure(dsk)
            print(f"{name} {most} {mean:.4f} nodes={len(edges)} edges={sum(map(len, edges))}", file=out)


if __name__ == "__main__":
    main(sys.argv[1])
