package io.muster.dashboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection over which a test says what no browser would. */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MS = 20_000;

    private final Socket socket;

    Wire(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
    }

    Wire say(final String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** What comes until the other side hangs up. */
    String hearAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What comes until a text is in it. */
    String hear(final String until) throws IOException {
        final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        final InputStream in = socket.getInputStream();
        while (!heard.toString(StandardCharsets.UTF_8).contains(until)) {
            final int next = in.read();
            if (next < 0) {
                throw new IOException("hung up after: " + heard.toString(StandardCharsets.UTF_8));
            }
            heard.write(next);
        }
        return heard.toString(StandardCharsets.UTF_8);
    }

    /** How many bytes come until there are at least so many. */
    int hear(final int least) throws IOException {
        int heard = 0;
        final byte[] some = new byte[65_536];
        while (heard < least) {
            final int count = socket.getInputStream().read(some);
            if (count < 0) {
                throw new IOException("hung up after bytes=" + heard);
            }
            heard += count;
        }
        return heard;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
