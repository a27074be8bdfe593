package io.muster.testing;

import org.jspecify.annotations.Nullable;

/**
 * What came of a simulated cluster.
 *
 * @param seed its seed
 * @param events how many events there were
 * @param hash a digest of all that happened: the same for the same seed
 * @param failure what went wrong; null if nothing did
 */
public record Outcome(
        long seed, long events, long hash, @Nullable Throwable failure) {
    /**
     * Whether nothing went wrong.
     *
     * @return whether it passed
     */
    public boolean passed() {
        return failure == null;
    }

    /**
     * What went wrong, in a line.
     *
     * @return the message; empty if nothing did
     */
    public String message() {
        if (failure == null) {
            return "";
        }
        return failure instanceof AssertionError ? String.valueOf(failure.getMessage()) : failure.toString();
    }
}
