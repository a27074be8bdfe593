"""Runs a graph on dask.distributed: dask_peer.py GRAPH KIND threads|processes CORES."""

import logging
import sys

import dask
import distributed
from muster_peer import ends, node, read_graph, same, serve


def main():
    path, kind, layout, cores = sys.argv[1:]
    logging.disable(logging.WARNING)
    dask.config.set({"distributed.admin.tick.limit": "1h"})
    graph = read_graph(path)
    processes = layout == "processes"
    with distributed.LocalCluster(
        n_workers=int(cores) if processes else 1,
        threads_per_worker=1 if processes else int(cores),
        processes=processes,
        dashboard_address=None,
        silence_logs=logging.ERROR,
    ) as cluster, distributed.Client(cluster) as client:

        def run_map():
            return client.gather(client.map(same, range(len(graph)), pure=False))

        def run_graph():
            nodes = {f"n-{task}": (node, *[f"n-{each}" for each in inputs]) for task, inputs in enumerate(graph)}
            return client.get(nodes, [f"n-{task}" for task in ends(graph)])

        serve(distributed.__version__, run_map if kind == "map" else run_graph)


if __name__ == "__main__":
    main()
