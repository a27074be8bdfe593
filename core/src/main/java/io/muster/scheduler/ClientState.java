package io.muster.scheduler;

import java.util.Arrays;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A client's session in the scheduler: its functions, and its task numbers, which are dense, so that number to slot is an array
 * look-up. Pages whose tasks are all forgotten are dropped.
 */
final class ClientState {
    static final int UNKNOWN = -1;

    private static final int PAGE_BITS = 12;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    final int number;
    final Object peer;
    final ClientShare share = new ClientShare();
    private int[] @Nullable [] pages = new int[8][];
    private int[] livePerPage = new int[8];
    private final Int2IntHashMap functions = new Int2IntHashMap(UNKNOWN);
    private final IntArrayList functionIndexes = new IntArrayList();
    private int nextTaskId;
    private int live;

    /** What it holds of locks, queues and their like; made when it first asks. */
    @Nullable
    Party party;

    /** Whether it is there for the tasks of a worker, not for a user. */
    boolean isOfWorker;

    /** The first task of the graph whose tasks are arriving, or {@link #UNKNOWN}. */
    int openGraphFrom = UNKNOWN;

    /**
     * Makes a session without tasks.
     *
     * @param number never used again
     * @param peer what effects for this client are addressed to; the core only passes it on
     */
    ClientState(final int number, final Object peer) {
        this.number = number;
        this.peer = peer;
    }

    /** The slot of a task, or {@link #UNKNOWN} when there was none yet or it is forgotten. */
    int slot(final int taskId) {
        final int page = taskId >>> PAGE_BITS;
        if (taskId < 0 || page >= pages.length) {
            return UNKNOWN;
        }
        final int[] slots = pages[page];
        return slots == null ? UNKNOWN : slots[taskId & PAGE_SIZE - 1];
    }

    int nextTaskId() {
        return nextTaskId;
    }

    /** Numbers the next task. */
    void add(final int taskId, final int slot) {
        final int page = taskId >>> PAGE_BITS;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, page * 2);
            livePerPage = Arrays.copyOf(livePerPage, page * 2);
        }
        int[] slots = pages[page];
        if (slots == null) {
            slots = new int[PAGE_SIZE];
            Arrays.fill(slots, UNKNOWN);
            pages[page] = slots;
        }
        slots[taskId & PAGE_SIZE - 1] = slot;
        livePerPage[page]++;
        live++;
        nextTaskId = taskId + 1;
    }

    void forget(final int taskId) {
        final int page = taskId >>> PAGE_BITS;
        final int[] slots = pages[page];
        if (slots != null) {
            slots[taskId & PAGE_SIZE - 1] = UNKNOWN;
            live--;
            if (--livePerPage[page] == 0 && nextTaskId >>> PAGE_BITS > page) {
                pages[page] = null;
            }
        }
    }

    /** How many of its tasks are not forgotten. */
    int live() {
        return live;
    }

    /** The index of a function in the scheduler's table, or {@link #UNKNOWN}. */
    int function(final int functionId) {
        return functions.get(functionId);
    }

    void addFunction(final int functionId, final int index) {
        functions.put(functionId, index);
        functionIndexes.addInt(index);
    }

    /** Indexes of all functions, in the order in which they were added. */
    int[] functions() {
        return functionIndexes.toIntArray();
    }

    /** Slots of all tasks that are not forgotten, in the order of their numbers. */
    int[] liveSlots() {
        int[] live = new int[16];
        int count = 0;
        for (final int[] page : pages) {
            if (page == null) {
                continue;
            }
            for (final int slot : page) {
                if (slot != UNKNOWN) {
                    if (count == live.length) {
                        live = Arrays.copyOf(live, count * 2);
                    }
                    live[count++] = slot;
                }
            }
        }
        return Arrays.copyOf(live, count);
    }
}
