"""Runs a graph on HyperQueue: hyperqueue_peer.py GRAPH KIND LAYOUT CORES.

Its tasks are processes, which pass no values on: each is `true`, and must end well. Its client looks for the end once a
second, so a last task that depends on all ends makes a file, and that is waited for.
"""

import importlib.metadata
import os
import sys
import time

os.environ["TQDM_DISABLE"] = "1"

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig
from muster_peer import answers, ends, node, read_graph, serve


def main():
    path, kind, _, cores = sys.argv[1:]
    out = answers()
    graph = read_graph(path)
    last = ends(graph)
    values = list(range(len(graph))) if kind == "map" else []
    if not values:
        for inputs in graph:
            values.append(node(*[values[each] for each in inputs]))
    done = os.path.abspath("done")

    with LocalCluster() as cluster:
        for _ in range(int(cores)):
            cluster.start_worker(WorkerConfig(cores=1))
        client = cluster.client()

        def run():
            job = Job()
            made = []
            for inputs in graph:
                deps = [made[each] for each in inputs]
                made.append(job.program(["/bin/true"], stdout=None, stderr=None, deps=deps))
            job.program(["touch", done], stdout=None, stderr=None, deps=[made[task] for task in last])
            submitted = client.submit(job)
            while not os.path.exists(done):
                time.sleep(0.001)
            return submitted

        def check(submitted):
            client.wait_for_jobs([submitted])
            client.forget(submitted)
            os.remove(done)
            return [values[task] for task in last]

        serve(importlib.metadata.version("hyperqueue"), run, check, out)


if __name__ == "__main__":
    main()
