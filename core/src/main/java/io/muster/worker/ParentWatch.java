package io.muster.worker;

import java.io.IOException;
import java.io.InputStream;

/** Notices in a worker process that its nanny is gone: the pipe that is its standard input ends then. */
public final class ParentWatch {
    private ParentWatch() {}

    /**
     * Begins to watch, on a daemon thread.
     *
     * @param input the standard input
     * @param onGone what to do when it ends, commonly to exit
     */
    public static void start(final InputStream input, final Runnable onGone) {
        final Thread thread = new Thread(
                null,
                () -> {
                    awaitEnd(input);
                    onGone.run();
                },
                "muster-parent-watch",
                0,
                false);
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitEnd(final InputStream input) {
        final byte[] ignored = new byte[256];
        try {
            int count = 0;
            while (count >= 0) {
                count = input.read(ignored);
            }
        } catch (final IOException e) {
            return;
        }
    }
}
