package io.muster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The futures a client holds, by task number: pages of an array, dropped when empty. Its lock is held for moments only.
 */
final class FutureTable {
    private static final int PAGE_BITS = 10;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    private @Nullable FutureRef[] @Nullable [] pages = new FutureRef[16][];
    private int[] counts = new int[16];
    private int size;

    synchronized void add(final FutureRef ref) {
        final int page = ref.taskId() >>> PAGE_BITS;
        if (page >= pages.length) {
            final int length = Math.max(page + 1, pages.length * 2);
            pages = Arrays.copyOf(pages, length);
            counts = Arrays.copyOf(counts, length);
        }
        @Nullable FutureRef @Nullable [] refs = pages[page];
        if (refs == null) {
            refs = new FutureRef[PAGE_SIZE];
            pages[page] = refs;
        }
        refs[ref.taskId() & PAGE_SIZE - 1] = ref;
        counts[page]++;
        size++;
    }

    synchronized @Nullable TaskFuture<?> get(final int taskId) {
        final @Nullable FutureRef @Nullable [] refs = page(taskId);
        final FutureRef ref = refs == null ? null : refs[taskId & PAGE_SIZE - 1];
        return ref == null ? null : ref.get();
    }

    /** Forgets a task's future; true for the one call that found it. */
    synchronized boolean remove(final int taskId) {
        final @Nullable FutureRef @Nullable [] refs = page(taskId);
        if (refs == null || refs[taskId & PAGE_SIZE - 1] == null) {
            return false;
        }
        refs[taskId & PAGE_SIZE - 1] = null;
        size--;
        final int page = taskId >>> PAGE_BITS;
        if (--counts[page] == 0) {
            pages[page] = null;
        }
        return true;
    }

    synchronized int size() {
        return size;
    }

    synchronized List<TaskFuture<?>> all() {
        final List<TaskFuture<?>> all = new ArrayList<>(size);
        for (final FutureRef[] page : pages) {
            for (int i = 0; page != null && i < PAGE_SIZE; i++) {
                final TaskFuture<?> future = page[i] == null ? null : page[i].get();
                if (future != null) {
                    all.add(future);
                }
            }
        }
        return all;
    }

    private @Nullable FutureRef @Nullable [] page(final int taskId) {
        final int page = taskId >>> PAGE_BITS;
        return page < pages.length ? pages[page] : null;
    }
}
