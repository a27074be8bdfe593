package io.muster.transport.aeron;

import io.muster.protocol.LinkKind;

/**
 * What both ends of a link know.
 *
 * @param kind what carries it
 * @param streamToScheduler the number of the stream towards the scheduler
 * @param streamFromScheduler the number of the stream from the scheduler
 * @param key that seals it, empty for IPC
 */
record LinkTerms(LinkKind kind, int streamToScheduler, int streamFromScheduler, byte[] key) {
    static final byte[] NO_KEY = {};

    static int bit(final LinkKind kind) {
        return 1 << kind.value();
    }

    static boolean contains(final int linkKinds, final LinkKind kind) {
        return (linkKinds & bit(kind)) != 0;
    }
}
