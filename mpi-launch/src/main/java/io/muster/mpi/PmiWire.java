package io.muster.mpi;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The lines of PMI-1: {@code cmd=name key=value ...}, one request and its answer at a time, as in RFC 13 of the Flux project.
 */
final class PmiWire implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 1 << 16;

    private final ByteStreams streams;
    private final InputStream in;
    private final TimeLimit limit;

    PmiWire(final ByteStreams streams, final Duration timeout) {
        this.streams = streams;
        in = new BufferedInputStream(streams.in());
        limit = new TimeLimit("muster-pmi", timeout);
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param request the line without its end
     * @param answer the {@code cmd} of the answer
     * @return the answer's keys and values
     * @throws MpiLaunchException if the launcher says no, says something else, or nothing in time
     */
    Map<String, String> ask(final String request, final String answer) {
        try {
            streams.out().write((request + "\n").getBytes(StandardCharsets.US_ASCII));
            streams.out().flush();
        } catch (final IOException e) {
            throw new MpiLaunchException("PMI-1 cannot send cmd=" + command(request) + ": " + e.getMessage(), e);
        }
        return expect(answer);
    }

    Map<String, String> expect(final String answer) {
        final String line = limit.call("PMI-1 waiting for cmd=" + answer, this::readLine);
        final Map<String, String> values = parse(line);
        if (!answer.equals(values.get("cmd")) || !"0".equals(values.getOrDefault("rc", "0"))) {
            throw new MpiLaunchException(
                    "PMI-1: required is cmd=" + answer + " rc=0, the launcher said: " + line, null);
        }
        return values;
    }

    @Override
    public void close() {
        limit.close();
        try {
            streams.owner().close();
        } catch (final IOException e) {
            throw new MpiLaunchException("PMI-1 cannot close its socket: " + e.getMessage(), e);
        }
    }

    private String readLine() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\n' && next >= 0 && line.size() < MAX_LINE_BYTES) {
            line.write(next);
            next = in.read();
        }
        if (next != '\n') {
            throw new IOException("the launcher closed the connection, or its line is longer than " + MAX_LINE_BYTES);
        }
        return line.toString(StandardCharsets.US_ASCII).strip();
    }

    private static Map<String, String> parse(final String line) {
        final Map<String, String> values = new HashMap<>();
        for (final String word : line.split(" ")) {
            final int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return values;
    }

    private static String command(final String request) {
        return parse(request).getOrDefault("cmd", "");
    }
}
