package io.muster.jobqueue;

import io.muster.config.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * The file in a cluster's folder that says which jobs it has, so that they can be found and cancelled when its scheduler was killed.
 */
public final class JobRecord {
    /** Its name. */
    static final String FILE = "jobs.json";

    private JobRecord() {}

    /**
     * Writes it anew; it appears complete or not at all.
     *
     * @param directory the cluster's folder
     * @param system the batch system's name
     * @param living ids of the jobs that are not over
     * @throws IOException if it cannot be written
     */
    public static void write(final Path directory, final String system, final List<String> living) throws IOException {
        final Path file = directory.resolve(FILE);
        final Path temporary = directory.resolve(FILE + ".new");
        Files.write(
                temporary,
                Json.writePretty(Map.of("system", system, "jobs", living)).getBytes(StandardCharsets.UTF_8));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The ids in a record. */
    static List<String> living(final @org.jspecify.annotations.Nullable Object record) {
        return record instanceof Map<?, ?> map && map.get("jobs") instanceof List<?> jobs
                ? jobs.stream().map(String::valueOf).toList()
                : List.of();
    }
}
