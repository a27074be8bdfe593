package io.muster.system;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.jobqueue.slurm.SlurmCluster;
import io.muster.worker.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A program with a cluster of one job: it says where the scheduler file is, and leaves the cluster alone or waits to be killed. */
final class SlurmOwner {
    private static final String DETACH = "detach";
    private static final String MARK = "scheduler file ";

    private SlurmOwner() {}

    /** One that waits to be killed. */
    static Process fork() throws IOException {
        return fork("stay");
    }

    /** One that detaches its cluster and ends. */
    static Process forkDetaching() throws IOException {
        return fork(DETACH);
    }

    /** What it says once its job has a worker. */
    static Path schedulerFile(final Process owner) throws IOException {
        final BufferedReader output = owner.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith(MARK)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the owner ended without a cluster");
        }
        return Path.of(line.substring(MARK.length()));
    }

    public static void main(final String[] arguments) throws IOException {
        try (SlurmCluster cluster =
                SlurmLab.builder().ownerGrace(Duration.ofSeconds(2)).jobs(1).start()) {
            try (Client client = cluster.connect()) {
                client.awaitWorkers(1, Duration.ofSeconds(90));
                final TaskFuture<Integer> answer = client.submit(() -> 6 * 7);
                answer.join();
            }
            final Path file = arguments[0].equals(DETACH) ? cluster.detach() : cluster.schedulerFile();
            System.out.println(MARK + file);
            if (!arguments[0].equals(DETACH)) {
                System.in.read();
            }
        }
    }

    private static Process fork(final String what) throws IOException {
        return new ProcessBuilder(JavaCommand.command(SlurmOwner.class.getName(), List.of(what)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
