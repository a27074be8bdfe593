package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.classes.OfferedClasses;
import io.muster.data.BulkClient;
import io.muster.data.DataPlane;
import io.muster.protocol.Role;
import io.muster.security.SchedulerFile;
import io.muster.serialize.Serializer;
import io.muster.transport.Dialer;
import io.muster.transport.HostId;
import io.muster.transport.PeerHello;
import io.muster.transport.Route;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client's way to a scheduler in another process: messages over TLS, results straight from the workers. */
public final class RemoteClientLink implements ClientLink {
    private final Dialer.Welcomed welcomed;
    private final SchedulerFile file;
    private final Dialer dialer;
    private final Route route;
    private final OfferedClasses classes = new OfferedClasses();
    private final Serializer serializer = new Serializer(classes::loader, null);
    private @Nullable BulkClient dataPlane;
    private @Nullable ClientConversation conversation;

    private RemoteClientLink(
            final Dialer.Welcomed welcomed, final SchedulerFile file, final Dialer dialer, final Route route) {
        this.welcomed = welcomed;
        this.file = file;
        this.dialer = dialer.copy();
        this.route = route;
    }

    /**
     * Connects to the scheduler that wrote a file, waiting for the file if need be.
     *
     * @param schedulerFile the file
     * @param timeout for everything
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(final Path schedulerFile, final Duration timeout) {
        return connect(schedulerFile, timeout, Route.DIRECT);
    }

    /**
     * Connects to the scheduler that wrote a file, waiting for the file if need be.
     *
     * @param schedulerFile the file
     * @param timeout for everything
     * @param route how the scheduler and the workers are reached from here
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(final Path schedulerFile, final Duration timeout, final Route route) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final SchedulerFile file = SchedulerFile.await(schedulerFile, timeout);
        return connect(
                file,
                Dialer.of(file, route),
                Duration.ofNanos(Math.max(1_000_000, deadlineNs - System.nanoTime())),
                route);
    }

    /**
     * Connects to a scheduler by another address than its file says, as through a tunnel.
     *
     * @param address {@code tcp://host:port}
     * @param secretFile the scheduler file, for the secret and the certificate
     * @param timeout for everything
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(final String address, final Path secretFile, final Duration timeout) {
        final SchedulerFile file = SchedulerFile.read(secretFile);
        return connect(file, Dialer.of(file, Dialer.socketAddress(address)), timeout, Route.DIRECT);
    }

    /**
     * Connects to a scheduler by a dialer that was used before, and remembers what worked.
     *
     * @param file the scheduler's
     * @param dialer for this scheduler
     * @param timeout for everything
     * @param route how the workers are reached from here
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(
            final SchedulerFile file, final Dialer dialer, final Duration timeout, final Route route) {
        return connect(Role.CLIENT, file, dialer, timeout, route);
    }

    /**
     * Connects a worker's client to the worker's scheduler.
     *
     * @param file the scheduler's
     * @param timeout for everything
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connectWorker(final SchedulerFile file, final Duration timeout) {
        return connect(Role.WORKER_CLIENT, file, Dialer.of(file, Route.DIRECT), timeout, Route.DIRECT);
    }

    /**
     * Connects one who asks how the scheduler is, see {@link SchedulerObserver}.
     *
     * @param schedulerFile the file
     * @param timeout for everything
     * @param route how the scheduler is reached from here
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    static RemoteClientLink connectObserver(final Path schedulerFile, final Duration timeout, final Route route) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final SchedulerFile file = SchedulerFile.await(schedulerFile, timeout);
        final Duration left = Duration.ofNanos(Math.max(1_000_000, deadlineNs - System.nanoTime()));
        return connect(Role.OBSERVER, file, Dialer.of(file, route), left, route);
    }

    @Override
    public byte[] dump(final Duration timeout) {
        try (SchedulerObserver observer =
                new SchedulerObserver(connect(Role.OBSERVER, file, dialer.copy(), timeout, route))) {
            return observer.dump();
        }
    }

    private static RemoteClientLink connect(
            final Role role, final SchedulerFile file, final Dialer dialer, final Duration timeout, final Route route) {
        final PeerHello hello = new PeerHello(
                role,
                Runtime.version().feature(),
                0,
                HostId.current(),
                String.valueOf(System.getProperty("user.name")));
        return new RemoteClientLink(dialer.dial(hello, timeout), file, dialer, route);
    }

    /**
     * Reads an address; see {@link Dialer#socketAddress}.
     *
     * @param address {@code tcp://host:port}
     * @return the same for a socket, not looked up
     * @throws MusterException if it is none
     */
    public static InetSocketAddress socketAddress(final String address) {
        return Dialer.socketAddress(address);
    }

    @Override
    public ClientRequests open(final ClientEvents events) {
        final ClientConversation opened = new ClientConversation(welcomed, events);
        conversation = opened;
        opened.start();
        return opened;
    }

    /**
     * Whether the scheduler ended the session on purpose, as when it closes; a connection that broke may be made anew.
     *
     * @return true once it has said goodbye
     */
    public boolean isDismissed() {
        return conversation != null && conversation.isDismissed();
    }

    @Override
    public DataPlane dataPlane() {
        BulkClient made = dataPlane;
        if (made == null) {
            made = new BulkClient("client", file.secret(), serializer, route);
            dataPlane = made;
        }
        return made;
    }

    @Override
    public OfferedClasses classes() {
        return classes;
    }

    @Override
    public Serializer serializer() {
        return serializer;
    }

    @Override
    public void close() {
        if (conversation != null) {
            conversation.close("the client closed");
        }
        if (dataPlane != null) {
            dataPlane.close();
        }
    }

    /** For messages: the scheduler's answer. */
    @Override
    public String toString() {
        return "link of client " + welcomed.welcome().peerNumber();
    }
}
