package io.muster.mpi;

/** What all transports have in common: a place, and the checks of what they are asked. */
abstract class PlacedTransport implements RankTransport {
    /** The most bytes that a rank can say at once. */
    static final int MAX_BYTES = 700;

    private final String name;
    private final Place place;
    private boolean closed;

    PlacedTransport(final String name, final Place place) {
        this.name = name;
        this.place = place;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int rank() {
        return place.rank();
    }

    @Override
    public final int size() {
        return place.size();
    }

    @Override
    public final int localRank() {
        return place.localRank() < 0 ? place.rank() : place.localRank();
    }

    @Override
    public final int localSize() {
        return place.localSize() < 1 ? place.size() : place.localSize();
    }

    @Override
    public final byte[] broadcast(final byte[] bytes, final int root) {
        checkOpen();
        if (root < 0 || root >= size()) {
            throw new MpiLaunchException("root=" + root + " must be in 0..size-1, size=" + size(), null);
        }
        if (root != rank()) {
            return exchange(new byte[0], root);
        }
        if (bytes.length > MAX_BYTES) {
            throw new MpiLaunchException(
                    "rank=" + root + " cannot say bytes=" + bytes.length + ", the most is " + MAX_BYTES, null);
        }
        return exchange(bytes.clone(), root);
    }

    @Override
    public final void barrier() {
        checkOpen();
        meet();
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            leave();
        }
    }

    /** Gives the root's bytes to all ranks; only the root's are looked at. */
    abstract byte[] exchange(byte[] bytes, int root);

    abstract void meet();

    abstract void leave();

    private void checkOpen() {
        if (closed) {
            throw new MpiLaunchException("transport=" + name + " is closed; exchange everything before close()", null);
        }
    }
}
