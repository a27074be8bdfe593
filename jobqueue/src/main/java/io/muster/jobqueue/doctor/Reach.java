package io.muster.jobqueue.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A port that answers only those who know a word, and the other side of it: tells whether two hosts can talk. Only the word crosses the
 * network.
 */
final class Reach implements AutoCloseable {
    private static final int TIMEOUT_MS = 3_000;
    private static final String GREETING = "muster-doctor ";

    private final ServerSocket socket;
    private final byte[] word;
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Listens on all addresses of this host. */
    Reach(final String word) throws IOException {
        this.word = (GREETING + word).getBytes(StandardCharsets.US_ASCII);
        socket = new ServerSocket(0);
        final Thread thread = new Thread(this::answer, "muster-doctor-port");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Waits until somebody has asked with the right word. */
    boolean awaitAsked(final long seconds) throws InterruptedException {
        return asked.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Asks at an address, {@code host:port}: {@link NodeReport#OK} if it answers, else what happened. */
    static String ask(final String address, final String word) {
        final int colon = address.lastIndexOf(':');
        final String host = address.substring(0, colon).replace("[", "").replace("]", "");
        final byte[] expected = (GREETING + word).getBytes(StandardCharsets.US_ASCII);
        try (Socket connection = new Socket()) {
            connection.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), TIMEOUT_MS);
            connection.setSoTimeout(TIMEOUT_MS);
            connection.getOutputStream().write(expected);
            final byte[] answer = connection.getInputStream().readNBytes(expected.length);
            return Arrays.equals(expected, answer) ? NodeReport.OK : "something else answered";
        } catch (final IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private void answer() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                connection.setSoTimeout(TIMEOUT_MS);
                final InputStream in = connection.getInputStream();
                if (Arrays.equals(word, in.readNBytes(word.length))) {
                    connection.getOutputStream().write(word);
                    connection.getOutputStream().flush();
                    asked.countDown();
                }
            } catch (final IOException e) {
                Thread.onSpinWait();
            }
        }
    }
}
