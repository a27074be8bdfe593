package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.data.WorkerAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The data plane of a worker that begins no transfer while it is paused, and makes room for what comes. */
final class HeldBackFetches implements DataPlane {
    private final DataPlane plane;
    private final Runnable makeRoom;
    private final List<Runnable> heldBack = new ArrayList<>();
    private boolean paused;

    /**
     * @param plane does the transfers
     * @param makeRoom called after each value that came, on the thread that brought it
     */
    HeldBackFetches(final DataPlane plane, final Runnable makeRoom) {
        this.plane = plane;
        this.makeRoom = makeRoom;
    }

    /** While paused, fetches wait; those under way go on. */
    void pause(final boolean now) {
        final List<Runnable> due;
        synchronized (heldBack) {
            paused = now;
            due = now ? List.of() : List.copyOf(heldBack);
            if (!now) {
                heldBack.clear();
            }
        }
        due.forEach(Runnable::run);
    }

    @Override
    public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        final FetchListener roomMaker = new RoomMaker(listener);
        synchronized (heldBack) {
            if (paused) {
                heldBack.add(() -> plane.fetch(tasks, holders, roomMaker));
                return;
            }
        }
        plane.fetch(tasks, holders, roomMaker);
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        plane.store(worker, task, value, listener);
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        plane.workerUp(worker);
    }

    @Override
    public void workerDown(final int worker) {
        plane.workerDown(worker);
    }

    /** The plane below stays open, as it is another's. */
    @Override
    public void close() {}

    private final class RoomMaker implements FetchListener {
        private final FetchListener listener;

        RoomMaker(final FetchListener listener) {
            this.listener = listener;
        }

        @Override
        public void value(final long task, final @Nullable Object value) {
            listener.value(task, value);
            makeRoom.run();
        }

        @Override
        public void missing(final long task, final int[] holders, final boolean[] gone) {
            listener.missing(task, holders, gone);
        }

        @Override
        public void failed(final long task, final Throwable reason) {
            listener.failed(task, reason);
        }
    }
}
