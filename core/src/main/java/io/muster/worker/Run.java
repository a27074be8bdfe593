package io.muster.worker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One assignment of a task to this worker. The state, the arguments and the count of missing inputs are guarded by the
 * run table.
 */
final class Run {
    private static final Object[] NO_ARGUMENTS = {};
    private static final long[] NO_INPUTS = {};
    private static final int[][] NO_HOLDERS = {};

    final long runId;
    final long task;
    final long functionId;
    final int attempt;
    final int flags;
    final Object payload;
    final @Nullable String key;
    final long[] inputs;
    final int[][] holders;
    final @Nullable Object[] arguments;
    State state = State.NEW;
    int missing;
    boolean onThread;

    /** Whether all that it waits for is computed here. */
    boolean isToFollow;

    /** Whether it runs for long, or may. */
    boolean takesLong;

    /** Runs here that have its result as an input, and wait for it. */
    private @Nullable List<InputFetch.Waiting> expecting;

    /** Whether inputs had to be brought from other workers. */
    boolean hasFetched;

    /** When it came, if it has inputs, and when it could start; by the worker's clock. */
    long assignedNs;

    long readyNs;

    Run(
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final Object payload,
            final @Nullable String key) {
        this.runId = runId;
        this.task = task;
        this.functionId = functionId;
        this.attempt = attempt;
        this.flags = flags;
        this.payload = payload;
        this.key = key;
        if (inputs.length == 0) {
            this.inputs = NO_INPUTS;
            this.holders = NO_HOLDERS;
            this.arguments = NO_ARGUMENTS;
        } else {
            final int count = countArguments(runId, inputs, holders);
            this.inputs = new long[count];
            this.holders = new int[count][];
            this.arguments = new Object[count];
            splitAlternates(inputs, holders);
        }
    }

    /** Another run has the result of this one as an input. */
    void expect(final Run by, final int argument) {
        if (expecting == null) {
            expecting = new ArrayList<>(2);
        }
        expecting.add(new InputFetch.Waiting(by, argument));
    }

    List<InputFetch.Waiting> expecting() {
        return expecting == null ? List.of() : expecting;
    }

    boolean wantsSmallResult() {
        return (flags & WorkerCommands.SEND_SMALL_RESULT) != 0;
    }

    /** Whether it may be the only run of its task, and has to ask before it begins. */
    boolean isOnce() {
        return (flags & WorkerCommands.ONCE) != 0;
    }

    /** Whether its result is an actor. */
    boolean isOfActor() {
        return (flags & WorkerCommands.ACTOR) != 0;
    }

    /** Whether it calls an actor, its only input. */
    boolean isCall() {
        return (flags & WorkerCommands.CALL) != 0;
    }

    private static int countArguments(final long runId, final long[] inputs, final int[] holders) {
        if (holders.length != inputs.length || holders[0] < 0) {
            throw new IllegalArgumentException("run=" + runId + ": holders.length=" + holders.length
                    + " must equal inputs.length=" + inputs.length + ", and the first holder must not be an alternate");
        }
        int count = 0;
        for (final int holder : holders) {
            if (holder >= 0) {
                count++;
            }
        }
        return count;
    }

    private void splitAlternates(final long[] allInputs, final int[] allHolders) {
        int argument = 0;
        for (int from = 0; from < allInputs.length; argument++) {
            int to = from + 1;
            while (to < allHolders.length && allHolders[to] < 0) {
                to++;
            }
            final int[] here = new int[to - from];
            here[0] = allHolders[from];
            for (int i = 1; i < here.length; i++) {
                here[i] = ~allHolders[from + i];
            }
            inputs[argument] = allInputs[from];
            holders[argument] = here;
            from = to;
        }
    }

    /** Where a run is on its way. */
    enum State {
        /** Not yet admitted. */
        NEW,
        /** Waits for inputs. */
        FETCHING,
        /** Waits for a thread. */
        READY,
        /** User code runs. */
        RUNNING,
        /** Ended with a result. */
        DONE,
        /** Ended without a result. */
        FAILED,
        /** Of no use to the scheduler any more. */
        ABANDONED
    }
}
