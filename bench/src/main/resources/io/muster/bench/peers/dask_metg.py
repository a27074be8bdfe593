"""Task Bench on dask.distributed: dask_metg.py CORES. Each line that comes has a file with a graph, and iterations."""

import logging
import sys
import time

import dask
import distributed
from taskbench import point


def read(path):
    """Tasks by key, with the keys of their inputs: a line has the step, the column, and the columns of its inputs."""
    graph = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            step, column, *inputs = [int(word) for word in line.split()]
            graph[(step, column)] = [(step - 1, each) for each in inputs]
    return graph


def main():
    cores = int(sys.argv[1])
    logging.disable(logging.WARNING)
    dask.config.set({"distributed.admin.tick.limit": "1h"})
    with distributed.LocalCluster(
        n_workers=cores,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=logging.ERROR,
    ) as cluster, distributed.Client(cluster) as client:
        print("ready", distributed.__version__, flush=True)
        for line in sys.stdin:
            path, iterations = line.split()
            graph = read(path)
            needed = {each for inputs in graph.values() for each in inputs}
            start = time.perf_counter()
            tasks = {
                f"p-{key[0]}-{key[1]}": (
                    point,
                    *key,
                    inputs_of(inputs),
                    int(iterations),
                    *[f"p-{each[0]}-{each[1]}" for each in inputs],
                )
                for key, inputs in graph.items()
            }
            ends = [f"p-{key[0]}-{key[1]}" for key in graph if key not in needed]
            found = client.get(tasks, ends)
            print(f"{time.perf_counter() - start:.9f} {len(found)}", flush=True)


def inputs_of(inputs):
    """The columns of inputs as one value, which dask does not take for keys."""
    return ",".join(str(column) for _, column in inputs)


if __name__ == "__main__":
    main()
