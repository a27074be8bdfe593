package io.muster.mpi;

import io.muster.security.RandomName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ranks that leave files for each other in a directory. */
final class FileTransport extends PlacedTransport {
    /*
     * The directory may hold files of an earlier launch that was killed, under the same name: launchers use their job ids again.
     * So nobody believes a file before both sides have seen something that only the other one of this launch can have written:
     *
     *   rank r leaves an empty file  hello.<size>.<r>.<nonce>         its nonce is new
     *   rank 0 writes the file epoch, "<epoch> <nonce> <nonce> ..."   its epoch is new, and it repeats all nonces that it found
     *   rank r believes an epoch that repeats its nonce, and leaves   <epoch>.in.<r>
     *   rank 0 goes on when all ranks are in, and deletes all files whose names do not have its epoch.
     *
     * An old hello only adds a nonce that nobody waits for; an old epoch file cannot repeat a new nonce. All later files have the
     * epoch in their names. Rank 0 deletes what was said when all have come to a barrier, and the directory when all have left.
     */
    private static final Logger LOG = LoggerFactory.getLogger(FileTransport.class);
    private static final String HELLO = "hello.";
    private static final String EPOCH_FILE = "epoch";
    private static final Duration LEAVING_TIME = Duration.ofSeconds(2);
    private static final int NONCE_BYTES = 16;

    private final MeetingDirectory directory;
    private final String epoch;
    private int calls;

    private FileTransport(final String name, final Place place, final MeetingDirectory directory, final String epoch) {
        super(name, place);
        this.directory = directory;
        this.epoch = epoch;
    }

    /** Meets the other ranks. */
    static FileTransport join(final String name, final Place place, final MeetingDirectory directory) {
        final String epoch = place.rank() == 0 ? gather(place.size(), directory) : follow(place, directory);
        return new FileTransport(name, place, directory, epoch);
    }

    @Override
    byte[] exchange(final byte[] bytes, final int root) {
        final String file = epoch + ".say." + calls++;
        if (rank() == root) {
            directory.leave(file, bytes);
            return bytes;
        }
        return directory.await(
                () -> "rank=" + rank() + " of size=" + size() + " waiting for rank=" + root,
                () -> directory.read(file));
    }

    @Override
    void meet() {
        final int call = calls++;
        final String at = epoch + ".at." + call + ".";
        final String go = epoch + ".go." + call;
        if (rank() == 0) {
            awaitAll(directory, at, size());
            directory.delete(name -> true);
            directory.leave(go);
        } else {
            directory.leave(at + rank());
            directory.await(
                    () -> "rank=" + rank() + " of size=" + size() + " waiting for all ranks",
                    () -> directory.names().contains(go) ? go : null);
        }
    }

    @Override
    void leave() {
        final String out = epoch + ".out.";
        try {
            if (rank() != 0) {
                directory.leave(out + rank());
            } else if (directory.awaitFor(LEAVING_TIME, () -> allThere(directory.names(), out, size())) == null) {
                directory.delete(name -> name.startsWith(epoch + ".say."));
            } else {
                directory.delete();
            }
        } catch (final MpiLaunchException e) {
            LOG.debug("rank={} leaves something behind", rank(), e);
        }
    }

    private static String gather(final int size, final MeetingDirectory directory) {
        final String epoch = RandomName.hex(NONCE_BYTES);
        final Set<String> repeated = new HashSet<>();
        directory.await(() -> describeMissing(directory.names(), epoch, size), () -> {
            final Set<String> names = directory.names();
            if (repeated.addAll(nonces(names, size))) {
                final String text = epoch + " " + String.join(" ", repeated);
                directory.leave(EPOCH_FILE, text.getBytes(StandardCharsets.US_ASCII));
            }
            return allThere(names, epoch + ".in.", size);
        });
        directory.delete(name -> !name.contains(epoch));
        return epoch;
    }

    private static String follow(final Place place, final MeetingDirectory directory) {
        final String nonce = RandomName.hex(NONCE_BYTES);
        directory.leave(HELLO + place.size() + "." + place.rank() + "." + nonce);
        final String epoch = directory.await(
                () -> "rank=" + place.rank() + " of size=" + place.size() + " waiting for rank=0", () -> {
                    final List<String> words =
                            List.of(directory.readText(EPOCH_FILE).split(" "));
                    return words.lastIndexOf(nonce) > 0 ? words.get(0) : null;
                });
        directory.leave(epoch + ".in." + place.rank());
        return epoch;
    }

    /** The nonces of ranks that believe in the same size. */
    private static Set<String> nonces(final Set<String> names, final int size) {
        final String prefix = HELLO + size + ".";
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toSet());
    }

    private static void awaitAll(final MeetingDirectory directory, final String prefix, final int size) {
        directory.await(
                () -> "rank=0 of size=" + size + " waiting for ranks=" + missing(directory.names(), prefix, size),
                () -> allThere(directory.names(), prefix, size));
    }

    private static @Nullable Boolean allThere(final Set<String> names, final String prefix, final int size) {
        return missing(names, prefix, size).isEmpty() ? Boolean.TRUE : null;
    }

    private static List<Integer> missing(final Set<String> names, final String prefix, final int size) {
        return IntStream.range(1, size)
                .filter(rank -> !names.contains(prefix + rank))
                .boxed()
                .toList();
    }

    private static String describeMissing(final Set<String> names, final String epoch, final int size) {
        final Set<String> otherSizes = names.stream()
                .filter(name -> name.startsWith(HELLO) && !name.startsWith(HELLO + size + "."))
                .map(name -> name.split("\\.")[1])
                .collect(Collectors.toSet());
        return "rank=0 of size=" + size + " waiting for ranks=" + missing(names, epoch + ".in.", size)
                + (otherSizes.isEmpty() ? "" : ", others believe in size=" + otherSizes + ",");
    }
}
