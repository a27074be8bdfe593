package io.muster.jobqueue.command;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;

/** A connection to a login node that can be made again. Safe for use by several threads. */
interface SshLink extends AutoCloseable {
    /**
     * What carries bytes both ways: what comes from the other side goes to the streams given, which are closed at its
     * end.
     */
    interface Channel extends AutoCloseable {
        /** What the other side reads. */
        OutputStream input();

        @Override
        void close();
    }

    /**
     * Makes the connection if there is none.
     *
     * @throws CommandException if that can't be done
     */
    void connect();

    /**
     * Runs a line in the login shell.
     *
     * @throws NotStartedException if the channel can't be opened
     */
    Channel run(String line, OutputStream output, OutputStream errors) throws NotStartedException;

    /**
     * Connects to an address seen from the login node.
     *
     * @throws IOException if the channel can't be opened
     */
    Channel tunnel(InetSocketAddress target, OutputStream output) throws IOException;

    @Override
    void close();
}
