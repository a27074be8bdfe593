package io.muster.jobqueue;

import io.muster.jobqueue.manager.JobLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a builder of clusters was told, complete. */
record ClusterPlan(
        BatchSystem system,
        Map<String, JobSettings> groups,
        JobSettings schedulerJob,
        SchedulerPlacement placement,
        List<String> schedulerArguments,
        JobLimits limits,
        Duration queryInterval,
        Duration ownerGrace,
        Duration startTimeout,
        @Nullable String directory,
        @Nullable MusterCommand command,
        @Nullable String classPath,
        boolean isRemote,
        Supplier<Login> login) {
    Login openLogin() {
        return login.get();
    }

    /** The command that starts Muster, looked for on the login host. */
    MusterCommand muster(final Login on) {
        if (command != null) {
            return command.checkedOn(on);
        }
        return isRemote ? MusterCommand.findOn(on) : MusterCommand.find(on.environment());
    }
}
