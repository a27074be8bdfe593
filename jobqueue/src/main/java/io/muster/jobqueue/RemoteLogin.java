package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandRunner;
import io.muster.jobqueue.command.SshConnection;
import io.muster.jobqueue.command.SshLogin;
import io.muster.security.PrivateFiles;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A login host across SSH. Files are copied to a private folder here, addresses are reached through the connection. */
final class RemoteLogin implements Login {
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private final SshConnection connection;
    private final Path folder = PrivateFiles.runtimeDirectory();
    private final Map<String, String> environment = new LinkedHashMap<>();

    RemoteLogin(final SshLogin login) {
        connection = login.open();
        try {
            run("env").lines().filter(line -> line.indexOf('=') > 0).forEach(line -> {
                final int equals = line.indexOf('=');
                environment.put(line.substring(0, equals), line.substring(equals + 1));
            });
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public CommandRunner commands() {
        return connection;
    }

    @Override
    public Route route() {
        return connection::forward;
    }

    @Override
    public Path fetch(final String file) {
        final Path copy = folder.resolve("scheduler.json");
        PrivateFiles.write(copy, "scheduler file", connection.read(file, MAX_FILE_BYTES));
        return copy;
    }

    @Override
    public boolean hasFile(final String file) {
        return connection.run(Command.of("test", "-f", file)).isSuccess();
    }

    @Override
    public boolean isRunning(final String pid) {
        return connection.run(Command.of("kill", "-0", pid)).isSuccess();
    }

    @Override
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    @Override
    public String home() {
        final String home = environment.get("HOME");
        if (home == null) {
            throw new MusterException("HOME is not set on " + connection.where() + "; name a folder with directory(…)");
        }
        return home;
    }

    @Override
    public void close() {
        connection.close();
        PrivateFiles.deleteRecursively(folder);
    }
}
