package io.muster.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces that a virtual cable joins.
 *
 * @param near the name of the one, which has {@link #NEAR_ADDRESS}
 * @param far the name of the other
 */
record Cable(String near, String far) implements AutoCloseable {
    static final String NEAR_ADDRESS = "10.99.1.1";

    private static final String FAR_ADDRESS = "10.99.1.2";
    private static final String PLUG = "cable";
    private static final Path NAMESPACES = Path.of("/var/run/netns");
    private static final int PATIENCE_SECONDS = 10;

    /**
     * Lays one between two new namespaces, whose names no other run has.
     *
     * @throws IOException if that can't be done here; the message says why
     */
    static Cable lay() throws IOException {
        final String run = "muster-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
        final Cable cable = new Cable(run + "-near", run + "-far");
        try {
            ip("netns", "add", cable.near);
            ip("netns", "add", cable.far);
            ip("link", "add", PLUG, "netns", cable.near, "type", "veth", "peer", "name", PLUG, "netns", cable.far);
            cable.configure(cable.near, NEAR_ADDRESS);
            cable.configure(cable.far, FAR_ADDRESS);
            return cable;
        } catch (final IOException e) {
            cable.close();
            throw e;
        }
    }

    /** The command that runs another one in a namespace. */
    static List<String> inHost(final String namespace, final List<String> command) {
        final List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(command);
        return line;
    }

    /** The ports that processes in this process's namespace receive datagrams on. */
    static List<String> udpPortsOfThisHost() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/net/udp")).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+")[1].split(":")[1])
                .map(port -> Integer.toString(Integer.parseInt(port, 16)))
                .distinct()
                .toList();
    }

    void cut() throws IOException {
        ip("-n", far, "link", "set", PLUG, "down");
    }

    void mend() throws IOException {
        ip("-n", far, "link", "set", PLUG, "up");
    }

    /** From now on datagrams that reach the near host over the cable vanish there; TCP passes. */
    void blockUdp() throws IOException {
        ip("-n", near, "rule", "add", "pref", "100", "lookup", "local");
        ip("-n", near, "rule", "del", "pref", "0");
        ip("-n", near, "rule", "add", "pref", "50", "iif", PLUG, "ipproto", "udp", "blackhole");
    }

    void unblockUdp() throws IOException {
        ip("-n", near, "rule", "del", "pref", "50");
    }

    /** Takes it away with both namespaces. */
    @Override
    public void close() {
        deleteQuietly(near);
        deleteQuietly(far);
    }

    private void configure(final String namespace, final String address) throws IOException {
        ip("-n", namespace, "address", "add", address + "/24", "dev", PLUG);
        ip("-n", namespace, "link", "set", "lo", "up");
        ip("-n", namespace, "link", "set", PLUG, "up");
    }

    private static void deleteQuietly(final String namespace) {
        try {
            if (Files.exists(NAMESPACES.resolve(namespace))) {
                ip("netns", "delete", namespace);
            }
        } catch (final IOException e) {
            System.err.println(e.getMessage());
        }
    }

    private static void ip(final String... arguments) throws IOException {
        final List<String> line = new ArrayList<>(List.of("ip"));
        line.addAll(List.of(arguments));
        final Process process =
                new ProcessBuilder(line).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", line) + ": " + output.strip());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + line, e);
        }
    }
}
