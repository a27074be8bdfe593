package io.muster.config;

import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A printer of one value. */
final class JsonWriter {
    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    String document(@Nullable Object value) {
        value(value, 0);
        return out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof String string) {
            string(string);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Map<?, ?> map) {
            object(map, depth + 1);
        } else if (value instanceof Iterable<?> elements) {
            array(elements, depth + 1);
        } else {
            throw new IllegalArgumentException("type=" + value.getClass().getName()
                    + " has no JSON form; required are strings, numbers, booleans, maps and lists");
        }
    }

    private void number(Number number) {
        boolean integral = number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte;
        boolean finite = (number instanceof Double || number instanceof Float) && Double.isFinite(number.doubleValue());
        if (!integral && !finite) {
            throw new IllegalArgumentException("number=" + number + " of type="
                    + number.getClass().getName() + " has no JSON form; a long or a finite double is required");
        }
        out.append(number);
    }

    private void object(Map<?, ?> map, int depth) {
        checkDepth(depth);
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            if (!(entry.getKey() instanceof String key)) {
                throw new IllegalArgumentException("key=" + entry.getKey() + " is not a String");
            }
            line(depth);
            string(key);
            out.append(pretty ? ": " : ":");
            value(entry.getValue(), depth);
            out.append(entries.hasNext() ? "," : "");
        }
        end(map.isEmpty(), depth, '}');
    }

    private void array(Iterable<?> elements, int depth) {
        checkDepth(depth);
        out.append('[');
        Iterator<?> iterator = elements.iterator();
        boolean empty = !iterator.hasNext();
        while (iterator.hasNext()) {
            line(depth);
            value(iterator.next(), depth);
            out.append(iterator.hasNext() ? "," : "");
        }
        end(empty, depth, ']');
    }

    private void end(boolean empty, int depth, char bracket) {
        if (!empty) {
            line(depth - 1);
        }
        out.append(bracket);
    }

    private void line(int depth) {
        if (pretty) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void string(String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isUnsafe(c) || isLoneSurrogate(string, i)) {
                        out.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isUnsafe(char c) {
        return c < ' ' || c == 127 || c == '\u2028' || c == '\u2029' || c == '\uFEFF';
    }

    private static boolean isLoneSurrogate(String string, int i) {
        char c = string.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == string.length() || !Character.isLowSurrogate(string.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(string.charAt(i - 1)));
    }

    private static void checkDepth(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new IllegalArgumentException("depth=" + depth + " must be <= " + Json.MAX_DEPTH);
        }
    }
}
