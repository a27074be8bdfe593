package io.muster.diagnosis;

import io.muster.LogLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The last log lines of this process, for clients who ask. It knows no logging system: an appender of the one in use feeds it, as that of
 * the {@code muster} command does.
 */
public final class LogRing {
    private static final int LINES = 10_000;
    private static final int MAX_TEXT = 4_000;
    private static final LogRing PROCESS = new LogRing();

    private final Deque<LogLine> lines = new ArrayDeque<>();

    private LogRing() {}

    /**
     * The one of this process.
     *
     * @return the ring
     */
    public static LogRing ofProcess() {
        return PROCESS;
    }

    /**
     * Adds a line; the oldest goes.
     *
     * @param line the line; of a long text the beginning is kept
     */
    public synchronized void add(final LogLine line) {
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(
                line.text().length() <= MAX_TEXT
                        ? line
                        : new LogLine(
                                line.at(), line.level(), line.who(), line.text().substring(0, MAX_TEXT) + "…"));
    }

    /**
     * The last lines.
     *
     * @param limit how many at most
     * @return the lines, oldest first
     */
    public synchronized List<LogLine> last(final int limit) {
        final List<LogLine> all = new ArrayList<>(lines);
        return List.copyOf(all.subList(Math.max(0, all.size() - Math.max(0, limit)), all.size()));
    }
}
