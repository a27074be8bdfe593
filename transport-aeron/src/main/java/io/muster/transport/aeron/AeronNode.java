package io.muster.transport.aeron;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.muster.MusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.IoUtil;
import org.agrona.LangUtil;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NoOpLock;
import org.jspecify.annotations.Nullable;

/**
 * An Aeron client without a thread, and its media driver: one of its own, without a thread either, or another
 * process's.
 */
final class AeronNode implements AutoCloseable {
    static final int IPC_TERM_LENGTH = 1 << 20;
    static final int IPC_MTU = 65504;
    static final int UDP_TERM_LENGTH = 256 << 10;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final long REQUIRED_SPACE = 16L << 20;
    private static final int COUNTERS_LENGTH = 1 << 20;
    private static final long PEER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long PROCESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long UNBLOCK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(25);
    private static final int FAREWELL_TURNS = 64;

    private final @Nullable MediaDriver driver;
    private final @Nullable AgentInvoker driverInvoker;
    private final Aeron client;
    private final AgentInvoker clientInvoker;
    private final Path directory;
    private boolean closed;

    private AeronNode(final Path directory, final @Nullable MediaDriver driver, final ErrorHandler errors) {
        this.directory = directory;
        this.driver = driver;
        this.driverInvoker = driver == null ? null : driver.sharedAgentInvoker();
        this.client = connect(directory, driverInvoker, errors);
        this.clientInvoker = client.conductorAgentInvoker();
    }

    /**
     * Starts a driver in a new directory of mode 0700 inside the given one, and connects to it.
     *
     * @throws MusterException if the parent is open to others or has too little room, or the driver does not start
     */
    static AeronNode embed(final Path parent, final String bindHost) {
        checkPrivate(parent);
        try {
            checkSpace(parent);
            return launch(Files.createTempDirectory(parent, "driver-"), bindHost);
        } catch (final MusterException e) {
            throw e;
        } catch (final IOException | RuntimeException e) {
            throw new MusterException(
                    "Aeron's media driver did not start: directory=" + parent + ": " + e.getMessage(), e);
        }
    }

    private static AeronNode launch(final Path directory, final String bindHost) throws IOException {
        final ErrorHandler errors = new DistinctErrors();
        MediaDriver driver = null;
        try {
            driver = MediaDriver.launch(driverContext(directory, UdpSettings.of(bindHost), errors));
            if (isPosix(directory)) {
                Files.setPosixFilePermissions(directory, OWNER_ONLY);
            }
            return new AeronNode(directory, driver, errors);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(driver);
            IoUtil.delete(directory.toFile(), true);
            throw e;
        }
    }

    /**
     * Connects to the driver that another process runs. Maps its files and checks that it was driven lately; asks it
     * nothing, so this takes no longer when that process is slow.
     *
     * @throws MusterException if no driver lives there
     */
    static AeronNode attach(final Path directory) {
        checkPrivate(directory);
        try {
            final long timeoutMs = TimeUnit.NANOSECONDS.toMillis(PROCESS_TIMEOUT_NS);
            if (!CommonContext.isDriverActive(directory.toFile(), timeoutMs, message -> {})) {
                throw new MusterException("no media driver runs in linkAddress=" + directory
                        + "; the scheduler's process must be alive and on this host");
            }
            return new AeronNode(directory, null, new DistinctErrors());
        } catch (final MusterException e) {
            throw e;
        } catch (final RuntimeException e) {
            throw new MusterException(
                    "connecting to the media driver in linkAddress=" + directory + " failed: " + e.getMessage(), e);
        }
    }

    static void checkPrivate(final Path directory) {
        try {
            if (isPosix(directory) && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(directory))) {
                throw new MusterException("directory=" + directory + " mode="
                        + PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
                        + " must be rwx------: others could read what passes; chmod 700 it");
            }
        } catch (final IOException e) {
            throw new MusterException("directory=" + directory + " must exist and be readable: " + e, e);
        }
    }

    private static boolean isPosix(final Path directory) {
        return Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
    }

    private static void checkSpace(final Path directory) throws IOException {
        final long usable = Files.getFileStore(directory).getUsableSpace();
        if (usable < REQUIRED_SPACE) {
            throw new MusterException("directory=" + directory + " usable=" + usable + " bytes must be >= "
                    + REQUIRED_SPACE + "; free some space or use a directory on a larger file system");
        }
    }

    private static MediaDriver.Context driverContext(
            final Path directory, final UdpSettings udp, final ErrorHandler errors) {
        return new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .warnIfDirectoryExists(false)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.INVOKER)
                .asyncExecutorEnabled(false)
                .errorHandler(errors)
                .performStorageChecks(true)
                .termBufferSparseFile(true)
                .counterValuesBufferLength(COUNTERS_LENGTH)
                .ipcTermBufferLength(IPC_TERM_LENGTH)
                .ipcMtuLength(IPC_MTU)
                .publicationTermBufferLength(UDP_TERM_LENGTH)
                .mtuLength(udp.mtu())
                .socketRcvbufLength(udp.receiveBuffer())
                .initialWindowLength(udp.window())
                .imageLivenessTimeoutNs(PEER_TIMEOUT_NS)
                .publicationConnectionTimeoutNs(PEER_TIMEOUT_NS)
                .clientLivenessTimeoutNs(PROCESS_TIMEOUT_NS)
                .publicationUnblockTimeoutNs(UNBLOCK_TIMEOUT_NS)
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(PROCESS_TIMEOUT_NS));
    }

    private static Aeron connect(
            final Path directory, final @Nullable AgentInvoker driverInvoker, final ErrorHandler errors) {
        final Aeron.Context context = new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .useConductorAgentInvoker(true)
                .clientLock(NoOpLock.INSTANCE)
                .errorHandler(errors)
                .subscriberErrorHandler(LangUtil::rethrowUnchecked)
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(PROCESS_TIMEOUT_NS));
        if (driverInvoker != null) {
            context.driverAgentInvoker(driverInvoker);
        }
        return Aeron.connect(context);
    }

    Aeron client() {
        return client;
    }

    Path directory() {
        return directory;
    }

    /**
     * Whether the client ended, by {@link #close} or because it was not driven for longer than the driver's patience.
     */
    boolean isClosed() {
        return closed || client.isClosed();
    }

    int doWork() {
        if (closed) {
            return 0;
        }
        final int work = driverInvoker == null ? 0 : driverInvoker.invoke();
        return work + clientInvoker.invoke();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CloseHelper.quietClose(client);
        if (driverInvoker != null) {
            for (int turn = 0; turn < FAREWELL_TURNS; turn++) {
                driverInvoker.invoke();
            }
            CloseHelper.quietClose(driver);
        }
    }
}
