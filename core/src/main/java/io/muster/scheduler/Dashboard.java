package io.muster.scheduler;

/** A page in the browser that shows a scheduler while it works. */
public interface Dashboard extends AutoCloseable {
    /**
     * The link that opens it.
     *
     * @return a URL that carries the token: whoever has it may look
     */
    String url();

    /** Ends it and hangs up on who looks at it. Does not wait for the scheduler. */
    @Override
    void close();
}
