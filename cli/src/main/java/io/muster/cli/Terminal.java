package io.muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What standard error is shown on.
 *
 * @param moves whether a line can be drawn over
 * @param columns how many characters fit into a line
 */
record Terminal(boolean moves, int columns) {
    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;
    private static final int MOST_COLUMNS = 1000;
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    static Terminal ofStandardError(final Map<String, String> environment) {
        final boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(!dumb && isTerminal(STANDARD_ERROR), columns(environment.getOrDefault("COLUMNS", "")));
    }

    /** Whether a person reads what is printed. */
    static boolean isStandardOutput() {
        return isTerminal(STANDARD_OUTPUT);
    }

    private static boolean isTerminal(final Path descriptor) {
        try {
            final String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (final IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static int columns(final String text) {
        try {
            return Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, Integer.parseInt(text)));
        } catch (final NumberFormatException e) {
            return USUAL_COLUMNS;
        }
    }
}
