package io.muster.jobqueue.slurm;

import io.muster.MemorySize;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.Directives;
import io.muster.jobqueue.JobKey;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.WalltimeForms;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The batch system Slurm. */
public final class Slurm implements BatchSystem {
    /** The CPUs that a job gets, if not its cores. */
    public static final JobKey<Integer> JOB_CPU = JobKey.number("job-cpu", 1, 65_536);

    /** The memory that a job gets, if not its memory, in Slurm's own words; 0 is all that the node has. */
    public static final JobKey<String> JOB_MEM = JobKey.text(
            "job-mem", "[0-9]{1,15}([KMGTkmgt][Bb]?)?", "must be a whole number and K, M, G or T, such as 100G");

    private static final JobKey<?> WALLTIME = JobKey.walltime(new WalltimeForms(
            List.of("H:M:S", "D-H:M:S", "D-H:M", "D-H", "M:S", "M"), "", Set.of("UNLIMITED", "INFINITE")));
    private static final int UNIT = 1024;
    private static final String UNITS = "KMG";

    /** Makes one. */
    public Slurm() {}

    @Override
    public String name() {
        return "slurm";
    }

    @Override
    public List<JobKey<?>> keys() {
        return List.of(JOB_CPU, JOB_MEM, WALLTIME);
    }

    @Override
    public List<String> headerLines(final JobSpec spec) {
        final String name = LogNames.stem(spec);
        final String jobMem = spec.get(JOB_MEM);
        return new Directives("#SBATCH")
                .add("-J", spec.name())
                .add("-e", "%s/" + name + "-%%J.err", spec.logDirectory())
                .add("-o", "%s/" + name + "-%%J.out", spec.logDirectory())
                .add("-p", spec.queue())
                .add("-A", spec.account())
                .add("-n", 1)
                .add("-N", 1)
                .add("--cpus-per-task", Objects.requireNonNullElse(spec.get(JOB_CPU), spec.cores()))
                .add("--mem", jobMem == null ? memory(spec.memory()) : jobMem)
                .add("-t", spec.walltime())
                .add("--gres", "gpu:%s", spec.gpus() > 0 ? spec.gpus() : null)
                .lines(spec);
    }

    @Override
    public List<String> jobIdLines() {
        return List.of(
                "muster_job=${SLURM_JOB_ID:-$$}",
                "if [ -n \"${SLURM_ARRAY_JOB_ID:-}\" ] && [ -n \"${SLURM_ARRAY_TASK_ID:-}\" ]; then",
                "    muster_job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}",
                "fi");
    }

    @Override
    public List<String> jobEndLines(final long seconds) {
        if (seconds > 0) {
            return List.of("muster_end=${SLURM_JOB_END_TIME:-$(($(date +%s) + " + seconds + "))}");
        }
        final List<String> lines = new ArrayList<>(jobIdLines());
        lines.addAll(List.of(
                "muster_end=${SLURM_JOB_END_TIME:-}",
                "if [ -z \"$muster_end\" ] && [ -n \"${SLURM_JOB_ID:-}\" ]; then",
                "    muster_end=$(SLURM_TIME_FORMAT=%s timeout 5 squeue --noheader \"--jobs=$muster_job\" --format=%e"
                        + " 2>/dev/null) || muster_end=",
                "fi",
                "case $muster_end in",
                "    *[!0-9]*) muster_end= ;;",
                "esac"));
        return lines;
    }

    @Override
    public BatchQueue queue(final CommandRunner runner) {
        return new SlurmQueue(runner);
    }

    /** Rounded up, in the largest binary unit of which there is at least one; never less than a kibibyte. */
    static String memory(final MemorySize size) {
        long unit = UNIT;
        int index = 0;
        while (index < UNITS.length() - 1 && size.bytes() >= unit * UNIT) {
            unit *= UNIT;
            index++;
        }
        return (size.bytes() - 1) / unit + 1 + UNITS.substring(index, index + 1);
    }
}
