package io.muster.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * Who a worker is and where its bulk port listens.
 *
 * @param number the scheduler's number for it, never used again
 * @param name its name, unique among the living
 * @param threads how many tasks it runs at once
 * @param host host name or address of the bulk port; empty for a worker in this JVM
 * @param port the bulk port; 0 for a worker in this JVM
 * @param fingerprint SHA-256 of the bulk port's certificate; empty for a worker in this JVM
 */
public record WorkerAddress(int number, String name, int threads, String host, int port, byte[] fingerprint) {
    @Override
    public boolean equals(final Object other) {
        return other instanceof WorkerAddress that
                && number == that.number
                && threads == that.threads
                && port == that.port
                && name.equals(that.name)
                && host.equals(that.host)
                && Arrays.equals(fingerprint, that.fingerprint);
    }

    @Override
    public int hashCode() {
        return Objects.hash(number, name, threads, host, port, Arrays.hashCode(fingerprint));
    }

    @Override
    public String toString() {
        return name + (port == 0 ? "" : "@" + host + ":" + port);
    }
}
