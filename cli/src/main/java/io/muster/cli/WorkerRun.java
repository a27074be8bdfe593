package io.muster.cli;

import io.muster.config.Settings;
import io.muster.worker.WorkerNode;

/** A worker in this JVM. */
final class WorkerRun {
    private final Settings settings;

    WorkerRun(final Settings settings) {
        this.settings = settings;
    }

    int call() throws InterruptedException {
        final WorkerNode worker = WorkerNode.start(settings);
        final Shutdown shutdown = Shutdown.first(() -> {
            worker.drain("asked to end");
            worker.close();
        });
        try {
            return worker.awaitExit() == 0 ? 0 : 1;
        } finally {
            shutdown.forget();
            if (!Shutdown.hasBegun()) {
                worker.close();
            }
        }
    }
}
