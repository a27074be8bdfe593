package io.muster.worker;

import io.muster.diagnosis.CallTree;
import io.muster.graph.Call;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then, at all at once, at what the threads of a worker are doing that run tasks; reports it once a second. */
final class ProfileSampler implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileSampler.class);
    private static final long REPORT_NS = 1_000_000_000;
    private static final int MAX_NODES = 1_000;
    private static final int MAX_DEPTH = 256;
    private static final String CALL = Call.class.getName();

    /** Of its own time it takes no more than the 50th part: with many threads or deep stacks it looks less often. */
    private static final int PAUSE_FACTOR = 50;

    /** While no task runs it looks so many times less often. */
    private static final int IDLE_FACTOR = 30;

    private final long intervalNs;
    private final ExecutorPool pool;
    private final Functions functions;
    private final WorkerReports reports;
    private final Vigil vigil;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final CallTree tree = new CallTree(MAX_NODES);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    ProfileSampler(
            final long intervalNs,
            final ExecutorPool pool,
            final Functions functions,
            final WorkerReports reports,
            final Vigil vigil) {
        this.intervalNs = intervalNs;
        this.pool = pool;
        this.functions = functions;
        this.reports = reports;
        this.vigil = vigil;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        long reportedNs = System.nanoTime();
        while (!closed) {
            final long beginNs = System.nanoTime();
            boolean isAnyRunning = false;
            try {
                isAnyRunning = sample();
                if (!tree.isEmpty() && beginNs - reportedNs > REPORT_NS) {
                    reportedNs = beginNs;
                    reports.profile(tree.toText());
                    reports.flush();
                    tree.clear();
                }
            } catch (final RuntimeException e) {
                LOG.debug("can't look at what tasks do", e);
            }
            final long tookNs = System.nanoTime() - beginNs;
            final long pauseNs = Math.max(isAnyRunning ? intervalNs : intervalNs * IDLE_FACTOR, tookNs * PAUSE_FACTOR);
            if (tree.isEmpty()) {
                vigil.pause(pauseNs);
            } else {
                LockSupport.parkNanos(this, pauseNs);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private boolean sample() {
        final List<TaskExecutor> executors = new ArrayList<>();
        final List<Run> runs = new ArrayList<>();
        for (final TaskExecutor executor : pool.all()) {
            final Run run = executor.inUserCode();
            if (run != null) {
                executors.add(executor);
                runs.add(run);
            }
        }
        if (runs.isEmpty()) {
            return false;
        }
        final long[] ids = executors.stream()
                .mapToLong(executor -> executor.thread().getId())
                .toArray();
        final @Nullable ThreadInfo[] seen = threads.getThreadInfo(ids, MAX_DEPTH);
        for (int i = 0; i < seen.length; i++) {
            final ThreadInfo info = seen[i];
            if (info != null && executors.get(i).inUserCode() == runs.get(i)) {
                final StackTraceElement[] stack = info.getStackTrace();
                final int size = userCalls(stack);
                if (size > 0) {
                    tree.add(functions.get(runs.get(i).functionId).name(), stack, size);
                }
            }
        }
        return true;
    }

    /** How many of the innermost calls are those of the task. */
    private static int userCalls(final StackTraceElement[] stack) {
        for (int i = stack.length - 1; i >= 0; i--) {
            if (stack[i].getClassName().equals(CALL)) {
                int first = i;
                while (first > 0 && stack[first - 1].getClassName().equals(CALL)) {
                    first--;
                }
                return first;
            }
        }
        return stack.length == MAX_DEPTH ? MAX_DEPTH : 0;
    }
}
