package io.muster.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * How a worker process ended.
 *
 * @param exitCode its exit code; 128 + n when signal n ended it
 * @param outOfMemory whether the kernel killed something of the job for its memory meanwhile
 * @param lifeNs how long it lived
 * @param worker the number that the scheduler gave it; empty if it never had a session
 * @param runs the runs that it was executing
 * @param reason why its nanny killed it; empty if it did not
 */
public record WorkerDeath(
        int exitCode, boolean outOfMemory, long lifeNs, OptionalInt worker, List<Long> runs, String reason) {
    private static final int SIGNALLED = 128;
    private static final int MAX_SIGNAL = 64;

    /** Copies the runs. */
    public WorkerDeath {
        runs = List.copyOf(runs);
    }

    static WorkerDeath of(
            final int exitCode,
            final boolean outOfMemory,
            final long lifeNs,
            final OptionalInt worker,
            final long[] runs,
            final String reason) {
        return new WorkerDeath(
                exitCode,
                outOfMemory,
                lifeNs,
                worker,
                Arrays.stream(runs).boxed().toList(),
                reason);
    }

    /**
     * How it ended, for people.
     *
     * @return for example {@code killed by signal 9 (SIGKILL), out of memory: the cgroup's limit was reached}
     */
    public String text() {
        if (!reason.isEmpty()) {
            return "ended by its nanny: " + reason;
        }
        if (exitCode == Nanny.EXIT_OUT_OF_MEMORY) {
            return "exit code " + exitCode + ", out of memory: its heap was full";
        }
        final int signal = exitCode - SIGNALLED;
        final String end = signal > 0 && signal <= MAX_SIGNAL
                ? "killed by signal " + signal + name(signal)
                : "exit code " + exitCode;
        return outOfMemory ? end + ", out of memory: the cgroup's limit was reached" : end;
    }

    /** Command-line arguments that tell the next process of it. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>(List.of("--last-death", text()));
        worker.ifPresent(number -> arguments.addAll(List.of("--last-worker", Integer.toString(number))));
        if (!runs.isEmpty()) {
            arguments.addAll(
                    List.of("--last-runs", runs.stream().map(Object::toString).collect(Collectors.joining(","))));
        }
        return arguments;
    }

    private static String name(final int signal) {
        return switch (signal) {
            case 1 -> " (SIGHUP)";
            case 2 -> " (SIGINT)";
            case 6 -> " (SIGABRT)";
            case 9 -> " (SIGKILL)";
            case 11 -> " (SIGSEGV)";
            case 15 -> " (SIGTERM)";
            case 24 -> " (SIGXCPU)";
            default -> "";
        };
    }
}
