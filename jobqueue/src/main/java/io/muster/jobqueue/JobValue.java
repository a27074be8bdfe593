package io.muster.jobqueue;

import java.util.List;

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

    String shown() {
        return Shown.of(shape == Shape.TEXT ? elements.get(0) : elements.toString());
    }
}
