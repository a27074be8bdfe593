package io.muster.jobqueue.command;

import io.muster.jobqueue.command.CommandException.Cause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An {@link SshConnection} over whatever link: makes it again when it is lost, and does not ask for too much at once.
 */
final class LoginNode implements SshConnection {
    /** How many commands run at once; sshd lets ten sessions share a connection unless told otherwise. */
    static final int MAX_COMMANDS = 8;

    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MS = 10;
    private static final long MAX_PAUSE_MS = 500;
    private static final int MAX_SHIFT = 10;
    private static final String HOME = "~/";

    private final String where;
    private final SshLink link;
    private final Semaphore sessions = new Semaphore(MAX_COMMANDS, true);
    private final Map<InetSocketAddress, PortForward> forwards = new ConcurrentHashMap<>();
    private volatile boolean closed;

    LoginNode(final String where, final SshLink link) {
        this.where = where;
        this.link = link;
    }

    @Override
    public CommandResult run(final Command command) {
        final TextSink output = new TextSink(CommandResult.MAX_CHARS);
        final TextSink errors = new TextSink(CommandResult.MAX_CHARS);
        return new CommandResult(run(command, output, errors), output.text(), errors.text());
    }

    @Override
    public byte[] read(final String path, final int maxBytes) {
        final String file = path.startsWith(HOME) ? path.substring(HOME.length()) : path;
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        final TextSink errors = new TextSink(CommandResult.MAX_CHARS);
        final Command command = Command.of("head", "-c", Long.toString(maxBytes + 1L), "--", file);
        final int exitCode = run(command, content, errors);
        if (exitCode != 0) {
            throw new CommandException(
                    Cause.FAILED,
                    "file=" + path + " on " + where + " can't be read: "
                            + errors.text().strip(),
                    null);
        }
        if (content.size() > maxBytes) {
            throw new CommandException(
                    Cause.FAILED, "file=" + path + " on " + where + " must have at most " + maxBytes + " bytes", null);
        }
        return content.toByteArray();
    }

    @Override
    public InetSocketAddress forward(final InetSocketAddress target) {
        final InetSocketAddress named = InetSocketAddress.createUnresolved(target.getHostString(), target.getPort());
        final InetSocketAddress near =
                forwards.computeIfAbsent(named, this::listen).address();
        if (closed) {
            close();
            throw isClosed();
        }
        return near;
    }

    @Override
    public String where() {
        return where;
    }

    @Override
    public void close() {
        closed = true;
        forwards.values().forEach(PortForward::close);
        link.close();
    }

    private int run(final Command command, final OutputStream output, final OutputStream errors) {
        final long deadlineNs = System.nanoTime() + command.timeout().toNanos();
        acquire(command, deadlineNs);
        try {
            int lost = 0;
            for (int attempt = 0; ; attempt++) {
                try {
                    connect();
                    return new RemoteRun(where, command, deadlineNs, output, errors).run(link);
                } catch (final NotStartedException e) {
                    lost += e.isBusy() ? 0 : 1;
                    checkAgain(command, lost, e);
                    pause(command, attempt, deadlineNs);
                }
            }
        } finally {
            sessions.release();
        }
    }

    private void checkAgain(final Command command, final int lost, final NotStartedException e) {
        if (closed) {
            throw isClosed();
        }
        if (lost == ATTEMPTS) {
            throw new CommandException(
                    Cause.UNREACHABLE,
                    "'" + command + "' did not start on " + where + " in attempts=" + lost + ": " + e.getMessage(),
                    e);
        }
    }

    private void pause(final Command command, final int attempt, final long deadlineNs) {
        final long pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(attempt, MAX_SHIFT));
        try {
            Thread.sleep(pauseMs);
        } catch (final InterruptedException e) {
            throw interrupted(command, e);
        }
        if (System.nanoTime() - deadlineNs > 0) {
            throw busy(command);
        }
    }

    private void acquire(final Command command, final long deadlineNs) {
        try {
            if (!sessions.tryAcquire(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw busy(command);
            }
        } catch (final InterruptedException e) {
            throw interrupted(command, e);
        }
    }

    private CommandException busy(final Command command) {
        return new CommandException(
                Cause.TIMED_OUT,
                "'" + command + "' did not start on " + where + " within timeout=" + command.timeout()
                        + ", as others run there and it takes no more at once",
                null);
    }

    private static CommandException interrupted(final Command command, final InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandException(Cause.FAILED, LocalProcess.interrupted(command.words()), e);
    }

    private void connect() {
        if (closed) {
            throw isClosed();
        }
        link.connect();
    }

    private PortForward listen(final InetSocketAddress target) {
        try {
            return PortForward.start(target, output -> {
                connect();
                return link.tunnel(target, output);
            });
        } catch (final IOException e) {
            throw new CommandException(Cause.FAILED, "no port on the loopback for a tunnel to " + target, e);
        }
    }

    private CommandException isClosed() {
        return new CommandException(Cause.FAILED, "the connection to " + where + " is closed; open another one", null);
    }
}
