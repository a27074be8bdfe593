package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code muster worker} is to do.
 *
 * @param settings of its worker
 * @param processes how many there are to be
 */
record WorkerStart(Settings settings, int processes) {
    private static final int MAX_PROCESSES = 4096;

    /** Why it can't be done; null if it can. */
    @Nullable
    String problem() {
        if (processes < 1 || processes > MAX_PROCESSES) {
            return "--processes=" + processes + " must be in 1.." + MAX_PROCESSES;
        }
        if (processes > 1 && !settings.get(Options.WORKER_NANNY)) {
            return "--processes=" + processes + " needs --nanny, which looks after them";
        }
        final int gpus = settings.get(Options.WORKER_GPUS_PER_PROCESS);
        if (gpus > 0 && !settings.get(Options.WORKER_NANNY)) {
            return Options.WORKER_GPUS_PER_PROCESS + "=" + gpus + " needs --nanny, which sets the worker's environment";
        }
        return null;
    }

    /** Runs until all has ended; gives the exit code. */
    int call() throws ExecutionException, InterruptedException {
        Logging.beTalkative();
        return settings.get(Options.WORKER_NANNY)
                ? new NannyRuns(settings, processes).call()
                : new WorkerRun(settings).call();
    }
}
