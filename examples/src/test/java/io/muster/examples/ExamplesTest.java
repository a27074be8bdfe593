package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs every example, with little to do. */
@Timeout(60)
final class ExamplesTest {
    @Test
    void helloClusterPrintsTheAnswer() throws Exception {
        assertThat(run(() -> HelloCluster.main(new String[0]))).isEqualTo("The answer is 42.\n");
    }

    @Test
    void piDartsComesNearPi() throws Exception {
        assertThat(run(() -> PiDarts.main(new String[] {"10", "10000"})))
                .endsWith("\n")
                .contains(" 10 of 10 tasks: pi is about 3.1");
    }

    @Test
    void wordCountCountsAllFilesOfAFolder(@TempDir final Path folder) throws Exception {
        Files.writeString(folder.resolve("one.md"), "The worker asks the scheduler.");
        Files.writeString(folder.resolve("two.md"), "The scheduler decides, then tells the worker and the client.");
        Files.writeString(folder.resolve("three.txt"), "not not not not not not not");

        assertThat(run(() -> WordCount.main(new String[] {folder.toString()})).lines())
                .startsWith("5 the")
                .contains("2 worker", "2 scheduler", "1 client")
                .noneMatch(line -> line.contains("not"));
    }

    @Test
    void graphOfTasksComputesWhatWasAskedForAndNothingElse() throws Exception {
        assertThat(run(() -> GraphOfTasks.main(new String[] {"9"})))
                .isEqualTo(String.format("mean %.1f, standard deviation %.1f%n", 5.0, 2.6));
    }

    @Test
    void scatterAndReuseUsesOneValueThreeTimes() throws Exception {
        assertThat(run(() -> ScatterAndReuse.main(new String[] {"1"}))).matches("least (.*), mean \\1, most \\1\n");
    }

    @Test
    void executorViewFindsTheMersennePrimes() throws Exception {
        assertThat(run(() -> ExecutorView.main(new String[] {"31"})))
                .isEqualTo("2^p - 1 is prime for p = [2, 3, 5, 7, 13, 17, 19, 31]\n");
    }

    @Test
    void noExampleIsLeftOut() throws IOException {
        try (Stream<Path> files = Files.list(Documents.root().resolve("examples/src/main/java/io/muster/examples"))) {
            List<String> programs = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("package-info.java"))
                    .sorted()
                    .toList();
            assertThat(programs)
                    .containsExactly(
                            "ExecutorView.java",
                            "GraphOfTasks.java",
                            "HelloCluster.java",
                            "MpiPi.java",
                            "OnSlurm.java",
                            "PiDarts.java",
                            "ScatterAndReuse.java",
                            "WordCount.java");
        }
    }

    private static String run(final Program program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    /** An example's main method. */
    @FunctionalInterface
    private interface Program {
        void run() throws Exception;
    }
}
