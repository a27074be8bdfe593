package io.muster.system;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.security.SchedulerFile;
import io.muster.worker.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM that starts a cluster of processes, prints their ids in a line, and waits to be killed. */
final class ClusterOwner {
    private static final String MARK = "pids ";

    private ClusterOwner() {}

    static Process fork(final ClusterKind kind) throws IOException {
        return new ProcessBuilder(JavaCommand.command(ClusterOwner.class.getName(), List.of(kind.name())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static List<Long> pids(final Process owner) throws IOException {
        final BufferedReader output = owner.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith(MARK)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the owner ended without a cluster");
        }
        return Arrays.stream(line.substring(MARK.length()).split(" "))
                .map(Long::valueOf)
                .toList();
    }

    public static void main(final String[] arguments) throws IOException {
        try (LocalCluster cluster = ClusterKind.valueOf(arguments[0]).builder().start();
                Client client = cluster.connect()) {
            final Stream<Long> workers =
                    ClusterView.of(client).workers().stream().map(ClusterView.Seen::pid);
            final long scheduler = SchedulerFile.read(cluster.schedulerFile()).pid();
            System.out.println(MARK
                    + Stream.concat(workers, Stream.of(scheduler))
                            .map(String::valueOf)
                            .collect(Collectors.joining(" ")));
            System.in.read();
        }
    }
}
