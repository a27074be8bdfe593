package io.muster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The futures a client holds, by task number: pages of an array, dropped when empty. Its lock is held for moments only. */
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
        if (pages[page] == null) {
            pages[page] = new FutureRef[PAGE_SIZE];
        }
        pages[page][ref.taskId() & PAGE_SIZE - 1] = ref;
        counts[page]++;
        size++;
    }

    synchronized @Nullable TaskFuture<?> get(final int taskId) {
        final FutureRef ref = find(taskId);
        return ref == null ? null : ref.get();
    }

    /** Forgets a task's future; true for the one call that found it. */
    synchronized boolean remove(final int taskId) {
        if (find(taskId) == null) {
            return false;
        }
        final int page = taskId >>> PAGE_BITS;
        pages[page][taskId & PAGE_SIZE - 1] = null;
        size--;
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

    private @Nullable FutureRef find(final int taskId) {
        final int page = taskId >>> PAGE_BITS;
        return taskId < 0 || page >= pages.length || pages[page] == null ? null : pages[page][taskId & PAGE_SIZE - 1];
    }
}
