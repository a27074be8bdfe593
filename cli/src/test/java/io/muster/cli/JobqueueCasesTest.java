package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.BatchSystems;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.JobqueueConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The header lines that dask-jobqueue writes for the same configuration. */
final class JobqueueCasesTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void headerLinesAreThoseOfDaskJobqueue(
            final String id, final Map<String, Object> example, @TempDir final Path folder) throws IOException {
        final Path file = Files.writeString(folder.resolve("jobqueue.yaml"), Json.writePretty(example.get("config")));
        Files.writeString(folder.resolve("lsf.conf"), text(example, "lsf_conf"));
        final Map<String, String> environment = new HashMap<>(Map.of("LSF_ENVDIR", folder.toString()));
        map(example, "env").forEach((name, value) -> environment.put(name, String.valueOf(value)));
        final BatchSystem system = BatchSystems.byName(text(example, "system"));

        final JobSpec spec =
                JobSpec.of(JobqueueConfig.ofThisUser().load(system, file, text(example, "section")), environment);

        assertThat(system.headerLines(spec)).isEqualTo(example.get("header"));
    }

    @SuppressWarnings("unchecked")
    static Stream<Arguments> cases() throws IOException {
        try (InputStream in = JobqueueCasesTest.class.getResourceAsStream("/jobqueue-cases.json")) {
            final List<Map<String, Object>> cases = (List<Map<String, Object>>) Json.parse(in.readAllBytes());
            return cases.stream().map(each -> Arguments.of(each.get("id"), each));
        }
    }

    private static String text(final Map<String, Object> example, final String name) {
        return (String) example.get(name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(final Map<String, Object> example, final String name) {
        return (Map<String, Object>) example.get(name);
    }
}
