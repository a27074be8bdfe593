package io.muster.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** A worker process for the nanny's tests: writes down its arguments, then does what it was told. */
final class NannyChild {
    static final String VARIABLE = "MUSTER_NANNY_TEST";

    private NannyChild() {}

    public static void main(final String[] args) throws Exception {
        final Path directory = Path.of(args[0]);
        append(directory.resolve("starts"), String.join("|", Arrays.asList(args).subList(2, args.length)));
        switch (args[1]) {
            case "run" -> {
                final RunRecorder recorder = RunRecorder.create(NannyFiles.runs(directory), 4);
                recorder.started(0, 41);
                recorder.started(1, 7);
                recorder.ended(1);
                recorder.started(3, 0);
                NannyFiles.writeSession(directory, 12);
                append(
                        directory.resolve("pids"),
                        Long.toString(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            }
            case "drain" -> {
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(() -> appendQuietly(directory.resolve("drained"), "drained")));
                ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(99));
                append(
                        directory.resolve("pids"),
                        Long.toString(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            }
            case "stubborn" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(NannyChild::never));
                append(
                        directory.resolve("pids"),
                        Long.toString(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            }
            case "watch" -> {
                ParentWatch.start(System.in, () -> {
                    appendQuietly(directory.resolve("orphaned"), "orphaned");
                    Runtime.getRuntime().halt(0);
                });
                append(
                        directory.resolve("pids"),
                        Long.toString(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            }
            case "nanny" ->
                new Nanny(NannySettings.of(directory), () -> NannyTest.command(directory, "watch"), death -> {}).run();
            case "environment" -> {
                System.out.println(System.getenv(VARIABLE));
                System.exit(0);
            }
            case "print" -> {
                System.out.println("hello from the worker");
                System.exit(0);
            }
            default -> System.exit(Integer.parseInt(args[1]));
        }
    }

    private static void never() {
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void append(final Path file, final String line) throws IOException {
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void appendQuietly(final Path file, final String line) {
        try {
            append(file, line);
        } catch (final IOException e) {
            Runtime.getRuntime().halt(98);
        }
    }
}
