package io.muster.jobqueue.doctor;

import io.muster.MusterException;
import io.muster.transport.HostAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of an examination that runs in a job: looks at its node, tries the network, and writes down what it found. */
public final class NodeCheck {
    private static final int WAIT_S = 60;

    private NodeCheck() {}

    /**
     * Does it, and waits until the submitting host has tried to connect, for a minute at most.
     *
     * @param folder where to write the report, on a file system that the submitting host sees
     * @param word what both sides know
     * @param addresses of the submitting host, {@code host:port}
     * @param scratch the folder for the workers' files
     * @param secondsLeft how long the job may go on; -1 if that is not known
     * @throws MusterException if the folder is not there
     * @throws IOException if the report cannot be written
     * @throws InterruptedException if interrupted
     */
    public static void run(
            final Path folder,
            final String word,
            final List<String> addresses,
            final Path scratch,
            final long secondsLeft)
            throws IOException, InterruptedException {
        final String host = InetAddress.getLocalHost().getHostName();
        if (!Files.isDirectory(folder)) {
            throw new MusterException("folder=" + folder + " is not there on " + host
                    + "; name one with --directory that the nodes see under the same path");
        }
        try (Reach port = new Reach(word)) {
            final Map<String, String> reached = new LinkedHashMap<>();
            addresses.forEach(address -> reached.put(address, Reach.ask(address, word)));
            final NodeReport report = new NodeReport(
                    host,
                    System.getProperty("java.version"),
                    HostAddress.advertised("", "").stream()
                            .map(address -> withPort(address, port.port()))
                            .toList(),
                    reached,
                    Files.getFileStore(scratch).getUsableSpace(),
                    scratch.toString(),
                    secondsLeft);
            final Path temporary = folder.resolve(NodeReport.FILE + ".new");
            Files.write(temporary, report.toJson().getBytes(StandardCharsets.UTF_8));
            Files.move(temporary, folder.resolve(NodeReport.FILE), StandardCopyOption.ATOMIC_MOVE);
            System.out.println("node check: report written to " + folder + ", waiting to be reached");
            System.out.println(port.awaitAsked(WAIT_S) ? "node check: reached" : "node check: nobody came");
        }
    }

    /** An address as {@code host:port}. */
    static String withPort(final String host, final int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
