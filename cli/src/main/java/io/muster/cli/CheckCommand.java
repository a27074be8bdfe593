package io.muster.cli;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.SchedulerObserver;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds out whether a cluster is stuck. */
@Command(
        name = "check",
        description = "Finds tasks that make no progress, and says why. Ends with 1 if there are some.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    @Override
    public Integer call() {
        final Settings settings = common.load().check();
        final Object answer;
        try (SchedulerObserver observer = SchedulerObserver.connect(
                SettingsMixin.schedulerFile(settings), settings.get(Options.SESSION_CONNECT_TIMEOUT))) {
            answer = Json.parse(observer.check());
        }
        if (!(answer instanceof Map<?, ?> members) || !(members.get("findings") instanceof List<?> findings)) {
            throw new MusterException("the scheduler's answer must have findings; it says " + answer);
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(members) + "\n" : FindingTable.of(findings));
        out.flush();
        return findings.isEmpty() ? 0 : 1;
    }
}
