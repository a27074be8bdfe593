package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.SchedulerObserver;
import io.muster.security.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes down what a cluster does. */
@Command(
        name = "dump",
        description =
                "Writes down what a cluster does, for muster inspect: tasks and what they wait for, workers, threads; no"
                        + " arguments, values or secrets. Works also when the scheduler is stuck.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DumpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Parameters(
            paramLabel = "FILE",
            description = "Where to write it, such as cluster.dump.gz; replaced if it is there.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        final Settings settings = common.load().check();
        final Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new ParameterException(
                    spec.commandLine(), "FILE=" + file + " must be a file in a folder that exists");
        }
        try (SchedulerObserver observer = SchedulerObserver.connect(
                SettingsMixin.schedulerFile(settings), settings.get(Options.SESSION_CONNECT_TIMEOUT))) {
            PrivateFiles.write(file, "dump", observer.dump());
        }
        return 0;
    }
}
