package io.muster.jobqueue.command;

import io.muster.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How to log in to a login node over SSH. Immutable: each method returns another one.
 *
 * <p>Unless told otherwise: the keys of the ssh-agent, if {@code SSH_AUTH_SOCK} names one, then {@code
 * ~/.ssh/id_ed25519}, {@code id_ecdsa} and {@code id_rsa}, as far as they can be read. The login node must be in {@code
 * ~/.ssh/known_hosts} or {@code /etc/ssh/ssh_known_hosts}; a key that is not, or that has changed, is always refused.
 */
public final class SshLogin {
    /** How long making a connection may take unless said otherwise: 20 s. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

    private static final String USER = "(?:(?<user>[^@\\s:-][^@\\s:]*)@)?";
    private static final String HOST = "(?:(?<host>[A-Za-z0-9_][A-Za-z0-9_.-]*)|\\[(?<ip>[0-9A-Fa-f:.]+)])";
    private static final Pattern ADDRESS = Pattern.compile(USER + HOST + "(?::(?<port>[0-9]{1,5}))?");
    private static final int MAX_PORT = 65535;

    private final Address address;
    private final Keys keys;
    private final Prompts prompts;
    private final SshProgram program;
    private final Duration timeout;

    /** Where to; null: as the program decides. */
    record Address(
            @Nullable String user, String host, @Nullable Integer port) {}

    /** Whom to trust, and what to prove oneself with; empty lists: the default. */
    record Keys(List<Path> knownHosts, List<Path> identities, boolean agent) {}

    /** Who is asked for what is not in a file. */
    record Prompts(
            @Nullable Supplier<char[]> password, @Nullable Function<String, char[]> answers) {}

    private SshLogin(
            final Address address,
            final Keys keys,
            final Prompts prompts,
            final SshProgram program,
            final Duration timeout) {
        this.address = address;
        this.keys = keys;
        this.prompts = prompts;
        this.program = program;
        this.timeout = timeout;
    }

    /**
     * A login with the defaults.
     *
     * @param address such as {@code user@login.site.org}, {@code login} or {@code user@login:2222}; an IPv6 address in
     * brackets
     * @return the login
     * @throws ConfigurationException if it is none of these
     */
    public static SshLogin to(final String address) {
        final Matcher match = ADDRESS.matcher(address);
        if (!match.matches()) {
            throw new ConfigurationException("address=" + address + " must be like user@host or user@host:port");
        }
        final Integer port = match.group("port") == null ? null : Integer.valueOf(match.group("port"));
        if (port != null && (port < 1 || port > MAX_PORT)) {
            throw new ConfigurationException("port=" + port + " of address=" + address + " must be 1.." + MAX_PORT);
        }
        final String host = match.group("host") == null ? match.group("ip") : match.group("host");
        return new SshLogin(
                new Address(match.group("user"), host, port),
                new Keys(List.of(), List.of(), true),
                new Prompts(null, null),
                SshProgram.JSCH,
                DEFAULT_TIMEOUT);
    }

    /**
     * The same, trusting the hosts in a file.
     *
     * @param file in the format of OpenSSH, instead of the usual ones
     * @return another login
     */
    public SshLogin knownHosts(final Path file) {
        return with(new Keys(List.of(file), keys.identities, keys.agent));
    }

    /**
     * The same with one more private key.
     *
     * @param file the key, instead of the usual ones; tried in the order given, before those of the agent
     * @return another login
     */
    public SshLogin identity(final Path file) {
        final List<Path> all = new ArrayList<>(keys.identities);
        all.add(file);
        return with(new Keys(keys.knownHosts, List.copyOf(all), keys.agent));
    }

    /**
     * The same with or without the keys of the ssh-agent.
     *
     * @param use whether to use them; true unless said otherwise
     * @return another login
     */
    public SshLogin agent(final boolean use) {
        return with(new Keys(keys.knownHosts, keys.identities, use));
    }

    /**
     * The same with a password.
     *
     * @param source called at each connection, also when it is made again; what it returns is overwritten
     * @return another login
     */
    public SshLogin password(final Supplier<char[]> source) {
        return with(new Prompts(source, prompts.answers));
    }

    /**
     * The same with somebody who answers what the login node asks, such as for a one-time code, and for the passphrase
     * of a key.
     *
     * @param source gets the question and returns the answer, which is overwritten; called at each connection
     * @return another login
     */
    public SshLogin answers(final Function<String, char[]> source) {
        return with(new Prompts(prompts.password, source));
    }

    /**
     * The same through another program.
     *
     * @param other what speaks SSH; {@link SshProgram#JSCH} unless said otherwise
     * @return another login
     */
    public SshLogin program(final SshProgram other) {
        return new SshLogin(address, keys, prompts, other, timeout);
    }

    /**
     * The same with another limit for making a connection.
     *
     * @param limit how long it may take; {@link #DEFAULT_TIMEOUT} unless said otherwise
     * @return another login
     * @throws ConfigurationException if it is not positive
     */
    public SshLogin timeout(final Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new ConfigurationException("timeout=" + limit + " must be > 0");
        }
        return new SshLogin(address, keys, prompts, program, limit);
    }

    /**
     * Connects.
     *
     * @return the login node, to be closed
     * @throws ConfigurationException if the settings contradict each other
     * @throws CommandException if it can't be reached, is not known, has another key, or does not let us in
     */
    public SshConnection open() {
        if (program == SshProgram.BINARY && (prompts.password != null || prompts.answers != null)) {
            throw new ConfigurationException(
                    "program=BINARY can't be given a password or answers; use a key or the agent, or"
                            + " open a shared connection first (ControlMaster in ~/.ssh/config, then: ssh -fN "
                            + address.host + ")");
        }
        final SshLink link = program == SshProgram.BINARY
                ? new BinaryLink(toString(), address, keys, timeout)
                : new JschLink(toString(), address, keys, prompts, timeout);
        final LoginNode node = new LoginNode(toString(), link);
        try {
            link.connect();
            return node;
        } catch (final RuntimeException e) {
            node.close();
            throw e;
        }
    }

    @Override
    public String toString() {
        final String host = address.host.indexOf(':') < 0 ? address.host : "[" + address.host + "]";
        return (address.user == null ? "" : address.user + "@")
                + host
                + (address.port == null ? "" : ":" + address.port);
    }

    /** The usual files in a home folder, of those named, that can be read. */
    static List<Path> usual(final String... names) {
        final Path folder = Path.of(System.getProperty("user.home"), ".ssh");
        return Stream.of(names).map(folder::resolve).filter(Files::isReadable).toList();
    }

    private SshLogin with(final Keys other) {
        return new SshLogin(address, other, prompts, program, timeout);
    }

    private SshLogin with(final Prompts other) {
        return new SshLogin(address, keys, other, program, timeout);
    }
}
