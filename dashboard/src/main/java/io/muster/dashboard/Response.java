package io.muster.dashboard;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP response.
 *
 * @param status the code
 * @param type of the content
 * @param body the content
 * @param headers beyond those that every response has
 */
record Response(int status, String type, byte[] body, Map<String, String> headers) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";

    /*
     * Nothing from elsewhere, in no frame, kept nowhere, and no address told to others: the first one carries the token.
     */
    private static final String ALWAYS = "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri"
            + " 'none'; form-action 'none'\r\n"
            + "X-Frame-Options: DENY\r\n"
            + "X-Content-Type-Options: nosniff\r\n"
            + "Referrer-Policy: no-referrer\r\n"
            + "Cross-Origin-Resource-Policy: same-origin\r\n"
            + "Cross-Origin-Opener-Policy: same-origin\r\n"
            + "Cache-Control: no-store, no-transform\r\n"
            + "X-Accel-Buffering: no\r\n";

    static Response text(final int status, final String text) {
        return of(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Response json(final String json) {
        return of(200, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    static Response of(final int status, final String type, final byte[] body) {
        return new Response(status, type, body, Map.of());
    }

    Response with(final String name, final String value) {
        final Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Response(status, type, body, more);
    }

    /** The head of a response whose length is known. */
    byte[] head(final boolean keepsAlive) {
        final StringBuilder head = begin(status, type);
        head.append("Content-Length: ").append(body.length).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append(keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The head of a stream of events, which ends when one of the two hangs up. */
    static byte[] streamHead(final boolean isChunked) {
        final StringBuilder head = begin(200, "text/event-stream; charset=utf-8");
        head.append(isChunked ? "Transfer-Encoding: chunked\r\n" : "").append("Connection: close\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static StringBuilder begin(final int status, final String type) {
        return new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason(status))
                .append("\r\nContent-Type: ")
                .append(type)
                .append("\r\n")
                .append(ALWAYS);
    }

    private static String reason(final int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 414 -> "URI Too Long";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> "Error";
        };
    }
}
