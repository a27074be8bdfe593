package io.muster.jobqueue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a job may run.
 *
 * @param text as the batch system takes it
 * @param duration how long that is; null if there is no limit
 */
public record Walltime(String text, @Nullable Duration duration) {
    @Override
    public String toString() {
        return text;
    }
}
