package io.muster;

import io.muster.data.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The workers that a client was told of. */
final class WorkerDirectory {
    private final Map<Integer, WorkerAddress> workers = new TreeMap<>();

    synchronized void up(final WorkerAddress worker) {
        workers.put(worker.number(), worker);
        notifyAll();
    }

    synchronized void down(final int number) {
        workers.remove(number);
        notifyAll();
    }

    synchronized void wake() {
        notifyAll();
    }

    synchronized boolean isUp(final int number) {
        return workers.containsKey(number);
    }

    synchronized String name(final int number) {
        final WorkerAddress worker = workers.get(number);
        return worker == null ? "#" + number : worker.name();
    }

    synchronized int size() {
        return workers.size();
    }

    synchronized List<WorkerInfo> list() {
        return workers.values().stream()
                .map(w -> new WorkerInfo(w.number(), w.name(), w.threads(), w.host()))
                .toList();
    }

    synchronized void await(
            final int expected, final Duration timeout, final Supplier<? extends @Nullable MusterException> ended)
            throws InterruptedException {
        awaitReplaced(List.of(), expected, timeout, ended);
    }

    /** Waits until certain workers are gone and there are as many as expected. */
    synchronized void awaitReplaced(
            final List<Integer> leaving,
            final int expected,
            final Duration timeout,
            final Supplier<? extends @Nullable MusterException> ended)
            throws InterruptedException {
        final long startNs = System.nanoTime();
        final long timeoutNs = Waiting.nanos(timeout);
        while (workers.size() < expected || leaving.stream().anyMatch(workers::containsKey)) {
            final MusterException end = ended.get();
            if (end != null) {
                throw end;
            }
            final long leftNs = timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                throw new WaitTimeoutException("workers=" + workers.size() + " must be >= " + expected + " within "
                        + Waiting.text(timeout) + ": see the workers' logs, start more, or wait longer; connected: "
                        + workers.values().stream().map(WorkerAddress::name).toList());
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, leftNs));
        }
    }
}
