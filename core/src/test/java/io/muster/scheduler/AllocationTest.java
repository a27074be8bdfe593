package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * What a task allocates in the core once its tables have grown. It is counted, not timed, so it is the same on every machine: a limit that
 * is exceeded means that something new is made for each task.
 */
final class AllocationTest {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WORKERS = 24;
    private static final int TASKS = 1 << 13;
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 4;
    private static final byte[] PAYLOAD = {};

    /** Measured are 4 to 4.1: the four bytes by which a client's task number is found. */
    private static final double LIMIT_BYTES = 6;

    private final AnsweringEffects effects = new AnsweringEffects();
    private final SchedulerCore core = new SchedulerCore(effects, new CoreSettings(3, Long.MAX_VALUE / 4, true, 0));
    private final ClientState client = new ClientState(1, "client");
    private final int[] inputs = new int[TASKS];

    AllocationTest() {
        core.addClient(client);
        core.registerFunction(client, 0, PAYLOAD, "f");
        for (int number = 0; number < WORKERS; number++) {
            core.addWorker(0, new WorkerState(number, "w-" + number, "host", 1, 0, false, "worker"));
        }
    }

    @Test
    void aTaskOfAMapAllocatesNextToNothing() {
        assertThat(bytesPerTask(this::map)).isLessThan(LIMIT_BYTES);
    }

    @Test
    void aTaskOfAMergeAllocatesNextToNothing() {
        assertThat(bytesPerTask(this::merge)).isLessThan(LIMIT_BYTES);
    }

    @Test
    void aTaskOfATreeAllocatesNextToNothing() {
        assertThat(bytesPerTask(this::tree)).isLessThan(LIMIT_BYTES);
    }

    private double bytesPerTask(final Runnable graph) {
        for (int i = 0; i < WARM_UPS; i++) {
            graph.run();
        }
        final long before = THREAD.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            graph.run();
        }
        final long allocated = THREAD.getCurrentThreadAllocatedBytes() - before;
        assertThat(core.edges().count()).isZero();
        assertThat(client.live()).isZero();
        return (double) allocated / (ROUNDS * TASKS);
    }

    private void map() {
        final int first = client.nextTaskId();
        for (int i = 0; i < TASKS; i++) {
            submit(ClientRequests.WANTED, 0);
        }
        finish();
        for (int i = 0; i < TASKS; i++) {
            core.release(client, first + i);
        }
    }

    private void merge() {
        for (int i = 0; i < TASKS; i++) {
            inputs[i] = client.nextTaskId();
            submit(ClientRequests.MORE_OF_GRAPH, 0);
        }
        final int last = client.nextTaskId();
        submit(ClientRequests.WANTED, TASKS);
        finish();
        core.release(client, last);
    }

    /** Each of the second half of the tasks but one depends on two of those before it. */
    private void tree() {
        final int first = client.nextTaskId();
        for (int i = 0; i < TASKS - 1; i++) {
            final int pair = i - TASKS / 2;
            inputs[0] = first + 2 * pair;
            inputs[1] = first + 2 * pair + 1;
            final boolean isLast = i == TASKS - 2;
            submit(isLast ? ClientRequests.WANTED : ClientRequests.MORE_OF_GRAPH, pair < 0 ? 0 : 2);
        }
        finish();
        core.release(client, client.nextTaskId() - 1);
    }

    private void finish() {
        core.schedule();
        while (!effects.isIdle()) {
            effects.answer(core);
            core.schedule();
        }
    }

    private void submit(final int flags, final int count) {
        core.submit(client, client.nextTaskId(), 0, flags, inputs, count, PAYLOAD, null, TaskTerms.NONE);
    }
}
