package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.WorkerUpEncoder;
import io.muster.transport.Outbox;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that tell a worker where another one is, encoded once and side by side: what merges the results of all workers is told of
 * each of them, and encoding it anew, from what lies strewn over the heap, would cost more than all else that its inputs take.
 */
final class Introductions {
    private static final int BITS = 8;
    private static final int PAGE = 1 << BITS;

    private final WorkerUpEncoder encoder = new WorkerUpEncoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private @Nullable Page[] pages = {};

    /** Workers with consecutive numbers; dropped with the last of them. */
    private static final class Page {
        private final int[] starts = new int[PAGE];
        private final int[] lengths = new int[PAGE];
        private byte[] bytes = {};
        private int end;
        private int living;
    }

    /** A worker is here; a number is never used again. */
    void add(final WorkerAddress worker) {
        final int at = worker.number() >>> BITS;
        if (at >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(at + 1, 2 * pages.length));
        }
        Page page = pages[at];
        if (page == null) {
            page = new Page();
            pages[at] = page;
        }
        final ArrayBuffer scratch = new ArrayBuffer(Messages.workerUpBytes(worker));
        final int length = Messages.workerUp(scratch, encoder, header, worker);
        if (page.end + length > page.bytes.length) {
            page.bytes = Arrays.copyOf(page.bytes, Math.max(page.end + length, 2 * page.bytes.length));
        }
        scratch.getBytes(0, page.bytes, page.end, length);
        page.starts[worker.number() & PAGE - 1] = page.end;
        page.lengths[worker.number() & PAGE - 1] = length;
        page.end += length;
        page.living++;
    }

    /** A worker is gone. */
    void remove(final int number) {
        final Page page = page(number);
        if (page != null && page.lengths[number & PAGE - 1] > 0) {
            page.lengths[number & PAGE - 1] = 0;
            if (--page.living == 0) {
                pages[number >>> BITS] = null;
            }
        }
    }

    /** Writes the message about a worker, if it is here. */
    void write(final int number, final Outbox out) {
        final int length = length(number);
        if (length > 0) {
            copy(number, out.begin(length));
            out.end(length);
        }
    }

    /** How long the message about a worker is; 0 if it is not here. */
    int length(final int number) {
        final Page page = page(number);
        return page == null ? 0 : page.lengths[number & PAGE - 1];
    }

    /** Puts the message about a worker that is here at index 0. */
    void copy(final int number, final MutableDirectBuffer to) {
        final Page page = Objects.requireNonNull(page(number), "page");
        to.putBytes(0, page.bytes, page.starts[number & PAGE - 1], page.lengths[number & PAGE - 1]);
    }

    private @Nullable Page page(final int number) {
        final int at = number >>> BITS;
        return at < pages.length ? pages[at] : null;
    }
}
