package io.muster.mpi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;

/** The launcher's side of PMI-1 for ranks that connect to a port, one thread for each. Its answers may be spoilt. */
final class FakePmiServer implements AutoCloseable {
    private final int size;
    private final UnaryOperator<String> spoil;
    private final ServerSocket server;
    private final CyclicBarrier barrier;
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    FakePmiServer(final int size, final UnaryOperator<String> spoil) throws IOException {
        this.size = size;
        this.spoil = spoil;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        barrier = new CyclicBarrier(size);
        start("fake-pmi", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** All lines that came. */
    List<String> requests() {
        return new ArrayList<>(requests);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (final Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                final Socket socket = server.accept();
                sockets.add(socket);
                start("fake-pmi-rank", () -> serve(socket));
            }
        } catch (final IOException e) {
            barrier.reset();
        }
    }

    private void serve(final Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = in.readLine();
            while (line != null) {
                requests.add(line);
                for (final String answer : answers(line)) {
                    send(socket.getOutputStream(), spoil.apply(answer));
                }
                line = in.readLine();
            }
        } catch (final IOException | InterruptedException | BrokenBarrierException e) {
            barrier.reset();
        }
    }

    private List<String> answers(final String line) throws InterruptedException, BrokenBarrierException {
        final String command = value(line, "cmd");
        return switch (command) {
            case "initack" ->
                List.of(
                        "cmd=initack rc=0",
                        "cmd=set size=" + size,
                        "cmd=set rank=" + value(line, "pmiid"),
                        "cmd=set debug=0");
            case "init" -> List.of("cmd=response_to_init pmi_version=1 pmi_subversion=1 rc=0");
            case "get_maxes" -> List.of("cmd=maxes kvsname_max=256 keylen_max=64 vallen_max=1024 rc=0");
            case "get_my_kvsname" -> List.of("cmd=my_kvsname kvsname=kvs_7 rc=0");
            case "put" -> {
                values.put(value(line, "key"), value(line, "value"));
                yield List.of("cmd=put_result rc=0 msg=success");
            }
            case "barrier_in" -> {
                barrier.await();
                yield List.of("cmd=barrier_out rc=0");
            }
            case "get" -> List.of("cmd=get_result rc=0 msg=success value=" + values.get(value(line, "key")));
            case "finalize" -> List.of("cmd=finalize_ack rc=0");
            default -> List.of("cmd=" + command + " rc=-1 msg=unknown");
        };
    }

    private static void send(final OutputStream out, final String answer) throws IOException {
        if (!answer.isEmpty()) {
            out.write((answer + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private static String value(final String line, final String name) {
        for (final String word : line.split(" ")) {
            if (word.startsWith(name + "=")) {
                return word.substring(name.length() + 1);
            }
        }
        throw new UncheckedIOException(new IOException("no " + name + " in " + line));
    }

    private static void start(final String name, final Runnable body) {
        final Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
