"""Small benchmarks on dask.distributed.

dask_micro.py NAME WORKERS THREADS processes|threads TASKS BYTES MOST_WORKERS
"""

import logging
import os
import signal
import sys
import threading
import time

import dask
import distributed
from micro_tasks import copy, drop, increment, make, nothing, sleep


class Micro:
    def __init__(self, cluster, client, workers, tasks, size, most_workers):
        self.cluster = cluster
        self.client = client
        self.workers = workers
        self.tasks = tasks
        self.size = size
        self.most_workers = most_workers
        with open("sleeps.txt", encoding="ascii") as lines:
            self.sleeps = [int(line) for line in lines]
        self.round = 0
        self.peak = 0

    def single_future(self):
        for number in range(self.tasks):
            assert self.client.submit(increment, number, pure=False).result() == number + 1
        return []

    def large_map(self):
        return self.wait(self.client.map(increment, range(self.tasks), pure=False))

    def large_map_deps(self):
        shared = [self.client.submit(increment, number, pure=False) for number in range(5)]
        inputs = [[each] * self.tasks for each in shared]
        return self.wait(self.client.map(increment, range(self.tasks), *inputs, pure=False))

    def large_map_first_work(self):
        futures = self.client.map(increment, range(self.tasks), pure=False)
        next(iter(distributed.as_completed(futures)))
        return futures

    def memory_efficient(self):
        self.round += 1
        micros = self.sleeps[0]
        graph = {}
        for i in range(self.tasks):
            chain = f"{self.round}-{i}"
            graph[f"make-{chain}"] = (make, self.size, micros)
            graph[f"copy-{chain}"] = (copy, f"make-{chain}", micros)
            graph[f"drop-{chain}"] = (drop, f"copy-{chain}", micros)
        futures = self.client.get(graph, [f"drop-{self.round}-{i}" for i in range(self.tasks)], sync=False)
        spans = [future.result() for future in distributed.as_completed(futures)]
        now = most = 0
        for _, step in sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans]):
            now += step
            most = max(most, now)
        self.peak = most * self.size
        return futures

    def trivial_work_not_stolen(self):
        root = self.client.submit(bytes, self.size, pure=False)
        return self.wait(self.client.map(nothing, [root] * self.tasks, range(self.tasks), pure=False))

    def inhomogeneous(self):
        return self.wait(self.client.map(sleep, self.sleeps, pure=False))

    def scaling_up(self):
        row = self.client.map(sleep, self.sleeps, pure=False)
        last = self.tasks - 1
        futures = self.client.map(
            sleep,
            self.sleeps,
            *[[row[min(last, max(0, i + step))] for i in range(self.tasks)] for step in (-1, 0, 1)],
            pure=False,
        )
        self.cluster.scale(self.most_workers)
        return self.wait(futures)

    def straggler(self):
        pid = next(iter(self.client.run(os.getpid).values()))
        over = threading.Event()

        def hang():
            while not over.is_set():
                os.kill(pid, signal.SIGSTOP)
                over.wait(1)
                os.kill(pid, signal.SIGCONT)
                over.wait(0.5)

        thread = threading.Thread(target=hang)
        thread.start()
        try:
            return self.wait(self.client.map(sleep, self.sleeps, pure=False))
        finally:
            over.set()
            thread.join()

    @staticmethod
    def wait(futures):
        distributed.wait(futures)
        assert all(future.status == "finished" for future in futures)
        return futures

    def before(self, name):
        if name == "scaling_up":
            self.cluster.scale(self.workers)
            while len(self.client.scheduler_info(n_workers=-1)["workers"]) != self.workers:
                time.sleep(0.01)


def moves(dask_scheduler):
    """How many tasks a worker has given up for another."""
    return sum(
        1
        for _, event in dask_scheduler.get_events("stealing")
        for each in (event if isinstance(event, list) else [event])
        if each[0] == "confirm"
    )


def main():
    name, workers, threads, layout, tasks, size, most_workers = sys.argv[1:]
    logging.disable(logging.WARNING)
    dask.config.set({"distributed.admin.tick.limit": "1h"})
    with distributed.LocalCluster(
        n_workers=int(workers),
        threads_per_worker=int(threads),
        processes=layout == "processes",
        dashboard_address=None,
        silence_logs=logging.ERROR,
    ) as cluster, distributed.Client(cluster) as client:
        micro = Micro(cluster, client, int(workers), int(tasks), int(size), int(most_workers))
        print("ready", distributed.__version__, flush=True)
        for _ in sys.stdin:
            micro.before(name)
            earlier = client.run_on_scheduler(moves)
            start = time.perf_counter()
            futures = getattr(micro, name)()
            elapsed = time.perf_counter() - start
            if futures:
                distributed.wait(futures)
            moved = client.run_on_scheduler(moves) - earlier
            del futures
            print(f"{elapsed:.9f} {moved} {micro.peak}", flush=True)


if __name__ == "__main__":
    main()
