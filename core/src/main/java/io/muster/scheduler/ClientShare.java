package io.muster.scheduler;

/** A client's part in the cluster: its tasks that wait for any worker, and how many of its tasks workers have. */
final class ClientShare {
    final ReadyQueue queue = new ReadyQueue();

    /** How many of its tasks are assigned. */
    int assigned;

    /** When one was assigned last, counted in assignments. */
    long servedAt;

    /** Where it stands among those that have something in their queues, or {@link TaskTable#NONE}. */
    int place = TaskTable.NONE;

    /** Whether its next task goes before that of another client: it has fewer tasks at workers, or was not served for longer. */
    boolean isBefore(final ClientShare other) {
        return assigned != other.assigned ? assigned < other.assigned : servedAt < other.servedAt;
    }
}
