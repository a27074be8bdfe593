package io.muster;

import java.time.Instant;

/**
 * Something that happened in a cluster, see {@link Client#events}.
 *
 * @param at when
 * @param topic what it is about: {@code all}, a worker's name, {@code print}, {@code log}, or a topic of the program's own
 * @param who {@code scheduler}, a worker's name, or {@code client-} and a number
 * @param text what happened
 */
public record ClusterEvent(Instant at, String topic, String who, String text) {
    @Override
    public String toString() {
        return at + " " + topic + " " + who + ": " + text;
    }
}
