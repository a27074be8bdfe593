package io.muster.mpi;

import io.muster.MusterException;
import org.jspecify.annotations.Nullable;

/** A launch that cannot become a cluster. */
public final class MpiLaunchException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was found, what is required, and the way out
     * @param cause what was thrown, or null
     */
    public MpiLaunchException(final String message, final @Nullable Throwable cause) {
        super(message, cause);
    }
}
