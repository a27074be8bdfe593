package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.jobqueue.ClusterView;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a batch job of a cluster wrote. */
@Command(
        name = "logs",
        description = "Shows what a batch job of a cluster wrote, also if no worker of it ever came.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class LogsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Parameters(paramLabel = "JOB", description = "The job's id, as muster jobs shows it.")
    private String job = "";

    @Override
    public Integer call() {
        final Settings settings = common.load().check();
        final PrintWriter out = spec.commandLine().getOut();
        try (ClusterView view =
                ClusterView.of(SettingsMixin.schedulerFile(settings), settings.get(Options.SESSION_CONNECT_TIMEOUT))) {
            final String text = view.logs(job);
            out.print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
        }
        out.flush();
        return 0;
    }
}
