package io.muster.jobqueue;

import java.util.List;
import java.util.Map;

/**
 * A value as it was written, before its key makes sense of it.
 *
 * @param shape what it is in the file
 * @param elements the text alone; the elements of a list; {@code name=value} for each entry of a map
 */
record JobValue(Shape shape, List<String> elements) {
    /** The forms that a value has in a file. */
    enum Shape {
        TEXT,
        LIST,
        MAP
    }

    JobValue {
        elements = List.copyOf(elements);
    }

    static JobValue text(final String text) {
        return new JobValue(Shape.TEXT, List.of(text));
    }

    /** A text as it is; a list as an array; a map as an object with a member {@code map}. */
    Object toJson() {
        return switch (shape) {
            case TEXT -> elements.get(0);
            case LIST -> elements;
            case MAP -> Map.of("map", elements);
        };
    }

    static JobValue ofJson(final Object json) {
        if (json instanceof List<?> list) {
            return new JobValue(Shape.LIST, texts(list));
        }
        if (json instanceof Map<?, ?> map && map.get("map") instanceof List<?> list) {
            return new JobValue(Shape.MAP, texts(list));
        }
        return text(String.valueOf(json));
    }

    private static List<String> texts(final List<?> list) {
        return list.stream().map(String::valueOf).toList();
    }

    String shown() {
        return Shown.of(shape == Shape.TEXT ? elements.get(0) : elements.toString());
    }
}
