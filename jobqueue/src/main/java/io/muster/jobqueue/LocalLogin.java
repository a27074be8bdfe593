package io.muster.jobqueue;

import io.muster.jobqueue.command.CommandRunner;
import io.muster.jobqueue.command.LocalCommandRunner;
import io.muster.transport.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** This host. */
final class LocalLogin implements Login {
    private final CommandRunner commands = new LocalCommandRunner();

    @Override
    public CommandRunner commands() {
        return commands;
    }

    @Override
    public Route route() {
        return Route.DIRECT;
    }

    @Override
    public Path fetch(final String file) {
        return Path.of(file);
    }

    @Override
    public boolean hasFile(final String file) {
        return Files.isRegularFile(Path.of(file));
    }

    @Override
    public boolean isRunning(final String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    @Override
    public Map<String, String> environment() {
        return System.getenv();
    }

    @Override
    public String home() {
        return System.getProperty("user.home");
    }

    @Override
    public void close() {
        commands.close();
    }
}
