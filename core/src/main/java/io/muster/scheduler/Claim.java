package io.muster.scheduler;

/** What a session has in {@link Coordination}, for itself or for one of its runs, and loses when that ends. */
abstract class Claim {
    static final long NO_REQUEST = -1;

    final Party party;
    final long runId;

    /** The request that the claim is known by, or {@link #NO_REQUEST}. */
    final long requestId;

    /**
     * Makes a claim that is known to its party.
     *
     * @param party whose it is
     * @param runId the run it belongs to; 0: none
     * @param requestId the request it is known by, or {@link #NO_REQUEST}
     */
    Claim(final Party party, final long runId, final long requestId) {
        this.party = party;
        this.runId = runId;
        this.requestId = requestId;
        party.add(this);
    }

    /** Whether it only waits: what waits ends before what is held, so that nothing is given to one who leaves. */
    abstract boolean isWaiting();

    /** Takes it out of where it stands; others may get what it held. */
    abstract void drop();
}
