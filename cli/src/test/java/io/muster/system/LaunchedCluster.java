package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A cluster of the ranks that an MPI launcher has started. It ends by a client's word, and its launcher must end with 0 then. */
final class LaunchedCluster implements TestCluster {
    private static final Duration START_TIME = Duration.ofSeconds(40);
    private static final Duration END_TIME = Duration.ofSeconds(20);

    private final MpiLauncher launcher;
    private final Path folder;
    private final Path schedulerFile;
    private final Process process;

    private LaunchedCluster(final MpiLauncher launcher) throws IOException {
        this.launcher = launcher;
        this.folder = PrivateFiles.createPrivateDirectory(Path.of(System.getProperty("java.io.tmpdir")), "launched-");
        this.schedulerFile = folder.resolve("scheduler.json");
        this.process = launcher.cluster(folder, schedulerFile)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "launcher-ender"));
    }

    /** Starts one, whose two workers with two threads each are there. */
    static LaunchedCluster start(final MpiLauncher launcher) {
        try {
            final LaunchedCluster cluster = new LaunchedCluster(launcher);
            try {
                cluster.awaitWorkers();
                return cluster;
            } catch (final RuntimeException | AssertionError e) {
                final String logs = cluster.logs();
                cluster.end();
                throw new IllegalStateException(logs, e);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Client connect() {
        return Client.connect(schedulerFile);
    }

    @Override
    public String logs() {
        try {
            return launcher + "\n" + Files.readString(log());
        } catch (final IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        try {
            if (Files.exists(schedulerFile)) {
                stop();
            }
            assertThat(process.waitFor(END_TIME.toSeconds(), TimeUnit.SECONDS))
                    .as("the launcher ends: %s", logs())
                    .isTrue();
            assertThat(process.exitValue()).as(this::logs).isZero();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void end() {
        process.destroy();
        PrivateFiles.deleteRecursively(folder);
    }

    private void awaitWorkers() {
        Awaitility.await().atMost(START_TIME).until(() -> Files.exists(schedulerFile) || !process.isAlive());
        try (Client client = connect()) {
            client.awaitWorkers(2, START_TIME);
        }
    }

    private void stop() {
        try (Client client = connect()) {
            client.stopCluster();
        } catch (final MusterException e) {
            assertThat(schedulerFile)
                    .as("the cluster has ended meanwhile: %s", e)
                    .doesNotExist();
        }
    }

    private Path log() {
        return folder.resolve("ranks.log");
    }
}
