"""Runs a graph on Ray: ray_peer.py GRAPH KIND LAYOUT CORES."""

import sys

import ray
from muster_peer import ends, node, read_graph, same, serve


def main():
    path, kind, _, cores = sys.argv[1:]
    graph = read_graph(path)
    ray.init(num_cpus=int(cores), include_dashboard=False, log_to_driver=False)
    remote_node = ray.remote(node)
    remote_same = ray.remote(same)

    def run_map():
        return ray.get([remote_same.remote(number) for number in range(len(graph))])

    def run_graph():
        made = []
        for inputs in graph:
            made.append(remote_node.remote(*[made[each] for each in inputs]))
        return ray.get([made[task] for task in ends(graph)])

    serve(ray.__version__, run_map if kind == "map" else run_graph)


if __name__ == "__main__":
    main()
