package io.muster.worker;

import io.muster.security.Identity;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** A worker's key and certificate, made while it does what else is due at its start: to load what makes them takes as long as all that. */
final class WorkerIdentity {
    private WorkerIdentity() {}

    /** Begins to make one, on a thread of its own. */
    static Future<Identity> begin() {
        final FutureTask<Identity> made = new FutureTask<>(Identity::create);
        final Thread thread = new Thread(null, made, "muster-worker-identity", 0, false);
        thread.setDaemon(true);
        thread.start();
        return made;
    }
}
