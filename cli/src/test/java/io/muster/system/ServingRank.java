package io.muster.system;

import io.muster.mpi.MpiLaunch;
import java.util.List;

/** What each rank of MPJ Express runs, whose launcher takes no command but a class: a part of a cluster for clients elsewhere. */
public final class ServingRank {
    private ServingRank() {}

    /** The program's only argument is the scheduler file. */
    public static void main(final String[] arguments) {
        final String schedulerFile = MpiLaunch.arguments(arguments)[0];
        final int exitCode = MpiLaunch.builder()
                .set("scheduler.file", schedulerFile)
                .workerName("mpi")
                .threads(2)
                .serve(arguments);
        if (exitCode != 0) {
            throw new IllegalStateException("a rank of " + List.of(arguments) + " ended with " + exitCode);
        }
    }
}
