package io.muster.mpi;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Both directions of a connection.
 *
 * @param in what comes from the other side
 * @param out what goes there
 * @param owner what is closed to close both
 */
record ByteStreams(InputStream in, OutputStream out, Closeable owner) {}
