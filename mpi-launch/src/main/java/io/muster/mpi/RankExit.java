package io.muster.mpi;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How a rank's process ends. Where the ranks share one, only the client's may end it, when the cluster has ended. */
final class RankExit {
    private static final int FAILED = 1;
    private static final long HALT_AFTER_S = 5;

    private RankExit() {}

    /** Waits until the rank's part of the cluster is over, then ends the JVM with its exit code; never returns. */
    static Error after(final Rank rank) {
        int exitCode = FAILED;
        try (rank) {
            exitCode = rank.awaitEnd();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!rank.sharesJvm()) {
            System.exit(exitCode);
        }
        while (true) {
            LockSupport.park(rank);
        }
    }

    /** Ends the cluster and the JVM when a thread has ended: the program's, where other ranks keep the JVM alive. */
    static void withThread(final Rank rank, final Thread program) {
        Daemons.start("muster-program-watch", () -> {
            program.join();
            rank.close();
            System.exit(0);
        });
    }

    /** The launcher is gone, and nobody would miss this process. */
    static void orphaned() {
        Daemons.start("muster-halt", () -> {
            TimeUnit.SECONDS.sleep(HALT_AFTER_S);
            Runtime.getRuntime().halt(FAILED);
        });
        System.exit(FAILED);
    }
}
