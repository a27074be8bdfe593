package io.muster.cli;

import io.muster.Client;
import io.muster.config.Json;
import io.muster.config.Settings;
import io.muster.mpi.MpiLaunch;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The demonstration in an MPI launch: rank 1 runs the programs, rank 0 is the scheduler, the others are workers. */
final class MpiDemo {
    private static final String NAME = "launch";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final double MS_PER_S = 1e3;

    private final PrintWriter out;
    private final boolean json;
    private final boolean tolerateWorkerFailure;
    private final Settings settings;

    MpiDemo(
            final PrintWriter out,
            final boolean json,
            final boolean tolerateWorkerFailure,
            final List<String> arguments) {
        this.out = out;
        this.json = json;
        this.tolerateWorkerFailure = tolerateWorkerFailure;
        Settings all = Settings.load();
        for (final String argument : arguments) {
            all = all.withArgument(argument);
        }
        this.settings = all;
    }

    /** Runs the programs on the client's rank, and waits on the others until they are over; gives the exit code. */
    int run(final Programs programs) {
        return MpiLaunch.builder()
                .settings(settings)
                .tolerateWorkerFailure(tolerateWorkerFailure)
                .execute(new String[0], client -> {
                    final double launchSeconds = firstTask(client);
                    final int workers = MpiLaunch.workers();
                    client.awaitWorkers(workers, START_TIMEOUT);
                    report(workers, launchSeconds);
                    return programs.run(client, workers);
                })
                .orElse(0);
    }

    /** What to do with a connected client and its workers; gives the exit code. */
    @FunctionalInterface
    interface Programs {
        int run(Client client, int workers);
    }

    private static double firstTask(final Client client) {
        client.submit(() -> 6 * 7).join();
        return LaunchClock.sinceLaunch().toMillis() / MS_PER_S;
    }

    private void report(final int workers, final double launchSeconds) {
        if (json) {
            final Map<String, Object> line = new LinkedHashMap<>();
            line.put("demo", NAME);
            line.put("workers", workers);
            line.put("launch_seconds", launchSeconds);
            out.println(Json.write(line));
        } else {
            out.printf(
                    Locale.ROOT, "launch: %.2fs from the launcher's start to the first task's result%n", launchSeconds);
        }
        out.flush();
    }
}
