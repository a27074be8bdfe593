package io.muster.scheduler;

/**
 * Which tasks are asked for. An empty text stands for any.
 *
 * @param state its name
 * @param function its name
 * @param worker the name of the one that runs them or holds their results
 * @param limit how many at most
 * @param offset how many to pass over
 */
public record TaskQuery(String state, String function, String worker, int limit, int offset) {}
