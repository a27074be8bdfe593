package io.muster.bench;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.protocol.Role;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.transport.Dialer;
import io.muster.transport.EventLoop;
import io.muster.transport.HostId;
import io.muster.transport.LinkFactories;
import io.muster.transport.LinkFactory;
import io.muster.transport.PeerHello;
import io.muster.transport.Route;
import io.muster.worker.ParentWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of many {@link ZeroCrew}s, all in one loop. */
final class ZeroWorkers implements EventLoop.Agent {
    static final String HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(ZeroWorkers.class);

    private final LinkFactory.Guest guest;
    private final List<ZeroCrew> crews = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private ZeroWorkers(final LinkFactory.Guest guest) {
        this.guest = guest;
    }

    /**
     * Runs until the scheduler stops a worker, or standard input ends.
     *
     * @param arguments the scheduler file, how many workers, and how many sessions they share
     */
    public static void main(final String[] arguments) {
        final Path directory = PrivateFiles.runtimeDirectory();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> PrivateFiles.deleteRecursively(directory)));
        ParentWatch.start(System.in, () -> Runtime.getRuntime().exit(0));
        int exitCode = 0;
        try {
            final ZeroWorkers workers =
                    new ZeroWorkers(Objects.requireNonNull(LinkFactories.choose(TransportChoice.AERON))
                            .openGuest(directory, HOST));
            workers.run(
                    SchedulerFile.read(Path.of(arguments[0])),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]));
        } catch (final MusterException | InterruptedException e) {
            LOG.error("the workers end: {}", e.getMessage(), e);
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private void run(final SchedulerFile file, final int count, final int sessions) throws InterruptedException {
        final Settings settings = Settings.load();
        final EventLoop loop =
                new EventLoop(this, settings.get(Options.LOOP_SPIN).toNanos(), this::fail);
        loop.start();
        final PeerHello hello = new PeerHello(
                Role.WORKER,
                Runtime.version().feature(),
                guest.linkKinds(),
                HostId.current(),
                String.valueOf(System.getProperty("user.name")));
        for (int i = 0; i < sessions; i++) {
            final int first = (int) ((long) count * i / sessions);
            final int next = (int) ((long) count * (i + 1) / sessions);
            final ZeroCrew crew = new ZeroCrew(
                    Dialer.of(file, Route.DIRECT).dial(hello, settings.get(Options.SESSION_CONNECT_TIMEOUT)),
                    guest,
                    first,
                    next - first,
                    count);
            loop.runExclusively(() -> {
                crews.add(crew);
                loop.register(crew.session());
            });
        }
        ended.await();
        loop.close();
    }

    @Override
    public String roleName() {
        return "muster-zero-workers";
    }

    @Override
    public int doWork(final long nowNs) {
        int work = guest.doWork();
        for (int i = 0; i < crews.size(); i++) {
            final ZeroCrew crew = crews.get(i);
            work += crew.doWork(nowNs);
            if (crew.session().isClosed()) {
                ended.countDown();
            }
        }
        return work;
    }

    @Override
    public boolean prepareToPark() {
        boolean ready = true;
        for (int i = 0; i < crews.size(); i++) {
            ready &= crews.get(i).prepareToPark();
        }
        return ready;
    }

    @Override
    public void onClose() {
        crews.forEach(crew -> crew.session().close());
        guest.close();
        ended.countDown();
    }

    private void fail(final Throwable e) {
        LOG.error("the workers' loop failed", e);
        ended.countDown();
    }
}
