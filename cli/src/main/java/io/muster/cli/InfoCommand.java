package io.muster.cli;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a cluster. */
@Command(
        name = "info",
        description = "Shows the workers and tasks of a cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    @Override
    public Integer call() {
        final Settings settings = common.load().check();
        final Object info;
        try (Client client =
                Client.connect(SettingsMixin.schedulerFile(settings), settings.get(Options.SESSION_CONNECT_TIMEOUT))) {
            info = Json.parse(client.info());
        }
        if (!(info instanceof Map<?, ?> members)) {
            throw new MusterException("the scheduler's description must be a JSON object");
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(members) + "\n" : InfoTable.of(members));
        out.flush();
        return 0;
    }
}
