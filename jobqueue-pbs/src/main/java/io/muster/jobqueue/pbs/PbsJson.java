package io.muster.jobqueue.pbs;

import io.muster.config.Json;
import io.muster.config.JsonException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code qstat -f -F json}. Values that PBS has taken for numbers are texts again. */
final class PbsJson {
    private PbsJson() {}

    /**
     * The jobs in a document.
     *
     * @throws JsonException if it is not one: PBS does not quote all that needs it
     */
    static List<PbsJob> jobs(final String text) {
        final List<PbsJob> jobs = new ArrayList<>();
        if (Json.parse(text.strip()) instanceof Map<?, ?> document
                && document.get("Jobs") instanceof Map<?, ?> answers) {
            answers.forEach((id, answer) -> {
                final Map<String, String> attributes = new HashMap<>();
                flatten("", answer, attributes);
                jobs.add(new PbsJob(id.toString(), attributes));
            });
        }
        return jobs;
    }

    private static void flatten(final String name, final @Nullable Object value, final Map<String, String> attributes) {
        if (value instanceof Map<?, ?> members) {
            members.forEach((key, member) -> flatten(
                    (name.isEmpty() ? "" : name + ".") + key.toString().toLowerCase(Locale.ROOT), member, attributes));
        } else {
            attributes.put(name, String.valueOf(value));
        }
    }
}
