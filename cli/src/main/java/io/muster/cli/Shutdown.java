package io.muster.cli;

/** Cleans up when the JVM is asked to end by Ctrl-C or SIGTERM, before it ends with 130 or 143. */
final class Shutdown {
    private static volatile boolean begun;

    private final Thread hook;

    private Shutdown(final Thread hook) {
        this.hook = hook;
    }

    /** Has something done when the JVM is asked to end; it may take its time. */
    static Shutdown first(final Runnable cleanUp) {
        final Thread hook = new Thread(
                null,
                () -> {
                    begun = true;
                    cleanUp.run();
                },
                "muster-shutdown",
                0,
                false);
        Runtime.getRuntime().addShutdownHook(hook);
        return new Shutdown(hook);
    }

    /** Whether the JVM is ending, so that failures are but a consequence. */
    static boolean hasBegun() {
        return begun;
    }

    /** Has it not done any more; without effect if the JVM is already ending. */
    void forget() {
        if (!begun) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (final IllegalStateException e) {
                begun = true;
            }
        }
    }
}
