package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.util.Map;

/** The text for a process that no launcher has started. */
final class NoLaunch {
    private static final String HOW =
            "Start the program with mpirun -np N, srun -n N or mpjrun -np N; or give each process RANK, WORLD_SIZE and"
                    + " -D" + LaunchOptions.DIRECTORY + "=a directory that all of them see";

    private NoLaunch() {}

    static String describe(final Launch launch) {
        final Map<String, String> environment = launch.environment();
        if (environment.containsKey("SLURM_JOB_ID") && !environment.containsKey("SLURM_STEP_ID")) {
            return "This process runs in a batch script of Slurm, SLURM_JOB_ID=" + environment.get("SLURM_JOB_ID")
                    + ", but not in a step, and so there is only one of it. In the script, put srun or mpirun before"
                    + " the command";
        }
        return "This process was not started by a launcher of parallel programs. " + HOW;
    }
}
