package io.muster;

import java.io.Serial;

/**
 * An {@link Actor} is gone, and its state with it: its worker is, or it was closed. Calls that were not answered may or may not have been
 * made; none is made again. What goes on with other state makes another actor.
 */
public final class ActorLostException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what why it is gone
     * @param key the actor's key
     * @param worker the worker that had it; empty if that is not known
     * @param attempt which attempt to make it that was
     */
    public ActorLostException(final String what, final String key, final String worker, final int attempt) {
        super(what, key, worker, attempt, "", null);
    }
}
