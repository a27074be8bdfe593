package io.muster.jobqueue.command;

/** What to say about a program that is not there. */
final class NotFound {
    private NotFound() {}

    static String message(final String program, final String where) {
        final String module = module(program);
        return program + " is not on " + where
                + (module.isEmpty()
                        ? "; install it, or add its folder to PATH"
                        : "; is this a login node? If so, load the batch system first, such as: module load " + module);
    }

    private static String module(final String program) {
        return switch (program) {
            case "sbatch", "squeue", "scancel", "sacct", "scontrol", "sinfo", "sacctmgr" -> "slurm";
            case "bsub", "bjobs", "bkill", "bhist", "bacct", "bhosts", "bqueues" -> "lsf";
            case "qsub", "qstat", "qdel" -> "pbs (or sge)";
            case "qselect", "tracejob", "pbsnodes" -> "pbs";
            case "qacct", "qhost", "qconf" -> "sge";
            default -> "";
        };
    }
}
