package io.muster.data;

import io.muster.serialize.ValueAssembler;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Something that a worker's bulk port is asked for. Belongs to one thread at a time. */
sealed interface BulkRequest {
    /** A result to bring, from the first of its holders that gives it. */
    final class Fetch implements BulkRequest {
        final long task;
        final DataPlane.FetchListener listener;
        private final int[] holders;
        private final boolean[] gone;
        private int at;
        private @Nullable ValueAssembler assembler;
        private @Nullable ValueHead head;

        Fetch(final long task, final int[] holders, final DataPlane.FetchListener listener) {
            this.task = task;
            this.holders = holders.clone();
            this.gone = new boolean[holders.length];
            this.listener = listener;
        }

        boolean hasHolder() {
            return at < holders.length;
        }

        int holder() {
            return holders[at];
        }

        void nextHolder(final boolean saidGone) {
            gone[at++] = saidGone;
        }

        /** Where to go on: what came from earlier holders stays. */
        long position() {
            return assembler == null ? 0 : assembler.position();
        }

        /** The assembler if the bytes that follow this head continue what is here. */
        @Nullable
        ValueAssembler continuedBy(final ValueHead next) {
            return assembler != null
                            && head != null
                            && next.sameBytesAs(head)
                            && next.fromPosition() == assembler.position()
                    ? assembler
                    : null;
        }

        void begin(final ValueAssembler fresh, final ValueHead of) {
            assembler = fresh;
            head = of;
        }

        void startOver() {
            assembler = null;
            head = null;
        }

        void missing() {
            listener.missing(task, Arrays.copyOf(holders, at), Arrays.copyOf(gone, at));
        }
    }

    /** A value to put. */
    final class Store implements BulkRequest {
        final long task;
        final @Nullable Object value;
        final DataPlane.StoreListener listener;

        Store(final long task, final @Nullable Object value, final DataPlane.StoreListener listener) {
            this.task = task;
            this.value = value;
            this.listener = listener;
        }
    }
}
