package io.muster.scheduler;

import java.util.List;

/**
 * All that is known of a task.
 *
 * @param task the task
 * @param why where it is and why, to follow its key
 * @param inputs the first of what it is made from
 * @param inputCount how many there are in all
 * @param dependents some of those that are made from it
 * @param dependentCount how many there are in all
 * @param holders the names of the workers that hold its result
 * @param attempt how often it was assigned
 * @param retriesLeft how often it may fail yet
 * @param deaths how the workers died that ran it
 * @param failure how it failed; empty if it did not
 */
public record TaskDetail(
        TaskSnapshot task,
        String why,
        List<TaskSnapshot> inputs,
        int inputCount,
        List<TaskSnapshot> dependents,
        int dependentCount,
        List<String> holders,
        int attempt,
        int retriesLeft,
        List<String> deaths,
        String failure) {}
