package io.muster.mpi;

import org.jspecify.annotations.Nullable;

/**
 * A rank's number among all ranks and among those of its node.
 *
 * @param rank 0 to size - 1
 * @param size how many ranks there are
 * @param localRank the number on the node; negative if not known
 * @param localSize how many ranks are on the node; 0 if not known
 */
record Place(int rank, int size, int localRank, int localSize) {
    static final int UNKNOWN_RANK = -1;
    static final int UNKNOWN_SIZE = 0;

    Place {
        if (size < 1 || rank < 0 || rank >= size) {
            throw new MpiLaunchException(
                    "rank=" + rank + " size=" + size
                            + ": a rank must be in 0..size-1; the launcher's variables contradict" + " each other",
                    null);
        }
    }

    /** A place on a node of which nothing is known. */
    static Place anywhere(final int rank, final int size) {
        return new Place(rank, size, UNKNOWN_RANK, UNKNOWN_SIZE);
    }

    /** This place on the node that another source knows, if that means the same rank. */
    Place locatedBy(final @Nullable RankEnvironment environment) {
        return environment != null
                        && environment.place().rank() == rank
                        && environment.place().size() == size
                ? environment.place()
                : this;
    }

    /** Whether it is known that all ranks are on this node. */
    boolean onOneNode() {
        return localSize == size;
    }
}
