package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ranks that exchange messages by MPJ Express: from the root to each other rank, and for a barrier to rank 0 and back. Its own
 * collective calls would wait for ever for a rank that has died; these messages are asked for with naps in between.
 */
final class MpjTransport extends PlacedTransport {
    private static final Set<String> THREAD_DEVICES = Set.of("smpdev", "hybdev");
    private static final String MULTICORE = "smpdev";
    private static final String NATIVE = "native";
    private static final Pattern ENTRY = Pattern.compile(";([^;@]+)@[0-9]+@[0-9]+@([0-9]+)(?:@[0-9]+)?(?=;|$)");
    private static final int MESSAGE_BYTES = Integer.BYTES + MAX_BYTES;
    private static final long LONGEST_NAP_MS = 20;

    private final MpjLibrary library;
    private final String device;
    private final Duration timeout;
    private int tag;

    private MpjTransport(final Place place, final MpjLibrary library, final String device, final Duration timeout) {
        super(MpjProvider.NAME, place);
        this.library = library;
        this.device = device;
        this.timeout = timeout;
    }

    static MpjTransport open(final Launch launch, final Duration timeout) {
        final MpjLibrary library = MpjLibrary.find().orElseThrow();
        library.initialize(launch.arguments());
        final String configuration = launch.arguments().get(1);
        final String device = launch.arguments().get(2);
        final Place place = place(launch, library.rank(), library.size(), configuration, device);
        return new MpjTransport(place, library, device, timeout);
    }

    @Override
    public boolean sharesJvm() {
        return THREAD_DEVICES.contains(device);
    }

    @Override
    byte[] exchange(final byte[] bytes, final int root) {
        final int call = tag++;
        if (rank() == root) {
            final byte[] message = message(bytes);
            sendToOthers(message, call);
            return bytes;
        }
        return content(receive(root, call));
    }

    @Override
    void meet() {
        final int come = tag++;
        final int go = tag++;
        final byte[] message = message(new byte[0]);
        if (rank() == 0) {
            for (int other = 1; other < size(); other++) {
                receive(other, come);
            }
            sendToOthers(message, go);
        } else {
            await("rank=0", List.of(library.send(message, 0, come)));
            receive(0, go);
        }
    }

    @Override
    void leave() {
        library.close();
    }

    private void sendToOthers(final byte[] message, final int call) {
        final List<Object> requests = new ArrayList<>();
        for (int other = 0; other < size(); other++) {
            if (other != rank()) {
                requests.add(library.send(message, other, call));
            }
        }
        await("all ranks", requests);
    }

    private byte[] receive(final int from, final int call) {
        final byte[] message = new byte[MESSAGE_BYTES];
        await("rank=" + from, List.of(library.receive(message, from, call)));
        return message;
    }

    private void await(final String whom, final Collection<Object> requests) {
        final String what = "MPJ Express: rank=" + rank() + " of size=" + size() + " waiting for " + whom;
        final long start = System.nanoTime();
        long napMs = 1;
        for (final Object request : requests) {
            while (!library.isDone(request)) {
                if (System.nanoTime() - start > timeout.toNanos()) {
                    throw TimeLimit.expired(what, timeout, null);
                }
                nap(what, napMs);
                napMs = Math.min(LONGEST_NAP_MS, 2 * napMs);
            }
        }
    }

    private static void nap(final String what, final long ms) {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            throw TimeLimit.interrupted(what, e);
        }
    }

    private static byte[] message(final byte[] bytes) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] content(final byte[] message) {
        final ByteBuffer buffer = ByteBuffer.wrap(message);
        final int length = buffer.getInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new MpiLaunchException("MPJ Express: length=" + length + " must be in 0.." + MAX_BYTES, null);
        }
        final byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private static Place place(
            final Launch launch, final int rank, final int size, final String configuration, final String device) {
        if (device.equals(NATIVE)) {
            final RankEnvironment environment =
                    RankEnvironment.of(launch.environment()).orElse(null);
            if (environment != null) {
                environment.requireSame("MPJ Express", rank, size);
            }
            return Place.anywhere(rank, size).locatedBy(environment);
        }
        requireSame(launch.arguments().get(0), rank);
        return device.equals(MULTICORE)
                ? new Place(rank, size, rank, size)
                : onNode(Place.anywhere(rank, size), configuration);
    }

    private static void requireSame(final String argument, final int rank) {
        if (Integer.parseInt(argument) != rank) {
            throw new MpiLaunchException(
                    "mpjrun says rank=" + argument + " by arguments, but MPJ Express says rank=" + rank
                            + ". Give MpiLaunch the arguments of main as they are",
                    null);
        }
    }

    /** The place on the node, from the configuration's entries {@code HOST@READPORT@WRITEPORT@RANK@DEBUGPORT}. */
    private static Place onNode(final Place place, final String configuration) {
        final Map<Integer, String> hosts = new TreeMap<>();
        final Matcher entries = ENTRY.matcher(configuration);
        while (entries.find()) {
            hosts.put(Integer.valueOf(entries.group(2)), entries.group(1));
        }
        final String host = hosts.get(place.rank());
        if (host == null || hosts.size() != place.size()) {
            return place;
        }
        final List<Integer> neighbours = hosts.entrySet().stream()
                .filter(entry -> entry.getValue().equals(host))
                .map(Map.Entry::getKey)
                .toList();
        return new Place(place.rank(), place.size(), neighbours.indexOf(place.rank()), neighbours.size());
    }
}
