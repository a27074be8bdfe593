package io.muster.jobqueue.command;

import java.net.InetSocketAddress;

/**
 * A login node: runs commands there, reads its files, and reaches what is reached from there. Made by
 * {@link SshLogin#open()}. A connection that is lost is made again when it is next needed; a command that had started,
 * or may have, is not run again. Closing it ends all that goes through it.
 */
public interface SshConnection extends CommandRunner {
    /**
     * Where on this host to connect to in order to reach an address seen from the login node: a port on the loopback
     * that stays the same while this is open, also when the connection is made again. Called again for the same target,
     * it returns the same.
     *
     * @param target the address; its name is looked up by the login node
     * @return an address on the loopback
     * @throws CommandException if this is closed, or no port is free
     */
    InetSocketAddress forward(InetSocketAddress target);

    /**
     * Reads a file on the login node.
     *
     * @param path where it is; relative to the home folder, as is what begins with {@code ~/}
     * @param maxBytes how large it may be
     * @return what is in it
     * @throws CommandException if it can't be read, or is larger
     */
    byte[] read(String path, int maxBytes);
}
