package io.muster;

import java.time.Instant;

/**
 * A line of a process's log.
 *
 * @param at when it was written
 * @param level {@code ERROR}, {@code WARN}, {@code INFO}…
 * @param who the logger's name
 * @param text what it says, with a stack trace if there was one
 */
public record LogLine(Instant at, String level, String who, String text) {
    @Override
    public String toString() {
        return at + " " + level + " " + who + " - " + text;
    }
}
