package io.muster.dashboard;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request.
 *
 * @param method as sent
 * @param path decoded, without query, with a slash at its begin
 * @param query decoded; of a name that occurs twice the first
 * @param headers by name in lower case; of a name that occurs twice the first
 * @param isOld whether it is HTTP/1.0
 * @param hasBody whether something follows that is no head
 */
record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        boolean isOld,
        boolean hasBody) {
    private static final int MAX_HEADERS = 100;

    /**
     * Parses a head.
     *
     * @param head all bytes up to the empty line, each a char
     * @throws BadRequestException if it is not one
     */
    static Request parse(final String head) {
        final String[] lines = head.split("\r?\n", -1);
        final String[] parts = lines[0].split(" ", -1);
        if (parts.length != 3 || !parts[0].matches("[A-Za-z-]{1,20}")) {
            throw new BadRequestException("the request line must be a method, a path and a version");
        }
        if (!parts[2].equals("HTTP/1.1") && !parts[2].equals("HTTP/1.0")) {
            throw new BadRequestException("the version must be HTTP/1.1 or HTTP/1.0");
        }
        final Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            addHeader(lines[i], headers);
        }
        final String target = parts[1];
        final int mark = target.indexOf('?');
        final String path = decode(mark < 0 ? target : target.substring(0, mark), false);
        if (!path.startsWith("/") || path.indexOf('\\') >= 0 || hasDots(path)) {
            throw new BadRequestException("the path must begin with / and have no .. in it");
        }
        return new Request(
                parts[0],
                path,
                mark < 0 ? Map.of() : query(target.substring(mark + 1)),
                headers,
                parts[2].endsWith("0"),
                headers.containsKey("transfer-encoding")
                        || !headers.getOrDefault("content-length", "0").equals("0"));
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether it only reads. */
    boolean isRead() {
        return method.equals("GET") || isHead();
    }

    @Nullable
    String header(final String name) {
        return headers.get(name);
    }

    String query(final String name, final String otherwise) {
        return query.getOrDefault(name, otherwise);
    }

    /**
     * A number of the query.
     *
     * @throws BadRequestException if it is none, or out of bounds
     */
    long query(final String name, final long otherwise, final long least, final long most) {
        final String text = query.get(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            final long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (final NumberFormatException e) {
            throw new BadRequestException(name + " must be a number in " + least + ".." + most, e);
        }
        throw new BadRequestException(name + " must be a number in " + least + ".." + most);
    }

    /** Whether the connection stays open after the answer. */
    boolean keepsAlive() {
        final String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        return !hasBody && (isOld ? connection.contains("keep-alive") : !connection.contains("close"));
    }

    private static void addHeader(final String line, final Map<String, String> headers) {
        final int colon = line.indexOf(':');
        if (colon < 1 || !line.substring(0, colon).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new BadRequestException("a header must be a name, a colon and a value");
        }
        final String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        final String value = line.substring(colon + 1).strip();
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127)) {
            throw new BadRequestException("a header must have no control characters");
        }
        if (headers.size() == MAX_HEADERS || headers.putIfAbsent(name, value) != null && name.equals("host")) {
            throw new BadRequestException("there must be at most " + MAX_HEADERS + " headers, and one Host");
        }
    }

    private static Map<String, String> query(final String text) {
        final Map<String, String> query = new HashMap<>();
        for (final String part : text.split("&", -1)) {
            final int equals = part.indexOf('=');
            query.putIfAbsent(
                    decode(equals < 0 ? part : part.substring(0, equals), true),
                    equals < 0 ? "" : decode(part.substring(equals + 1), true));
        }
        return query;
    }

    private static boolean hasDots(final String path) {
        for (final String segment : path.split("/", -1)) {
            if (segment.equals("..") || segment.equals(".")) {
                return true;
            }
        }
        return false;
    }

    private static String decode(final String text, final boolean plusIsSpace) {
        final byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c == '%') {
                final int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                final int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
                if (low < 0) {
                    throw new BadRequestException("% must be followed by two hexadecimal digits");
                }
                c = high << 4 | low;
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                c = ' ';
            } else if (c <= ' ' || c >= 127) {
                throw new BadRequestException("a path must be printable ASCII");
            }
            if (c < ' ' || c == 127) {
                throw new BadRequestException("a path must have no control characters");
            }
            bytes[length++] = (byte) c;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
