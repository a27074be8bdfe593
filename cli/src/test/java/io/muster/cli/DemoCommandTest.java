package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {
    @TempDir
    Path input;

    @Test
    void jsonIsOneLineForEachProgram() throws IOException {
        for (int i = 0; i < 50; i++) {
            Files.writeString(
                    input.resolve("file" + i), "muster muster Muster bee\n" + (i % 2 == 0 ? "ant cat to" : "dog"));
        }

        final Run run = Run.of("demo", "--threads", "--json", "--input", input.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        final List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        final Map<?, ?> darts = object(lines.get(0));
        final Map<?, ?> words = object(lines.get(1));
        assertThat(darts.keySet().stream().map(Object::toString))
                .containsExactly("demo", "workers", "transport", "tasks", "seconds", "result");
        assertThat(darts.get("demo")).isEqualTo("darts");
        assertThat(darts.get("workers")).isEqualTo(2L);
        assertThat(darts.get("transport")).isEqualTo("inproc");
        assertThat(darts.get("tasks")).isEqualTo(100L);
        assertThat(darts.get("result"))
                .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
                .isBetween(3.14, 3.143);
        assertThat(words.get("demo")).isEqualTo("wordcount");
        assertThat(words.get("tasks"))
                .as("7 groups of 8 files, then 2 + 1 merges")
                .isEqualTo(10L);
        assertThat(words.get("seconds")).isInstanceOf(Number.class);
        assertThat(Json.write(words.get("result")))
                .isEqualTo("{\"muster\":150,\"bee\":50,\"ant\":25,\"cat\":25,\"dog\":25}");
        assertThat(run.err()).contains("darts 100/100 tasks", "wordcount 10/10 tasks");
    }

    @Test
    void peopleGetASentenceForEachProgram() throws IOException {
        Files.writeString(input.resolve("one"), "ant bee bee");

        final Run run = Run.of("demo", "--threads", "--workers", "1", "--input", input.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out())
                .contains(
                        "darts: pi is about 3.14",
                        "wordcount: 3 words in 1 files, most of all bee 2, ant 1 (1 tasks in ");
    }

    @Test
    void aFolderWithoutTextIsBadInput() {
        final Run run = Run.of("demo", "--threads", "--input", input.toString());

        assertThat(run.err()).contains("must hold at least one text file");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    private static Map<?, ?> object(final String line) {
        assertThat(Json.parse(line)).isInstanceOf(Map.class);
        return (Map<?, ?>) Json.parse(line);
    }
}
