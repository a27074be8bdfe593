package io.muster.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What is looked at and changed with every task of a worker. A JVM lays out a superclass's fields before those of its subclass, and so
 * these lie together: with many workers none is in a cache when its turn comes, and each line of memory costs as much as the decision.
 */
abstract sealed class WorkerLoad extends HeldSlots permits WorkerState {
    /** The time of what never comes. */
    static final long NEVER = Long.MAX_VALUE;

    final int number;
    final int threads;
    final long memoryLimitBytes;
    final Object peer;

    /** How many tasks may be assigned in any case, so that a thread finds the next one when it has done one. */
    final int minimumAssigned;

    int assigned;

    /** How many of them occupy no thread, as they wait for other tasks. */
    int seceded;

    /** How many tasks are in the worker's queue; it may have stale entries beside them. */
    int queued;

    int callCount;

    /** How many of the assigned tasks had inputs to fetch for a good part of their time. */
    int fetching;

    /** How many actors it holds or makes. */
    int actors;

    /** How many results it holds. */
    int heldCount;

    /** Up to where {@link #held} was looked through for what others need, and up to where nothing is left of that. */
    int copied;

    int safe;

    /** Expected work, of what is assigned and what is queued. */
    long occupancyUs;

    /** Expected work of what is queued. */
    long queuedUs;

    long storedBytes;

    /** Expected size of the results of what is assigned, if it has a limit. */
    long producingBytes;

    /** Since when all its threads have been busy and none of them came to an end. */
    long quietSinceNs;

    /** When its job is over. */
    long endAtNs = NEVER;

    /** It gets no more tasks, and leaves once it has nothing to do and nothing that others need. */
    boolean draining;

    /** It gets no tasks and no data until it has memory again. */
    boolean paused;

    /** It was told to end for good, or to start anew. */
    boolean stopping;

    boolean gone;

    /** Whether runs were asked back, or not given back. */
    boolean wasAsked;

    /** Whether there may be retractions. */
    boolean mayRetract;

    /** What {@link Placement} has noted of it. */
    boolean isListedIdle;

    boolean isListedWithRoom;
    boolean isListedCrowded;

    /** What is assigned, in that order: that list lies in this object. */
    final SlotList runs = this;

    /** Tasks whose results were stored here, each at least once if it still is; others may have gone since; in this object too. */
    final HeldSlots held = this;

    /** What it was given before its inputs are there; made when first something may be. */
    @Nullable
    EarlyRuns early;

    /** What its runs hold of locks, queues and their like; made when one first asks. */
    @Nullable
    Party party;

    WorkerLoad(final int number, final int threads, final long memoryLimitBytes, final Object peer) {
        this.number = number;
        this.threads = threads;
        this.memoryLimitBytes = memoryLimitBytes;
        this.peer = peer;
        this.minimumAssigned = threads + (threads + 9) / 10;
    }
}
