package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Processes that a test started: the ranks of {@link ClusterProgram} themselves, or a launcher that has started them. */
final class Launched implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(90);

    /** Options of a JVM that is quickly there. */
    static final List<String> SMALL = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

    private static final Pattern PID = Pattern.compile("rank [0-9]+ pid ([0-9]+)\\.");

    /** The kernel tells when a process began to a hundredth of a second. */
    private final Instant since = Instant.now().minusSeconds(1);

    private final Path log;
    private final Path runtime;
    private final List<Process> processes = new ArrayList<>();

    private Launched(final Path folder) {
        this.log = folder.resolve("ranks.log");
        this.runtime = PrivateFiles.ensurePrivateDirectory(folder.resolve("runtime"));
    }

    /** Starts each rank as a process of its own; they meet in the folder. */
    static Launched ranks(final Path folder, final int size, final String... arguments) throws IOException {
        final Launched launched = new Launched(folder);
        for (int rank = 0; rank < size; rank++) {
            final ProcessBuilder builder = new ProcessBuilder(program(arguments));
            builder.environment().put(DirectoryTransport.RANK, Integer.toString(rank));
            builder.environment().put(DirectoryTransport.SIZE, Integer.toString(size));
            builder.environment().put(DirectoryTransport.DIRECTORY, folder.toString());
            launched.start(builder);
        }
        return launched;
    }

    /** Has a launcher start the ranks. */
    static Launched by(final Path folder, final List<String> launcher, final String... arguments) throws IOException {
        final Launched launched = new Launched(folder);
        final List<String> command = new ArrayList<>(launcher);
        command.addAll(program(arguments));
        launched.start(new ProcessBuilder(command));
        return launched;
    }

    /** Runs a command whose ranks run {@link ClusterProgram}, with more variables. */
    static Launched by(final Path folder, final List<String> command, final Map<String, String> variables)
            throws IOException {
        final Launched launched = new Launched(folder);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(variables);
        launched.start(builder);
        return launched;
    }

    static List<String> program(final String... arguments) {
        return program(List.of(), arguments);
    }

    static List<String> program(final List<String> options, final String... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        command.addAll(options);
        command.addAll(TestArchive.get().options());
        command.add(ClusterProgram.class.getName());
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Whether a program, whose name or path is given, can be run. */
    static boolean isInstalled(final String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }

    /** Sends a signal to a process that was started or told its number. */
    static void signal(final long pid, final String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    Process process(final int index) {
        return processes.get(index);
    }

    /** The exit codes of all, in order, when they have ended. */
    List<Integer> exitCodes() throws InterruptedException {
        for (final Process process : processes) {
            assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
                    .as(this::output)
                    .isTrue();
        }
        return processes.stream().map(Process::exitValue).toList();
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitOutput(final String text) {
        await().atMost(BOUND).untilAsserted(() -> assertThat(output()).contains(text));
    }

    /** The number of a rank's process, as it has told. */
    long pid(final int rank) {
        final Matcher matcher =
                Pattern.compile("rank " + rank + " pid ([0-9]+)\\.").matcher(output());
        assertThat(matcher.find()).as(output()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** The ranks that have told their process, and still live; only where ranks see processes by the numbers that the test sees. */
    List<ProcessHandle> livingRanks() {
        return PID.matcher(output())
                .results()
                .flatMap(result -> ProcessHandle.of(Long.parseLong(result.group(1))).stream())
                .filter(this::mayBeRank)
                .toList();
    }

    /** The number of a rank that has ended may be another process's. */
    private boolean mayBeRank(final ProcessHandle process) {
        return process.isAlive()
                && process.info()
                        .startInstant()
                        .filter(started -> !started.isBefore(since))
                        .isPresent()
                && process.info()
                        .command()
                        .filter(command -> command.endsWith("/java"))
                        .isPresent();
    }

    /** What the ranks have not deleted of what they keep while they live. */
    List<Path> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(runtime)) {
            return files.toList();
        }
    }

    @Override
    public void close() {
        livingRanks().forEach(ProcessHandle::destroyForcibly);
        endLaunchers();
    }

    /** Ends what was started, but none of the ranks. */
    void endLaunchers() {
        processes.forEach(Process::destroyForcibly);
    }

    /** Starts a process that heeds SIGINT, though the test may run in the background of a shell, where it is ignored. */
    private void start(final ProcessBuilder builder) throws IOException {
        final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(builder.command());
        builder.command(command);
        builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
        builder.environment().putAll(SlurmForLaunches.variables());
        processes.add(builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }
}
