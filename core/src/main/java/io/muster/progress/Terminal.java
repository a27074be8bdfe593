package io.muster.progress;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What something is shown on.
 *
 * @param moves whether a line can be drawn over
 * @param columns how many characters fit into a line
 */
public record Terminal(boolean moves, int columns) {
    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;
    private static final int MOST_COLUMNS = 1000;
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final File CONTROLLING = new File("/dev/tty");
    private static final long PATIENCE_MS = 500;

    /**
     * What standard error is shown on. How wide it is says {@code COLUMNS}, else the terminal itself, else it is 80; within 20 and 1000.
     *
     * @param environment the variables {@code TERM} and {@code COLUMNS} count
     * @return a terminal, or a file, which does not move
     */
    public static Terminal ofStandardError(final Map<String, String> environment) {
        final boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        final boolean moves = !dumb && isTerminal(STANDARD_ERROR);
        final String columns = environment.getOrDefault("COLUMNS", "");
        return new Terminal(moves, columns(columns.isEmpty() && moves ? asked() : columns));
    }

    /**
     * Whether a person reads what is printed to standard output.
     *
     * @return false if it goes to a file or another program
     */
    public static boolean isStandardOutput() {
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

    /** Shells know how wide the terminal is, but do not tell their children. */
    private static String asked() {
        try {
            final Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(CONTROLLING)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            final String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            return size.length == 2 && !size[1].equals("0") ? size[1] : "";
        } catch (final IOException e) {
            return "";
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
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
