package io.muster.jobqueue.pbs;

import io.muster.MemorySize;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.Directives;
import io.muster.jobqueue.JobKey;
import io.muster.jobqueue.JobKeys;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.WalltimeForms;
import io.muster.jobqueue.command.CommandRunner;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The batch system PBS: OpenPBS, PBS Pro, Torque. */
public final class Pbs implements BatchSystem {
    /** What a job gets, in PBS's own words, if not its cores and memory. */
    public static final JobKey<String> RESOURCE_SPEC = JobKeys.resourceSpec("select=1:ncpus=8:mem=24GB");

    private static final JobKey<?> WALLTIME =
            JobKey.walltime(new WalltimeForms(List.of("H:M:S", "D:H:M:S", "M:S", "S"), "(?:\\.[0-9]{1,9})?", Set.of()));
    private static final String ACCOUNT_VARIABLE = "PBS_ACCOUNT";
    private static final int UNIT = 1024;
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB");
    private static final int LEAST = 10;

    /** Makes one. */
    public Pbs() {}

    @Override
    public String name() {
        return "pbs";
    }

    @Override
    public List<JobKey<?>> keys() {
        return List.of(RESOURCE_SPEC, WALLTIME);
    }

    @Override
    public JobSettings completed(final JobSettings settings, final Map<String, String> environment) {
        return settings.withFallback(
                JobKeys.ACCOUNT,
                environment.getOrDefault(ACCOUNT_VARIABLE, ""),
                "the environment variable " + ACCOUNT_VARIABLE);
    }

    @Override
    public List<String> headerLines(final JobSpec spec) {
        final String resources = "select=1:ncpus=" + spec.cores() + ":mem=" + memory(spec.memory())
                + (spec.gpus() > 0 ? ":ngpus=" + spec.gpus() : "");
        return new Directives("#PBS")
                .add("-N", spec.name())
                .add("-q", spec.queue())
                .add("-A", spec.account())
                .add("-l", Objects.requireNonNullElse(spec.get(RESOURCE_SPEC), resources))
                .add("-l", "walltime=%s", spec.walltime())
                .add("-e", "%s/", spec.logDirectory())
                .add("-o", "%s/", spec.logDirectory())
                .lines(spec);
    }

    @Override
    public List<String> jobIdLines() {
        return List.of("muster_job=${PBS_JOBID:-$$}");
    }

    @Override
    public List<String> jobEndLines(final long seconds) {
        return seconds > 0
                ? BatchSystem.super.jobEndLines(seconds)
                : List.of("muster_end=${PBS_WALLTIME:+$(($(date +%s) + ${PBS_WALLTIME:-0}))}");
    }

    @Override
    public List<String> commandVariables() {
        return List.of("PBS_CONF_FILE", "PBS_EXEC", "PBS_SERVER");
    }

    @Override
    public BatchQueue queue(final CommandRunner runner) {
        return new PbsQueue(runner, ZoneId.systemDefault());
    }

    /** Rounded up, in the largest binary unit of which there are at least ten, with the names that PBS gives them. */
    static String memory(final MemorySize size) {
        long unit = 1;
        int index = 0;
        while (index < UNITS.size() - 1 && size.bytes() >= LEAST * UNIT * unit) {
            unit *= UNIT;
            index++;
        }
        return (size.bytes() - 1) / unit + 1 + UNITS.get(index);
    }
}
