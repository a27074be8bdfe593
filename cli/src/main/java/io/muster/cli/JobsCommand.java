package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.jobqueue.ClusterView;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobState;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the batch jobs of a cluster. */
@Command(
        name = "jobs",
        description = "Shows the batch jobs of a cluster: what they wait for, where they run, how they ended and why.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class JobsCommand implements Callable<Integer> {
    private static final List<String> HEADER =
            List.of("JOB", "NAME", "GROUP", "STATE", "NODE", "WORKERS", "SUBMITTED", "STARTED", "ENDED", "WHY");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String NONE = "-";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    @Override
    public Integer call() {
        final Settings settings = common.load().check();
        final PrintWriter out = spec.commandLine().getOut();
        try (ClusterView view =
                ClusterView.of(SettingsMixin.schedulerFile(settings), settings.get(Options.SESSION_CONNECT_TIMEOUT))) {
            if (json) {
                out.println(view.json());
            } else {
                final List<Job> jobs = view.jobs();
                out.print(
                        jobs.isEmpty()
                                ? "no jobs\n"
                                : Texts.table(
                                        HEADER,
                                        jobs.stream().map(JobsCommand::row).toList()));
            }
        }
        out.flush();
        return 0;
    }

    private static List<String> row(final Job job) {
        return List.of(
                job.id().isEmpty() ? NONE : job.id(),
                job.name().isEmpty() ? NONE : job.name(),
                job.group(),
                state(job),
                job.node().isEmpty() ? NONE : job.node(),
                Integer.toString(job.workers().size()),
                time(job.submitted()),
                time(job.started()),
                time(job.ended()),
                why(job));
    }

    private static String state(final Job job) {
        final String state = job.state().name().toLowerCase(Locale.ROOT);
        return job.word().isEmpty() || job.word().equalsIgnoreCase(state) ? state : state + " (" + job.word() + ")";
    }

    private static String why(final Job job) {
        if (job.end() != null) {
            return (job.reason().isEmpty() ? job.end().text() : job.reason())
                    + (job.exitCode() == null ? "" : ", exit code " + job.exitCode())
                    + (job.signal() == null ? "" : ", signal " + job.signal());
        }
        if (job.state() == JobState.PENDING && job.expectedStart() != null) {
            return job.reason() + ", may start at " + time(job.expectedStart());
        }
        return job.reason().isEmpty() ? NONE : job.reason();
    }

    private static String time(final @Nullable Instant instant) {
        return instant == null ? NONE : TIME.format(instant.truncatedTo(ChronoUnit.SECONDS));
    }
}
