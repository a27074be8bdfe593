package io.muster.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A recursive-descent parser over one text. */
final class JsonReader {
    private static final int END = -1;

    private final String text;
    private int position;

    JsonReader(String text) {
        this.text = text;
    }

    @Nullable
    Object document() {
        if (peek() == '\uFEFF') {
            throw error("a byte order mark is not allowed");
        }
        skipSpace();
        Object value = value(0);
        skipSpace();
        if (position < text.length()) {
            throw error("the document has ended, but more text follows");
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        int c = peek();
        return switch (c) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> {
                if (c == '-' || isDigit(c)) {
                    yield number();
                }
                throw error("a value is required");
            }
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        checkDepth(depth);
        position++;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        skipSpace();
        if (accept('}')) {
            return Collections.unmodifiableMap(members);
        }
        do {
            skipSpace();
            if (peek() != '"') {
                throw error("a key in double quotes is required");
            }
            String key = string();
            if (members.containsKey(key)) {
                throw error("a key appears twice in one object");
            }
            skipSpace();
            require(':');
            skipSpace();
            members.put(key, value(depth));
            skipSpace();
        } while (accept(','));
        require('}');
        return Collections.unmodifiableMap(members);
    }

    private List<@Nullable Object> array(int depth) {
        checkDepth(depth);
        position++;
        List<@Nullable Object> elements = new ArrayList<>();
        skipSpace();
        if (accept(']')) {
            return Collections.unmodifiableList(elements);
        }
        do {
            skipSpace();
            elements.add(value(depth));
            skipSpace();
        } while (accept(','));
        require(']');
        return Collections.unmodifiableList(elements);
    }

    private String string() {
        int start = ++position;
        while (position < text.length() && isPlain(text.charAt(position))) {
            position++;
        }
        if (peek() == '"') {
            return text.substring(start, position++);
        }
        StringBuilder unescaped = new StringBuilder().append(text, start, position);
        while (!accept('"')) {
            int c = peek();
            if (c == '\\') {
                position++;
                unescaped.append(escape());
            } else if (c == END || c < ' ') {
                throw error("a string must end with a double quote and escape control characters");
            } else {
                unescaped.append((char) c);
                position++;
            }
        }
        return unescaped.toString();
    }

    private char escape() {
        int c = peek();
        char unescaped = switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> throw error("an unknown escape in a string");
        };
        position++;
        return unescaped;
    }

    private char hexadecimal() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            position++;
            int c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw error("\\u takes four hexadecimal digits");
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    private Number number() {
        int start = position;
        accept('-');
        if (!accept('0')) {
            digits();
        }
        boolean integral = true;
        if (accept('.')) {
            integral = false;
            digits();
        }
        if (accept('e') || accept('E')) {
            integral = false;
            if (!accept('+')) {
                accept('-');
            }
            digits();
        }
        String number = text.substring(start, position);
        if (integral && number.length() <= 20) {
            try {
                return Long.valueOf(number);
            } catch (NumberFormatException beyondLong) {
                return Double.valueOf(number);
            }
        }
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            throw error("a number is beyond the range of a double", false);
        }
        return value;
    }

    private void digits() {
        int start = position;
        while (isDigit(peek())) {
            position++;
        }
        if (position == start) {
            throw error("a digit is required");
        }
    }

    private @Nullable Object literal(String word, @Nullable Object value) {
        for (int i = 0; i < word.length(); i++) {
            require(word.charAt(i));
        }
        return value;
    }

    private void skipSpace() {
        int c = peek();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            position++;
            c = peek();
        }
    }

    private void require(char c) {
        if (!accept(c)) {
            throw error("'" + c + "' is required");
        }
    }

    private boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    private int peek() {
        return position < text.length() ? text.charAt(position) : END;
    }

    private void checkDepth(int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw error("at most " + Json.MAX_DEPTH + " levels are read");
        }
    }

    private JsonException error(String what) {
        return error(what, position >= text.length());
    }

    private JsonException error(String what, boolean truncated) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position; i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        String where = "invalid JSON at line=" + line + " column=" + column + ": ";
        return new JsonException(where + (truncated ? "the text ends too early, " : "") + what, truncated);
    }

    private static boolean isPlain(char c) {
        return c != '"' && c != '\\' && c >= ' ';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
