package io.muster.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A small strict JSON reader and writer (RFC 8259).
 *
 * <p>Objects are {@code Map<String, Object>} in the order of the text, arrays are {@code List<Object>}, both
 * unmodifiable. A number without fraction and exponent that fits is a {@code Long}, any other one a {@code Double}.
 * Strings, {@code Boolean} and null are themselves. Refused are: duplicate keys, more than {@value #MAX_DEPTH} levels,
 * numbers beyond a double, comments, trailing commas, a byte order mark, and a second document.
 */
public final class Json {
    /** The deepest nesting of arrays and objects that is read or written. */
    public static final int MAX_DEPTH = 100;

    private Json() {}

    /**
     * Parses one document.
     *
     * @param text the whole document
     * @return its value
     * @throws JsonException if the text is anything but one strict document
     */
    public static @Nullable Object parse(String text) {
        return new JsonReader(text).document();
    }

    /**
     * Parses one document in UTF-8.
     *
     * @param utf8 the whole document
     * @return its value
     * @throws JsonException if the bytes are not UTF-8, or anything but one strict document
     */
    public static @Nullable Object parse(byte[] utf8) {
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new JsonException("invalid JSON: bytes=" + utf8.length + " are not UTF-8", false);
        }
    }

    /**
     * Writes a value on one line, without spaces.
     *
     * @param value a String, Boolean, Byte, Short, Integer, Long, Float, Double, null, a Map with String keys, or an
     *     Iterable of such values
     * @return the document
     * @throws IllegalArgumentException if the value holds another type, a number that is not finite, or more than
     *     {@value #MAX_DEPTH} levels
     */
    public static String write(@Nullable Object value) {
        return new JsonWriter(false).document(value);
    }

    /**
     * Writes a value for people: one member a line, indented by two spaces, with a newline at the end.
     *
     * @param value as for {@link #write(Object)}
     * @return the document
     * @throws IllegalArgumentException as for {@link #write(Object)}
     */
    public static String writePretty(@Nullable Object value) {
        return new JsonWriter(true).document(value) + '\n';
    }
}
