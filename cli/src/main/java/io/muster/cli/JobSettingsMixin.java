package io.muster.cli;

import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.BatchSystems;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobqueueConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What jobs a command is about: a batch system, and what {@code jobqueue.yaml} and command line say. */
final class JobSettingsMixin {
    @Parameters(paramLabel = "SYSTEM", description = "The batch system: slurm, pbs, lsf or sge.")
    private String systemName = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The jobqueue.yaml to read, instead of ~/.config/muster/jobqueue.yaml.")
    private @Nullable Path config;

    @Option(names = "--section", paramLabel = "NAME", description = "The section to read (default: SYSTEM).")
    private @Nullable String section;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set any key of the section, such as walltime=01:00:00; may be repeated.")
    private List<String> arguments = new ArrayList<>();

    JobSettings load() {
        final BatchSystem system = BatchSystems.byName(systemName);
        JobSettings settings = JobqueueConfig.ofThisUser().load(system, config, section);
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return settings;
    }
}
