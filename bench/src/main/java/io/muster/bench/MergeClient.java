package io.muster.bench;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.RemoteClientLink;
import io.muster.scheduler.TaskTerms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A client that submits graphs, task by task; most of all merges: many independent tasks, and one that depends on all of them. */
final class MergeClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final int FUNCTION = 0;
    private static final int CHUNK = 1000;
    private static final int[] NOTHING = {};
    private static final int[] FIRST = {0};
    private static final byte[] PAYLOAD = {0};

    private final RemoteClientLink link;
    private final MergeEvents events;
    private final ClientRequests requests;
    private int nextTask;

    private MergeClient(final RemoteClientLink link, final MergeEvents events, final ClientRequests requests) {
        this.link = link;
        this.events = events;
        this.requests = requests;
    }

    static MergeClient connect(final Path schedulerFile) {
        final RemoteClientLink link = RemoteClientLink.connect(schedulerFile, CONNECT);
        final MergeEvents events = new MergeEvents();
        final ClientRequests requests = link.open(events);
        requests.registerFunction(FUNCTION, new byte[0], "nothing");
        return new MergeClient(link, events, requests);
    }

    void awaitWorkers(final int count) throws InterruptedException {
        events.awaitWorkers(count);
    }

    /** Runs a merge; returns the nanoseconds until it was done. On return the scheduler has forgotten it. */
    long runMerge(final int tasks) throws InterruptedException {
        final long startNs = System.nanoTime();
        final int last = submitMerge(tasks);
        final int done = events.awaitDone();
        final long elapsedNs = System.nanoTime() - startNs;
        if (done != last) {
            throw new MusterException("done taskId=" + done + " must be " + last + ", the only one that is wanted");
        }
        requests.release(last);
        awaitRead();
        return elapsedNs;
    }

    /** Runs a graph; returns the nanoseconds until all that no other task needs was done. On return the scheduler has forgotten it. */
    long run(final GraphShape graph) throws InterruptedException {
        final int[] ends = graph.ends();
        final int first = nextTask;
        final long startNs = System.nanoTime();
        int end = 0;
        for (int i = 0; i < graph.tasks(); i++) {
            final int[] inputs = graph.inputs(i);
            for (int j = 0; j < inputs.length; j++) {
                inputs[j] += first;
            }
            final boolean wanted = end < ends.length && ends[end] == i;
            end += wanted ? 1 : 0;
            final int more = i + 1 < graph.tasks() ? ClientRequests.MORE_OF_GRAPH : 0;
            submit(nextTask++, (wanted ? ClientRequests.WANTED : 0) | more, inputs);
            if (i % CHUNK == CHUNK - 1) {
                requests.flush();
            }
        }
        requests.flush();
        events.awaitDone(ends.length);
        final long elapsedNs = System.nanoTime() - startNs;
        for (final int done : ends) {
            requests.release(first + done);
        }
        awaitRead();
        return elapsedNs;
    }

    /** Returns the number of the task that depends on all others. */
    int submitMerge(final int tasks) {
        final int[] inputs = new int[tasks];
        for (int i = 0; i < tasks; i++) {
            inputs[i] = nextTask++;
            submit(inputs[i], ClientRequests.MORE_OF_GRAPH, NOTHING);
            if (i % CHUNK == CHUNK - 1) {
                requests.flush();
            }
        }
        final int last = nextTask++;
        submit(last, ClientRequests.WANTED, inputs);
        requests.flush();
        return last;
    }

    private void submit(final int taskId, final int flags, final int[] inputs) {
        requests.submit(taskId, FUNCTION, flags, inputs, PAYLOAD, null, TaskTerms.NONE);
    }

    /** Waits until the scheduler has read all that was sent. */
    private void awaitRead() throws InterruptedException {
        requests.whoHas(0, FIRST);
        events.awaitInfo();
    }

    /** Waits until the scheduler has read all that was sent, and checks how many tasks it then has. */
    void awaitAccepted(final int expected) throws InterruptedException {
        requests.info(0);
        final String info = events.awaitInfo();
        long tasks = 0;
        if (Json.parse(info) instanceof Map<?, ?> members && members.get("tasks") instanceof Map<?, ?> counts) {
            tasks = counts.values().stream()
                    .mapToLong(count -> ((Number) count).longValue())
                    .sum();
        }
        if (tasks != expected) {
            throw new MusterException("the scheduler's tasks=" + tasks + " must be " + expected);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
