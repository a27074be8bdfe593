package io.muster.scheduler;

/**
 * A task at one moment.
 *
 * @param id never used again while the scheduler lives
 * @param key the user's, or one made of the function's name
 * @param function its name
 * @param state its name
 * @param worker the name of the one that runs it or holds its result; empty: none
 * @param priority the user's, higher goes first
 * @param bytes size of its result; 0: there is none, or it is not known
 */
public record TaskSnapshot(
        long id, String key, String function, String state, String worker, long priority, long bytes) {}
