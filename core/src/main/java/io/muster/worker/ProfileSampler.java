package io.muster.worker;

import io.muster.diagnosis.CallTree;
import io.muster.graph.Call;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then at what the threads of a worker are doing that run tasks, and reports it once a second. */
final class ProfileSampler implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileSampler.class);
    private static final long REPORT_NS = 1_000_000_000;
    private static final int MAX_NODES = 1_000;
    private static final String CALL = Call.class.getName();

    /** Of its own time it takes no more than the 50th part: with many threads or deep stacks it looks less often. */
    private static final int PAUSE_FACTOR = 50;

    /** While no task runs it looks so many times less often. */
    private static final int IDLE_FACTOR = 10;

    private final long intervalNs;
    private final ExecutorPool pool;
    private final Functions functions;
    private final WorkerReports reports;
    private final CallTree tree = new CallTree(MAX_NODES);
    private volatile boolean closed;

    ProfileSampler(
            final long intervalNs, final ExecutorPool pool, final Functions functions, final WorkerReports reports) {
        this.intervalNs = intervalNs;
        this.pool = pool;
        this.functions = functions;
        this.reports = reports;
    }

    @Override
    public void run() {
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
            LockSupport.parkNanos(
                    this, Math.max(isAnyRunning ? intervalNs : intervalNs * IDLE_FACTOR, tookNs * PAUSE_FACTOR));
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private boolean sample() {
        boolean isAnyRunning = false;
        for (final TaskExecutor executor : pool.all()) {
            final Run run = executor.inUserCode();
            if (run != null) {
                isAnyRunning = true;
                final StackTraceElement[] stack = executor.thread().getStackTrace();
                if (executor.inUserCode() == run) {
                    final int size = userCalls(stack);
                    if (size > 0) {
                        tree.add(functions.get(run.functionId).name(), stack, size);
                    }
                }
            }
        }
        return isAnyRunning;
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
        return 0;
    }
}
