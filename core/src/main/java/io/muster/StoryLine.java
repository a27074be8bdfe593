package io.muster;

import java.time.Instant;

/**
 * One thing that happened to a task, see {@link Client#story(TaskFuture)}.
 *
 * @param at when, to within a millisecond or so between hosts
 * @param who the scheduler, or a worker's name
 * @param what what happened
 * @param cause why; empty where that is plain
 */
public record StoryLine(Instant at, String who, String what, String cause) {
    @Override
    public String toString() {
        return at + " " + who + ": " + what + (cause.isEmpty() ? "" : " (" + cause + ")");
    }
}
