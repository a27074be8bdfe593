package io.muster.mpi;

import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Ranks that exchange values through their launcher by PMIx. A rank that waits is blocked in the library, on a thread that can be
 * given up on.
 */
final class PmixTransport extends PlacedTransport {
    private final PmixLibrary library;
    private final TimeLimit limit;
    private int exchanges;

    private PmixTransport(final Place place, final PmixLibrary library, final TimeLimit limit) {
        super(PmixProvider.NAME, place);
        this.library = library;
        this.limit = limit;
    }

    static PmixTransport open(
            final PmixLibrary library, final @Nullable RankEnvironment environment, final Duration timeout) {
        final TimeLimit limit = new TimeLimit("muster-pmix", timeout);
        final Place place = limit.call("PMIx: joining the launch", () -> join(library));
        if (environment != null) {
            environment.requireSame("PMIx", place.rank(), place.size());
        }
        return new PmixTransport(place.localSize() > 0 ? place : place.locatedBy(environment), library, limit);
    }

    @Override
    byte[] exchange(final byte[] bytes, final int root) {
        final String key = "muster." + exchanges++;
        final String value = limit.call("PMIx: waiting for rank=" + root, () -> {
            if (rank() == root) {
                library.put(key, "v" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            }
            library.fence();
            return library.text(root, key);
        });
        return Base64.getUrlDecoder().decode(value.substring(1));
    }

    @Override
    void meet() {
        limit.run("PMIx: waiting for all ranks", library::fence);
    }

    @Override
    void leave() {
        try (limit) {
            limit.run("PMIx: taking leave", library::close);
        }
    }

    private static Place join(final PmixLibrary library) {
        final int rank = library.initialize();
        final int size = library.number(PmixLibrary.JOB, "pmix.job.size")
                .orElseThrow(() -> new MpiLaunchException("PMIx does not tell how many ranks there are", null));
        return new Place(
                rank,
                size,
                library.number(rank, "pmix.lrank").orElse(Place.UNKNOWN_RANK),
                library.number(PmixLibrary.JOB, "pmix.local.size").orElse(Place.UNKNOWN_SIZE));
    }
}
