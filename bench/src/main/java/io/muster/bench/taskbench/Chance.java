package io.muster.bench.taskbench;

/**
 * Random numbers that are a function of some longs: the same for all who ask. They are SipHash-2-4 of the longs' little-endian bytes, with the
 * key bytes 1, 2, … 15, 0, as a fraction of 2^64.
 */
final class Chance {
    private static final long KEY_0 = 0x0807060504030201L;
    private static final long KEY_1 = 0x000F0E0D0C0B0A09L;

    private Chance() {}

    /** Returns a number from 0 to 1. */
    static double uniform(final long... longs) {
        final long hash = hash(longs);
        return (hash < 0 ? 2.0 * (hash >>> 1 | hash & 1) : hash) * 0x1p-64;
    }

    private static long hash(final long[] longs) {
        final State state = new State();
        for (final long word : longs) {
            state.mix(word);
        }
        state.mix((long) longs.length * Long.BYTES << 56);
        return state.end();
    }

    private static final class State {
        private long v0 = KEY_0 ^ 0x736f6d6570736575L;
        private long v1 = KEY_1 ^ 0x646f72616e646f6dL;
        private long v2 = KEY_0 ^ 0x6c7967656e657261L;
        private long v3 = KEY_1 ^ 0x7465646279746573L;

        void mix(final long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long end() {
            v2 ^= 0xff;
            for (int i = 0; i < 4; i++) {
                round();
            }
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
