package io.muster.transport.aeron;

import java.util.HashMap;
import java.util.Map;
import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each distinct error of Aeron once, and again with its count each time that has grown tenfold; never ends the
 * JVM.
 */
final class DistinctErrors implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DistinctErrors.class);
    private static final int MAX_DISTINCT = 256;
    private static final int REPEAT_FACTOR = 10;

    private final Map<String, Count> counts = new HashMap<>();

    @Override
    public void onError(final Throwable error) {
        final String key = error.getClass().getName() + ": " + error.getMessage();
        final Count known = counts.get(key);
        if (known != null) {
            known.increment(key);
        } else if (counts.size() < MAX_DISTINCT) {
            counts.put(key, new Count());
            LOG.warn("Aeron reports {}", key, error);
        }
    }

    private static final class Count {
        private long seen = 1;
        private long nextLogged = REPEAT_FACTOR;

        void increment(final String key) {
            if (++seen == nextLogged) {
                nextLogged *= REPEAT_FACTOR;
                LOG.warn("Aeron reports {}, {} times so far", key, seen);
            }
        }
    }
}
