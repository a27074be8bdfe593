package io.muster.jobqueue.sge;

import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.Directives;
import io.muster.jobqueue.JobKey;
import io.muster.jobqueue.JobKeys;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.WalltimeForms;
import io.muster.jobqueue.command.CommandRunner;
import java.util.List;
import java.util.Set;

/**
 * The batch system Grid Engine. It has no words of its own for cores and memory: a site's resource list says both.
 *
 * <p>{@code h_vmem}, by which most sites give out memory, limits the address space, of which a JVM takes far more than it uses: under
 * {@code h_vmem=1G} it does not start unless {@code JAVA_TOOL_OPTIONS} in the prologue says something like {@code -Xmx256m -Xss512k
 * -XX:ReservedCodeCacheSize=64m -XX:MaxMetaspaceSize=96m -XX:CompressedClassSpaceSize=32m -XX:+UseSerialGC}; under 4G it does.
 *
 * <p>Jobs are not submitted with {@code -notify}: the signal USR2 that it asks for, like USR1 at {@code s_rt}, goes to all processes of a
 * job, and ends a JVM that has not yet taken it over.
 */
public final class Sge implements BatchSystem {
    /** What a job gets, in the site's own words. */
    public static final JobKey<String> RESOURCE_SPEC = JobKeys.resourceSpec("h_vmem=12G");

    private static final JobKey<?> NAME =
            JobKeys.name("[A-Za-z_][A-Za-z0-9_.+-]{0,199}", "must begin with a letter or _");
    private static final JobKey<?> WALLTIME = JobKey.walltime(
            new WalltimeForms(List.of("H:M:S", "H:M:", "H::S", "H::", ":M:S", ":M:", "::S", "S"), "", Set.of()));

    /** Makes one. */
    public Sge() {}

    @Override
    public String name() {
        return "sge";
    }

    @Override
    public List<JobKey<?>> keys() {
        return List.of(RESOURCE_SPEC, NAME, WALLTIME);
    }

    @Override
    public List<String> headerLines(final JobSpec spec) {
        return new Directives("#$")
                .add("-N", spec.name())
                .add("-q", spec.queue())
                .add("-P", spec.account())
                .add("-l", spec.get(RESOURCE_SPEC))
                .add("-l", "h_rt=%s", spec.walltime())
                .add("-l", "gpu=%s", spec.gpus() > 0 ? spec.gpus() : null)
                .add("-e", "%s/", spec.logDirectory())
                .add("-o", "%s/", spec.logDirectory())
                .add("-cwd")
                .add("-j", "y")
                .lines(spec);
    }

    @Override
    public List<String> jobIdLines() {
        return List.of(
                "muster_job=${JOB_ID:-$$}",
                "if [ \"${SGE_TASK_ID:-undefined}\" != undefined ]; then",
                "    muster_job=$muster_job.$SGE_TASK_ID",
                "fi");
    }

    @Override
    public List<String> commandVariables() {
        return List.of("SGE_ROOT", "SGE_CELL", "SGE_QMASTER_PORT", "SGE_EXECD_PORT", "SGE_CLUSTER_NAME");
    }

    @Override
    public BatchQueue queue(final CommandRunner runner) {
        return new SgeQueue(runner);
    }
}
