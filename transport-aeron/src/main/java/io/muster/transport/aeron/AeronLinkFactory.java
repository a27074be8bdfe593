package io.muster.transport.aeron;

import io.muster.MusterException;
import io.muster.transport.LinkFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The transport named {@code aeron}: IPC on one host, sealed UDP between hosts.
 *
 * <p>Both sides must be driven by {@code doWork()} at least every second; a side that was not driven for 3 seconds
 * loses its UDP links, for 20 seconds all its links. New links can be made afterwards.
 */
public final class AeronLinkFactory implements LinkFactory {
    private static final String UNSAFE_PACKAGE = "jdk.internal.misc";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** Makes the factory; {@link java.util.ServiceLoader} calls this. */
    public AeronLinkFactory() {}

    @Override
    public String name() {
        return "aeron";
    }

    @Override
    public @Nullable String unavailable() {
        final Module own = AeronLinkFactory.class.getModule();
        if (!Object.class.getModule().isExported(UNSAFE_PACKAGE, own)) {
            return "aeron needs a JVM flag that is missing: start java with --add-exports java.base/" + UNSAFE_PACKAGE
                    + '=' + (own.isNamed() ? own.getName() : "ALL-UNNAMED") + "; until then sessions stay on TCP";
        }
        final Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        if (!isUsable(SHARED_MEMORY) && !isUsable(temporary)) {
            return "aeron needs a writable directory for its memory: make " + SHARED_MEMORY + " or java.io.tmpdir="
                    + temporary + " writable; until then sessions stay on TCP";
        }
        return null;
    }

    private static boolean isUsable(final Path directory) {
        return Files.isDirectory(directory) && Files.isWritable(directory);
    }

    /**
     * {@inheritDoc}
     *
     * @throws MusterException if this JVM {@linkplain #unavailable() can't use Aeron}, the directory is not private or
     *     too small, or the media driver does not start
     */
    @Override
    public Host openHost(final Path directory, final String bindHost) {
        checkAvailable();
        return new AeronHost(directory, bindHost, AeronHost.MAX_UDP_SESSIONS);
    }

    /**
     * {@inheritDoc}
     *
     * @throws MusterException if this JVM {@linkplain #unavailable() can't use Aeron}, or the directory is not private
     */
    @Override
    public Guest openGuest(final Path directory, final String bindHost) {
        checkAvailable();
        return new AeronGuest(directory, bindHost);
    }

    private void checkAvailable() {
        final String reason = unavailable();
        if (reason != null) {
            throw new MusterException(reason);
        }
    }
}
