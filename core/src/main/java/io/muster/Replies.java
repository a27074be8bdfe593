package io.muster;

import io.muster.config.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the scheduler's answers on where results are. */
final class Replies {
    private Replies() {}

    static Map<?, ?> object(final String json) {
        if (Json.parse(json) instanceof Map<?, ?> map) {
            return map;
        }
        throw new MusterException("answer=" + json + " must be an object; is the scheduler of another version?");
    }

    static Map<TaskFuture<?>, List<String>> holders(
            final Map<?, ?> answer, final Collection<? extends TaskFuture<?>> futures) {
        final Map<TaskFuture<?>, List<String>> holders = new LinkedHashMap<>();
        for (final TaskFuture<?> future : futures) {
            final List<String> names = new ArrayList<>();
            if (answer.get(Integer.toString(future.taskId())) instanceof List<?> found) {
                found.forEach(name -> names.add(String.valueOf(name)));
            }
            holders.put(future, Collections.unmodifiableList(names));
        }
        return Collections.unmodifiableMap(holders);
    }

    static Map<String, Map<String, Long>> held(final Map<?, ?> answer) {
        final Map<String, Map<String, Long>> held = new LinkedHashMap<>();
        answer.forEach((worker, results) -> {
            final Map<String, Long> sizes = new LinkedHashMap<>();
            if (results instanceof Map<?, ?> found) {
                found.forEach(
                        (key, size) -> sizes.put(String.valueOf(key), size instanceof Number n ? n.longValue() : 0L));
            }
            held.put(String.valueOf(worker), Collections.unmodifiableMap(sizes));
        });
        return Collections.unmodifiableMap(held);
    }

    static long number(final Map<?, ?> answer, final String name) {
        return answer.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
