package io.muster.jobqueue;

import io.muster.jobqueue.command.CommandRunner;
import java.util.List;

/** A batch system without a will of its own. */
final class OneSystem implements BatchSystem {
    @Override
    public String name() {
        return "one";
    }

    @Override
    public List<JobKey<?>> keys() {
        return List.of();
    }

    @Override
    public List<String> headerLines(final JobSpec spec) {
        return new Directives("#ONE")
                .add("-J", spec.name())
                .add("-n", spec.cores())
                .add("-N", 1)
                .add("--mem", spec.memory())
                .add("-l", "walltime=%s", spec.walltime())
                .add("-l", "select=1:mem=8GB")
                .add("-P", "\"%s\"", spec.account())
                .add("-cwd")
                .lines(spec);
    }

    @Override
    public List<String> jobIdLines() {
        return List.of("muster_job=1");
    }

    @Override
    public BatchQueue queue(final CommandRunner runner) {
        throw new UnsupportedOperationException("this system has headers only");
    }
}
