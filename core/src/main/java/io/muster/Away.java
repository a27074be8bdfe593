package io.muster;

import io.muster.worker.RunningTask;
import org.jspecify.annotations.Nullable;

/** From its begin to its end, a task that waits for other tasks leaves its thread's slot to them; on other threads it does nothing. */
final class Away {
    /** Of those who do not wait. */
    static final Away NOWHERE = new Away(null);

    private final @Nullable RunningTask task;

    private Away(final @Nullable RunningTask task) {
        this.task = task;
    }

    static Away begin() {
        final RunningTask running = RunningTask.current();
        return running != null && running.secede() ? new Away(running) : NOWHERE;
    }

    /** Waits for a slot, unless the task is interrupted: then it goes on without, as it is to end. */
    void end() {
        if (task != null) {
            try {
                task.rejoin();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
