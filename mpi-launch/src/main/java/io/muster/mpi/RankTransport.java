package io.muster.mpi;

/**
 * How the ranks of one launch tell each other a few hundred bytes at the start; used for nothing else. Calls come from one thread, the
 * one that opened it, on all ranks in the same order.
 */
public interface RankTransport extends AutoCloseable {
    /**
     * What it is, for messages.
     *
     * @return such as {@code pmi-1}
     */
    String name();

    /**
     * This process's number.
     *
     * @return 0 to {@link #size} - 1
     */
    int rank();

    /**
     * How many processes were launched.
     *
     * @return at least 1
     */
    int size();

    /**
     * This process's number among those on its node.
     *
     * @return 0 to {@link #localSize} - 1
     */
    int localRank();

    /**
     * How many of the processes are on this node.
     *
     * @return at least 1; {@link #size} if that is not known
     */
    int localSize();

    /**
     * Gives bytes of one rank to all.
     *
     * @param bytes what the root has to say, at most 700 bytes; on other ranks not looked at
     * @param root the rank that says it
     * @return the root's bytes, on every rank
     * @throws MpiLaunchException if they do not come in time, or the launcher says no
     */
    byte[] broadcast(byte[] bytes, int root);

    /**
     * Waits until all ranks have come here. A waiting rank uses no CPU.
     *
     * @throws MpiLaunchException if they do not in time
     */
    void barrier();

    /**
     * Whether other ranks live in this JVM, so that none of them may end it.
     *
     * @return true if ranks are threads, as in MPJ Express's multicore mode; by default false
     */
    default boolean sharesJvm() {
        return false;
    }

    /**
     * Takes leave of the launcher: from here on the launcher only looks at exit codes. Does nothing the second time.
     */
    @Override
    void close();
}
