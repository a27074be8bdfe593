package io.muster.transport;

import io.muster.protocol.LinkKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * SPI of transports that carry sessions faster than the lifeline, found by {@link java.util.ServiceLoader}. A factory is opened once
 * per process side and used by one thread at a time.
 */
public interface LinkFactory {
    /**
     * The name users know it by.
     *
     * @return for example {@code aeron}
     */
    String name();

    /**
     * Why it can't be used in this JVM.
     *
     * @return one line that names what is missing and the way out, or null when it can be used; must not throw or load what fails
     */
    @Nullable
    String unavailable();

    /**
     * Opens the scheduler's side.
     *
     * @param directory a private directory (mode 0700) for its files
     * @param bindHost the address that peers on other hosts reach
     * @return the open side
     */
    Host openHost(Path directory, String bindHost);

    /**
     * Opens a peer's side.
     *
     * @param directory a private directory (mode 0700) for its files
     * @param bindHost the address under which the scheduler reaches this peer
     * @return the open side
     */
    Guest openGuest(Path directory, String bindHost);

    /** The scheduler's side. */
    interface Host extends AutoCloseable {
        /**
         * Makes this side's end of a link for a peer.
         *
         * @param sameHost whether the peer shares this host's kernel and user
         * @param linkKinds bit set of the {@link LinkKind}s that the peer can use
         * @return the end, or null when none suits and the lifeline has to do
         */
        @Nullable
        PendingLink offer(boolean sameHost, int linkKinds);

        /**
         * Does what is due: drives everything that has no thread of its own.
         *
         * @return how much was done; 0 when idle
         */
        int doWork();

        @Override
        void close();
    }

    /** A peer's side. */
    interface Guest extends AutoCloseable {
        /**
         * The kinds that this side can use.
         *
         * @return bit set of {@link LinkKind}s
         */
        int linkKinds();

        /**
         * Joins the link that the scheduler offered.
         *
         * @param kind what it offered
         * @param address its {@link PendingLink#localAddress()}
         * @param streamToScheduler as offered
         * @param streamFromScheduler as offered
         * @param key as offered
         * @return this side's end
         */
        PendingLink join(LinkKind kind, String address, int streamToScheduler, int streamFromScheduler, byte[] key);

        /**
         * Does what is due.
         *
         * @return how much was done; 0 when idle
         */
        int doWork();

        @Override
        void close();
    }
}
