package io.muster.scheduler;

import java.util.Map;

/**
 * The tasks of all functions of one name, at one moment.
 *
 * @param function the name; {@code data} for data that clients placed
 * @param tasks how many there are
 * @param states how many are in each state, by its name
 * @param runsEnded how many runs ended since the function is known, those of tasks that are gone included
 * @param meanSeconds how long a run took in the mean; -1: none has ended
 */
public record FunctionSnapshot(
        String function, long tasks, Map<String, Long> states, long runsEnded, double meanSeconds) {}
