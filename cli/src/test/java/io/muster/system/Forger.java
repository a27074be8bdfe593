package io.muster.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * An attacker on the far host who sees all that the worker sends. It sends random bytes, what was sent before, the same
 * with a bit changed, and junk in the place of what the worker will send next; and ends once that has broken the link
 * as often as there are kinds of junk.
 *
 * <p>It reads what was sent from the log buffers of the worker's media driver: three terms, in which each datagram lies
 * with its header as it goes out. A new session has new ones.
 */
final class Forger {
    private static final short PADDING = 0;
    private static final short DATA = 1;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long JUNK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PACE_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int TERM_LENGTH = 256 << 10;
    private static final int TERMS = 3;
    private static final int TYPE = 6;
    private static final int TERM_OFFSET = 8;
    private static final int TERM_ID = 20;
    private static final int HEADER_LENGTH = 32;
    private static final int MAX_DATAGRAM = 1408;
    private static final int REPEATED_PER_ROUND = 50;

    /** What the headers of junk claim to be, one after the other. */
    private static final List<Claim> CLAIMS = List.of(
            new Claim(DATA, 0),
            new Claim(DATA, 7),
            new Claim(DATA, 1 << 30),
            new Claim(DATA, -64),
            new Claim(PADDING, 1 << 30));

    private final Random random = new Random(7);
    private final Map<Path, ByteBuffer> logs = new LinkedHashMap<>();
    private final DatagramChannel channel;
    private final List<InetSocketAddress> targets;

    /**
     * A lie.
     *
     * @param type of the frame
     * @param length of the frame; 0: the true one
     */
    private record Claim(short type, int length) {}

    private Forger(final DatagramChannel channel, final List<InetSocketAddress> targets) {
        this.channel = channel;
        this.targets = targets;
    }

    /** Attacks the ports given after the folder of the worker's files. */
    public static void main(final String[] arguments) throws IOException {
        final List<InetSocketAddress> targets = Arrays.stream(arguments)
                .skip(1)
                .map(port -> new InetSocketAddress(Cable.NEAR_ADDRESS, Integer.parseInt(port)))
                .toList();
        try (DatagramChannel channel = DatagramChannel.open()) {
            new Forger(channel, targets).attack(Path.of(arguments[0]));
        }
    }

    private void attack(final Path workerFiles) throws IOException {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        long junkNs = System.nanoTime();
        readLogs(workerFiles);
        while (logs.size() <= CLAIMS.size()) {
            final long nowNs = System.nanoTime();
            if (nowNs > deadlineNs) {
                throw new IllegalStateException(
                        "sessions of the worker=" + logs.size() + " must be > " + CLAIMS.size());
            }
            if (nowNs - junkNs > JUNK_EVERY_NS && !logs.isEmpty()) {
                junkNs = nowNs;
                forgeNext(newestLog(), CLAIMS.get(logs.size() - 1));
            }
            for (final ByteBuffer log : logs.values()) {
                repeatSome(log);
            }
            send(randomBytes(1 + random.nextInt(MAX_DATAGRAM)));
            readLogs(workerFiles);
        }
    }

    private ByteBuffer newestLog() {
        return logs.values().stream().reduce((first, second) -> second).orElseThrow();
    }

    private void readLogs(final Path workerFiles) throws IOException {
        try (Stream<Path> files = Files.walk(workerFiles)) {
            for (final Path file : files.filter(path -> path.getParent().endsWith("publications")
                            && path.toString().endsWith(".logbuffer"))
                    .filter(path -> !logs.containsKey(path))
                    .toList()) {
                readLog(file);
            }
        } catch (final UncheckedIOException | NoSuchFileException e) {
            System.out.println("a session ended meanwhile: " + e.getMessage());
        }
    }

    /** A log that is still being made is left for later. */
    private void readLog(final Path file) throws IOException {
        try (FileChannel bytes = FileChannel.open(file)) {
            if (bytes.size() > TERMS * TERM_LENGTH) {
                logs.put(
                        file,
                        bytes.map(FileChannel.MapMode.READ_ONLY, 0, TERMS * TERM_LENGTH)
                                .order(ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    private void repeatSome(final ByteBuffer log) throws IOException {
        int left = REPEATED_PER_ROUND;
        final int term = random.nextInt(TERMS);
        int at = term * TERM_LENGTH;
        while (left > 0 && isDatagram(log, term, at)) {
            if (random.nextInt(8) == 0) {
                left--;
                final byte[] copy = datagram(log, at);
                send(copy);
                copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
                send(copy);
            }
            at += aligned(log.getInt(at));
        }
    }

    /** Takes the place of what the worker sends next: a header that is right but for the claim, and random bytes. */
    private void forgeNext(final ByteBuffer log, final Claim claim) throws IOException {
        int lastAt = -1;
        for (int term = 0; term < TERMS; term++) {
            int at = term * TERM_LENGTH;
            while (isDatagram(log, term, at)) {
                if (lastAt < 0 || log.getInt(at + TERM_ID) >= log.getInt(lastAt + TERM_ID)) {
                    lastAt = at;
                }
                at += aligned(log.getInt(at));
            }
        }
        if (lastAt < 0) {
            return;
        }
        final byte[] junk = randomBytes(aligned(log.getInt(lastAt)));
        log.get(lastAt, junk, 0, HEADER_LENGTH);
        final ByteBuffer header = ByteBuffer.wrap(junk).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(TERM_OFFSET, log.getInt(lastAt + TERM_OFFSET) + junk.length)
                .putShort(TYPE, claim.type());
        if (claim.length() != 0) {
            header.putInt(0, claim.length());
        }
        send(junk);
    }

    private static boolean isDatagram(final ByteBuffer log, final int term, final int at) {
        return at < (term + 1) * TERM_LENGTH && log.getInt(at) > HEADER_LENGTH && log.getInt(at) <= MAX_DATAGRAM;
    }

    private static byte[] datagram(final ByteBuffer log, final int at) {
        final byte[] copy = new byte[aligned(log.getInt(at))];
        log.get(at, copy);
        return copy;
    }

    private static int aligned(final int length) {
        return (length + HEADER_LENGTH - 1) & -HEADER_LENGTH;
    }

    private byte[] randomBytes(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void send(final byte[] bytes) throws IOException {
        for (final InetSocketAddress target : targets) {
            channel.send(ByteBuffer.wrap(bytes), target);
            LockSupport.parkNanos(PACE_NS);
        }
    }
}
