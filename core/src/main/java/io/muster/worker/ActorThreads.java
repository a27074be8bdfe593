package io.muster.worker;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** Makes the calls of a worker's actors: of each actor one at a time, in the order of their assignment, beside the threads that run tasks. */
final class ActorThreads implements AutoCloseable {
    /*
     * An actor with calls has a line, from the first of them until none is left, and a thread that makes them; an actor without has
     * neither. A call is over before the next one is taken, so what one did to the actor is seen by the next, on whatever thread. So many
     * threads as actors are at work: whoever waits in a call keeps no other actor waiting.
     */
    private static final long IDLE_S = 10;

    private final Long2ObjectHashMap<Queue<Run>> lines = new Long2ObjectHashMap<>();
    private final Map<Thread, TaskExecutor> executors = new ConcurrentHashMap<>();
    private final Supplier<TaskExecutor> maker;
    private final ThreadPoolExecutor threads;

    /**
     * Makes none yet.
     *
     * @param maker makes what makes the calls on a thread
     */
    ActorThreads(final WorkerSettings settings, final Supplier<TaskExecutor> maker) {
        this.maker = maker;
        final AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_S, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    final Runnable named = () -> {
                        try {
                            work.run();
                        } finally {
                            executors.remove(Thread.currentThread());
                        }
                    };
                    final String name = "muster-" + settings.name() + "-actor-" + count.getAndIncrement();
                    final Thread thread = new Thread(null, named, name, 0, false);
                    thread.setDaemon(true);
                    thread.setContextClassLoader(settings.classLoader());
                    return thread;
                });
    }

    /** A call whose actor is here waits for its turn. */
    void add(final Run call) {
        final long actor = call.inputs[0];
        synchronized (lines) {
            final Queue<Run> line = lines.get(actor);
            if (line != null) {
                line.add(call);
                return;
            }
            final Queue<Run> begun = new ArrayDeque<>();
            begun.add(call);
            lines.put(actor, begun);
        }
        try {
            threads.execute(() -> makeCalls(actor));
        } catch (final RejectedExecutionException e) {
            end(actor);
        }
    }

    /** Interrupts the user code of a call if that is under way. */
    void interrupt(final Run call) {
        executors.values().forEach(executor -> executor.cancel(call));
    }

    /** Whether a report waits since before the given time. */
    boolean leftReportBehind(final long beforeNs) {
        return executors.values().stream().anyMatch(executor -> executor.leftReportBehind(beforeNs));
    }

    /** Interrupts all; no call is made any more. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void makeCalls(final long actor) {
        final TaskExecutor executor = executors.computeIfAbsent(Thread.currentThread(), this::newExecutor);
        executor.makeCalls(() -> next(actor));
    }

    private TaskExecutor newExecutor(final Thread thread) {
        final TaskExecutor executor = maker.get();
        executor.thread(thread);
        return executor;
    }

    /** The next call of an actor; null when there is none: then a later one begins anew. */
    private @Nullable Run next(final long actor) {
        synchronized (lines) {
            final Queue<Run> line = lines.get(actor);
            final Run next = line == null ? null : line.poll();
            if (next == null) {
                lines.remove(actor);
            }
            return next;
        }
    }

    private void end(final long actor) {
        synchronized (lines) {
            lines.remove(actor);
        }
    }
}
