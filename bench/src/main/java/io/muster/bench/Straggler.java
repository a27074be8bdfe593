package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Has a process hang: stopped for a second, running for half of one, again and again. */
final class Straggler implements AutoCloseable {
    private static final long STOPPED_MS = 1000;
    private static final long RUNNING_MS = 500;

    private final long pid;
    private final Thread thread = new Thread(this::run, "straggler");

    Straggler(final long pid) {
        this.pid = pid;
        thread.setDaemon(true);
    }

    void begin() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                signal("STOP");
                TimeUnit.MILLISECONDS.sleep(STOPPED_MS);
                signal("CONT");
                TimeUnit.MILLISECONDS.sleep(RUNNING_MS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal(final String name) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (final IOException e) {
            throw new MusterException("can't run kill: " + e.getMessage(), e);
        }
    }

    /** Lets the process run again. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
            signal("CONT");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
