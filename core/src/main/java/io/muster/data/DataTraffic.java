package io.muster.data;

import java.util.concurrent.atomic.LongAdder;

/** What the data connections of this process have read and written since it began. */
public final class DataTraffic {
    private static final LongAdder READ = new LongAdder();
    private static final LongAdder WRITTEN = new LongAdder();

    private DataTraffic() {}

    /**
     * What was read.
     *
     * @return bytes, before encryption
     */
    public static long readBytes() {
        return READ.sum();
    }

    /**
     * What was written.
     *
     * @return bytes, before encryption
     */
    public static long writtenBytes() {
        return WRITTEN.sum();
    }

    static void read(final int bytes) {
        if (bytes > 0) {
            READ.add(bytes);
        }
    }

    static void wrote(final int bytes) {
        WRITTEN.add(bytes);
    }
}
