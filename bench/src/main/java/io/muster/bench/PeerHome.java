package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A folder in which a peer is installed, apart from Muster's own class path. */
interface PeerHome {
    boolean isInstalled();

    /** Puts the peer there. */
    void install();

    /** What must be done for a peer that is not there. */
    String missing();

    /**
     * How a driver of the peer is started.
     *
     * @param directory of the process, where files may be put
     * @param driver the name of its script or class
     * @param arguments for the driver
     */
    List<String> command(Path directory, String driver, List<String> arguments) throws IOException;

    /** Sees to it that the peer is there, or tells how to. */
    default void require(final boolean install) {
        if (!isInstalled()) {
            if (!install) {
                throw new MusterException(missing());
            }
            install();
            if (!isInstalled()) {
                throw new MusterException(missing() + ". --install has just tried to");
            }
        }
    }

    /** Runs a command to its end without showing what it says. */
    static void run(final List<String> command) {
        final int exitCode = exitCode(command);
        if (exitCode != 0) {
            throw new MusterException("command=" + String.join(" ", command) + " ended with " + exitCode
                    + ", which must be 0: run it by hand to see why");
        }
    }

    static int exitCode(final List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (final IOException e) {
            throw new MusterException("can't run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while running " + command.get(0), e);
        }
    }
}
