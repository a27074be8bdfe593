package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.LocalCluster;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs whose classes are in their own memory only, as a source file that is run and as a notebook; on workers in processes. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class ClassesTest {
    private static final String SHOP = """
            import io.muster.*;
            import java.nio.file.Path;
            import java.util.*;

            public class Shop {
                record Price(String what, int cents, int[] history) implements java.io.Serializable {}

                static class Rule {
                    static int rise(int cents) {
                        return cents * FACTOR;
                    }
                }

                static final class Till {
                    private int cents;

                    int take(Price price) {
                        return cents += price.cents();
                    }
                }

                static Price raised(Price price) {
                    return new Price(price.what(), Rule.rise(price.cents()), new int[100_000]);
                }

                public static void main(String[] args) throws Exception {
                    try (Client client = Client.connect(Path.of(args[0]))) {
                        TaskFuture<Price> pear = client.submit(() -> raised(new Price("pear", 10, new int[3])));
                        List<TaskFuture<Price>> all = client.map(Shop::raised, List.of(new Price("nut", 1, new int[0])));
                        TaskFuture<Integer> sum = client.combine(pear, all.get(0), (a, b) -> a.cents() + b.cents());
                        System.out.println("sum=" + sum.join() + " pear=" + pear.join());
                        System.out.println("nested=" + client.submit(() ->
                                Client.current().submit(() -> raised(new Price("fig", 3, null)).cents()).join()).join());
                        try (Actor<Till> till = client.actor(Till::new)) {
                            till.call(t -> t.take(new Price("fig", 3, null))).join();
                            System.out.println("till=" + till.call(t -> t.take(new Price("fig", 4, null))).join());
                        }
                    }
                }
            }
            """;

    private static LocalCluster cluster;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.builder()
                .workers(2)
                .threadsPerWorker(2)
                .processes(true)
                .transport("tcp")
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aSourceFileThatIsRunBringsItsClassesAndAnotherVersionOfItItsOwn() throws Exception {
        final String first = run(java(), source("Shop.java", SHOP.replace("FACTOR", "2")), file());
        assertThat(first)
                .contains("sum=22 pear=Price[what=pear, cents=20")
                .contains("nested=6")
                .contains("till=7");
        final String second = run(java(), source("Shop.java", SHOP.replace("FACTOR", "5")), file());
        assertThat(second).contains("sum=55 pear=Price[what=pear, cents=50").contains("nested=15");
    }

    @Test
    void aNotebookSendsWhatWasTypedAMomentAgo() throws Exception {
        final String script = """
                import io.muster.*
                int twice(int n) { return 2 * n; }
                var client = Client.connect(java.nio.file.Path.of("%1$s"))
                System.out.println("answer=" + client.submit(() -> twice(21)).join())
                int twice(int n) { return 200 * n; }
                client.submit(() -> twice(21))
                client.close()
                var other = Client.connect(java.nio.file.Path.of("%1$s"))
                System.out.println("answer=" + other.submit(() -> twice(21)).join())
                other.close()
                /exit
                """.formatted(file());
        final String jshell =
                Path.of(System.getProperty("java.home"), "bin", "jshell").toString();
        final String said =
                run(jshell, "--class-path", System.getProperty("java.class.path"), "-s", source("script.jsh", script));
        assertThat(said).contains("answer=42").contains("was redefined since").contains("answer=4200");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String file() {
        return cluster.schedulerFile().toString();
    }

    private static String source(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static String run(final String... command) throws IOException, InterruptedException {
        final File output = Files.createTempFile(folder, "said", ".txt").toFile();
        final ProcessBuilder builder =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        final Process process = builder.start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output.toPath(), StandardCharsets.UTF_8);
    }
}
