package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.worker.Nanny;
import io.muster.worker.StartLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.LoggerFactory;

/**
 * Nannies in this JVM, each with a worker process below it. They share out GPUs, and the cores unless told otherwise. That they are there
 * is logged only when the processes are on their way, as to set up the log takes a while; {@link Nanny} waits for it by the same lock.
 */
final class NannyRuns {
    private final Settings settings;
    private final int count;
    private final GpuPins gpus;

    NannyRuns(final Settings settings, final int count) {
        this(settings, count, System.getenv());
    }

    NannyRuns(final Settings settings, final int count, final Map<String, String> environment) {
        this.settings = settings;
        this.count = count;
        this.gpus = GpuPins.of(settings, environment, count);
    }

    /** Runs until all have ended: 0 if all went well. The first failure of another kind is thrown then. */
    int call() throws ExecutionException, InterruptedException {
        final List<FutureTask<Integer>> runs = new ArrayList<>();
        final CountDownLatch ready = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            final FutureTask<Integer> run =
                    new FutureTask<>(new NannyRun(settings(i), environment(i), ready::countDown)::call);
            runs.add(run);
            new Thread(
                            null,
                            () -> {
                                run.run();
                                ready.countDown();
                            },
                            "muster-nanny-" + i,
                            0,
                            false)
                    .start();
        }
        ready.await();
        synchronized (LoggerFactory.class) {
            LoggerFactory.getLogger(NannyRuns.class).info("{} processes={}", StartLine.of("nanny", settings), count);
        }
        int exitCode = 0;
        for (final FutureTask<Integer> run : runs) {
            exitCode = Math.max(exitCode, run.get());
        }
        return exitCode;
    }

    /** Those of one worker. */
    Settings settings(final int index) {
        final Settings own = gpus.offering(settings);
        final String name = own.get(Options.WORKER_NAME);
        final int threads = own.get(Options.WORKER_THREADS);
        final int share = Math.max(1, Runtime.getRuntime().availableProcessors() / count);
        return own.with(Options.WORKER_NAME, name.isEmpty() || count == 1 ? name : name + "-" + index)
                .with(Options.WORKER_THREADS, threads == 0 ? share : threads);
    }

    /** The variables of one worker, besides those of this process. */
    Map<String, String> environment(final int index) {
        return gpus.environment(index);
    }
}
