package io.muster.system;

import io.muster.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whose turn it is to use the lab: classes of tests may run in two JVMs at once, but fill its nodes and stop its controller. A class takes
 * its turn by {@link ExtendWith}, a cluster of a class that has others too from its start to its end. Turns are of a JVM, whose tests run
 * one after the other: within one there may be others.
 */
final class LabTurn implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static FileChannel file;
    private static int turns;

    private boolean taken;

    /** Waits for the turn; closing the result ends it. */
    static LabTurn take() {
        final LabTurn turn = new LabTurn();
        turn.begin();
        return turn;
    }

    /** A cluster in the lab, whose end ends the turn. */
    static TestCluster during(final Supplier<TestCluster> starter) {
        final LabTurn turn = take();
        try {
            final TestCluster cluster = starter.get();
            return new TestCluster() {
                @Override
                public Client connect() {
                    return cluster.connect();
                }

                @Override
                public String logs() {
                    return cluster.logs();
                }

                @Override
                public void close() {
                    try (turn) {
                        cluster.close();
                    }
                }
            };
        } catch (final RuntimeException e) {
            turn.close();
            throw e;
        }
    }

    @Override
    public void beforeAll(final ExtensionContext context) {
        if (SlurmLab.isHere()) {
            begin();
        }
    }

    @Override
    public void afterAll(final ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        synchronized (LabTurn.class) {
            if (taken && --turns == 0) {
                try {
                    file.close();
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            taken = false;
        }
    }

    private void begin() {
        synchronized (LabTurn.class) {
            try {
                if (turns == 0) {
                    file = FileChannel.open(
                            SlurmLab.directory().resolve("turn"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    file.lock();
                }
                turns++;
                taken = true;
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
