package io.muster.bench;

import io.muster.MusterException;
import io.muster.scheduler.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What this machine does at best, and what it runs on: to be seen beside every other number. */
final class Floor {
    static final String NAME = "floor";

    private static final int SAMPLES = 500;

    private Floor() {}

    /** Measures it, which takes a tenth of a second. */
    static BenchResult measure() {
        final Runtime.Version version = Runtime.version();
        return measured(() -> new BenchResult(NAME)
                .with("cores", Runtime.getRuntime().availableProcessors())
                .with("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
                .with("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .with("muster", Version.current())
                .with("java", version.toString())
                .with(
                        "flags",
                        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()))
                .with("spin_us", spinUs())
                .with("futex_us", futexUs())
                .with("loopback_us", loopbackUs()));
    }

    /** How long it takes for another core to see what one writes, and back. */
    static double spinUs() {
        return measured(() -> {
            final AtomicInteger turn = new AtomicInteger();
            return besides(
                    () -> {
                        for (int i = 0; i < SAMPLES; i++) {
                            await(turn, 2 * i + 1);
                            turn.set(2 * i + 2);
                        }
                    },
                    i -> {
                        turn.set(2 * i + 1);
                        await(turn, 2 * i + 2);
                    });
        });
    }

    private static <T> T measured(final Callable<T> measurement) {
        try {
            return measurement.call();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while measuring the machine", e);
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new MusterException("can't measure the machine: " + e.getMessage(), e);
        }
    }

    private static void await(final AtomicInteger turn, final int value) {
        while (turn.get() != value) {
            Thread.onSpinWait();
        }
    }

    private static double futexUs() throws Exception {
        final SynchronousQueue<Integer> there = new SynchronousQueue<>();
        final SynchronousQueue<Integer> back = new SynchronousQueue<>();
        return besides(
                () -> {
                    for (int i = 0; i < SAMPLES; i++) {
                        back.put(there.take());
                    }
                },
                i -> {
                    there.put(i);
                    back.take();
                });
    }

    private static double loopbackUs() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket far = server.accept()) {
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            return besides(
                    () -> {
                        for (int i = 0; i < SAMPLES; i++) {
                            far.getOutputStream().write(far.getInputStream().read());
                        }
                    },
                    i -> {
                        near.getOutputStream().write(1);
                        if (near.getInputStream().read() != 1) {
                            throw new IOException("the byte that comes back must be the one that was sent");
                        }
                    });
        }
    }

    /** The median of round trips to another thread, in microseconds. */
    private static double besides(final Step echo, final Trip trip) throws Exception {
        final Thread other = new Thread(
                () -> {
                    try {
                        echo.run();
                    } catch (final Exception e) {
                        throw new MusterException("the other end failed: " + e.getMessage(), e);
                    }
                },
                "muster-floor");
        other.setDaemon(true);
        other.start();
        final long[] elapsedNs = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            final long startNs = System.nanoTime();
            trip.go(i);
            elapsedNs[i] = System.nanoTime() - startNs;
        }
        other.join();
        Arrays.sort(elapsedNs);
        return elapsedNs[SAMPLES / 2] / 1e3;
    }

    /** What the other thread does. */
    private interface Step {
        void run() throws Exception;
    }

    /** One round trip. */
    private interface Trip {
        void go(int number) throws Exception;
    }
}
