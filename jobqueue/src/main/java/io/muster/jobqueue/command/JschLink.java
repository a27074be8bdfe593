package io.muster.jobqueue.command;

import com.jcraft.jsch.ChannelDirectTCPIP;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchRevokedHostKeyException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A link by JSch. */
final class JschLink implements SshLink {
    private static final Duration ALIVE_INTERVAL = Duration.ofSeconds(15);
    private static final int ALIVE_COUNT = 3;
    private static final int SSH_PORT = 22;
    private static final Pattern METHODS = Pattern.compile("for methods '([^']*)'");

    private final SshLogin.Address address;
    private final SshLogin.Prompts prompts;
    private final Duration timeout;
    private final HostKeys hostKeys;
    private final LoginKeys loginKeys;
    private final LoginFailures failures;
    private @Nullable Session session;
    private boolean closed;

    JschLink(
            final String where,
            final SshLogin.Address address,
            final SshLogin.Keys keys,
            final SshLogin.Prompts prompts,
            final Duration timeout) {
        this.address = address;
        this.prompts = prompts;
        this.timeout = timeout;
        this.hostKeys = HostKeys.of(keys.knownHosts());
        this.loginKeys = new LoginKeys(keys);
        this.failures = new LoginFailures(where, address, hostKeys.getKnownHostsRepositoryID());
    }

    @Override
    public synchronized void connect() {
        if (closed || session != null && session.isConnected()) {
            return;
        }
        final LoginPrompts user = new LoginPrompts(prompts);
        try {
            session = connected(user);
        } catch (final JSchUnknownHostKeyException e) {
            throw failures.unknownKey(hostKeys.lastSeen(), e);
        } catch (final JSchChangedHostKeyException | JSchRevokedHostKeyException e) {
            throw failures.changedKey(hostKeys.lastSeen(), e);
        } catch (final JSchException e) {
            final String message = String.valueOf(e.getMessage());
            if (message.startsWith("Auth ") || message.contains("Too many authentication failures")) {
                final Matcher methods = METHODS.matcher(message);
                throw failures.refused(
                        methods.find() ? methods.group(1) : "unknown", loginKeys.offered() + user.offered(), e);
            }
            throw failures.unreachable(e, timeout);
        }
    }

    @Override
    public Channel run(final String line, final OutputStream output, final OutputStream errors)
            throws NotStartedException {
        final Session current = current();
        try {
            final ChannelExec channel = exec(current);
            channel.setCommand(line);
            channel.setOutputStream(output);
            channel.setErrStream(errors);
            return open(current, channel);
        } catch (final JSchException | IOException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), current.isConnected(), e);
        }
    }

    @Override
    public Channel tunnel(final InetSocketAddress target, final OutputStream output) throws IOException {
        final Session current = current();
        try {
            final ChannelDirectTCPIP channel =
                    (ChannelDirectTCPIP) current.getStreamForwarder(target.getHostString(), target.getPort());
            channel.setOutputStream(output);
            return open(current, channel);
        } catch (final JSchException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (session != null) {
            session.disconnect();
        }
    }

    private synchronized Session current() {
        if (session == null) {
            throw new IllegalStateException("connect() comes first");
        }
        return session;
    }

    private static ChannelExec exec(final Session current) throws JSchException {
        final com.jcraft.jsch.Channel channel = current.openChannel("exec");
        if (channel == null) {
            current.disconnect();
            throw new JSchException("the connection is lost");
        }
        return (ChannelExec) channel;
    }

    private Channel open(final Session current, final com.jcraft.jsch.Channel channel)
            throws JSchException, IOException {
        final OutputStream input = channel.getOutputStream();
        final long start = System.nanoTime();
        try {
            channel.connect(millis());
        } catch (final JSchException e) {
            channel.disconnect();
            if (System.nanoTime() - start >= timeout.toNanos()) {
                current.disconnect();
            }
            throw e;
        }
        return new Channel() {
            @Override
            public OutputStream input() {
                return input;
            }

            @Override
            public void close() {
                channel.disconnect();
            }
        };
    }

    private Session connected(final LoginPrompts user) throws JSchException {
        final JSch jsch = new JSch();
        jsch.setInstanceLogger(new JschLog());
        jsch.setHostKeyRepository(hostKeys);
        jsch.setIdentityRepository(loginKeys.repository());
        final String name = address.user() == null ? System.getProperty("user.name") : address.user();
        final Session next = jsch.getSession(name, address.host(), address.port() == null ? SSH_PORT : address.port());
        next.setConfig("StrictHostKeyChecking", "yes");
        next.setConfig("PreferredAuthentications", user.methods());
        next.setUserInfo(user);
        next.setServerAliveInterval((int) ALIVE_INTERVAL.toMillis());
        next.setServerAliveCountMax(ALIVE_COUNT);
        next.setDaemonThread(true);
        next.connect(millis());
        return next;
    }

    private int millis() {
        return (int) Math.min(Math.max(1, timeout.toMillis()), Integer.MAX_VALUE);
    }
}
