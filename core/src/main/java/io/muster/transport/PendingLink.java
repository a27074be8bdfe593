package io.muster.transport;

import io.muster.protocol.LinkKind;
import org.jspecify.annotations.Nullable;

/** One side's end of a link that is being set up. Used by one thread at a time; driven by its factory's {@code doWork}. */
public interface PendingLink extends AutoCloseable {
    /**
     * What carries it.
     *
     * @return never {@link LinkKind#LIFELINE}
     */
    LinkKind kind();

    /**
     * Where this end is, for the other side.
     *
     * @return the scheduler's: what a peer joins; a peer's: its own channel, empty when the kind needs none; null while not known yet
     */
    @Nullable
    String localAddress();

    /**
     * The number of the stream towards the scheduler.
     *
     * @return unique among the links of one scheduler
     */
    int streamToScheduler();

    /**
     * The number of the stream from the scheduler.
     *
     * @return unique among the links of one scheduler
     */
    int streamFromScheduler();

    /**
     * The key that seals the link, to be handed over inside TLS.
     *
     * @return 32 bytes, or none where the link needs no seal
     */
    byte[] key();

    /**
     * The scheduler's side learns where the peer's end is.
     *
     * @param address the peer's {@link #localAddress()}
     */
    void peerAddress(String address);

    /**
     * Whether bytes can pass in both directions.
     *
     * @return true once {@link #link()} may be used
     */
    boolean isConnected();

    /**
     * The link; its close also closes what this object holds.
     *
     * @return the link
     */
    Link link();

    @Override
    void close();
}
