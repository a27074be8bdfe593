package io.muster.cli;

import io.muster.config.Option;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The settings of a command: files, environment, {@code --set}, and the command's own options on top. */
final class SettingsMixin {
    @Spec(Target.MIXEE)
    private CommandSpec mixee = CommandSpec.create();

    @CommandLine.Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set any setting, such as worker.fence=9s; may be repeated. See docs/configuration.md.")
    private List<String> arguments = new ArrayList<>();

    @CommandLine.Option(
            names = "--scheduler-file",
            paramLabel = "FILE",
            description = "The file by which workers and clients find the scheduler.")
    private @Nullable String schedulerFile;

    /** Files, environment and {@code --set}; not checked yet. */
    Settings load() {
        Settings settings = Settings.load();
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        settings = with(settings, Options.SCHEDULER_FILE, schedulerFile);
        if (settings.get(Options.SCHEDULER_FILE).isEmpty()) {
            throw new ParameterException(
                    mixee.commandLine(), "--scheduler-file=FILE is required, or the setting scheduler.file");
        }
        return settings;
    }

    static Settings with(final Settings settings, final Option<?> option, final @Nullable String text) {
        return text == null ? settings : settings.withText(option.key(), text);
    }

    static Path schedulerFile(final Settings settings) {
        return Path.of(settings.get(Options.SCHEDULER_FILE));
    }
}
