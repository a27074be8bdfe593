package io.muster;

import io.muster.config.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What an event says, as text: it is shown where its classes are not known. */
final class EventText {
    private EventText() {}

    static String of(final Object value) {
        Objects.requireNonNull(value, "value");
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            try {
                return Json.write(value);
            } catch (final RuntimeException e) {
                return value.toString();
            }
        }
        return value.toString();
    }
}
