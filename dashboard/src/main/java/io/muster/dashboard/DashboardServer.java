package io.muster.dashboard;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.Dashboard;
import io.muster.scheduler.DashboardSource;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A dashboard that listens: who may look gets pages at once, and answers from further threads, which live while they are needed. */
final class DashboardServer implements Dashboard, WebServer.Site {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);
    private static final int MAX_WAITING = 64;
    private static final int MAX_WAITING_THREADS = 4;
    private static final long KEEP_ALIVE_S = 10;

    private final Gate gate;
    private final Api api;
    private final Feed feed;
    private final WebServer server;
    private final ScheduledThreadPoolExecutor answering;
    private final ThreadPoolExecutor waitingThreads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final String url;

    private DashboardServer(final DashboardSource source, final Settings settings) throws IOException {
        final InetAddress address = InetAddress.getByName(settings.get(Options.DASHBOARD_HOST));
        gate = new Gate(
                LinkToken.of(settings, Path.of(System.getProperty("user.home"))),
                settings.get(Options.DASHBOARD_ALLOWED_HOSTS));
        api = new Api(source);
        answering = new ScheduledThreadPoolExecutor(1, DashboardServer::thread);
        waitingThreads = new ThreadPoolExecutor(
                MAX_WAITING_THREADS,
                MAX_WAITING_THREADS,
                KEEP_ALIVE_S,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DashboardServer::thread);
        waitingThreads.allowCoreThreadTimeOut(true);
        answering.setKeepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS);
        answering.allowCoreThreadTimeOut(true);
        feed = new Feed(answering, api);
        server = listen(address, settings.get(Options.DASHBOARD_PORT));
        url = "http://" + shown(address) + ":" + server.port() + "/?token=" + gate.token();
        if (!address.isLoopbackAddress()) {
            LOG.warn(
                    "the dashboard listens on dashboard.host={} in plain HTTP: who can listen to the network learns its token",
                    settings.get(Options.DASHBOARD_HOST));
        }
    }

    /**
     * Starts one.
     *
     * @throws MusterException if it can't listen
     */
    static DashboardServer start(final DashboardSource source, final Settings settings) {
        try {
            final DashboardServer started = new DashboardServer(source, settings);
            started.server.start();
            return started;
        } catch (final IOException e) {
            throw new MusterException(
                    "dashboard.host=" + settings.get(Options.DASHBOARD_HOST) + " dashboard.port="
                            + settings.get(Options.DASHBOARD_PORT) + " must be an address of this host: " + e,
                    e);
        }
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public void close() {
        server.close();
        answering.shutdownNow();
        waitingThreads.shutdownNow();
    }

    @Override
    public void answer(final Request request, final Exchange exchange) {
        if (request.path().equals("/health") && request.isRead()) {
            exchange.respond(Response.text(200, "ok"));
            return;
        }
        final Response misdirected = gate.misdirected(request);
        if (misdirected != null) {
            exchange.respond(misdirected);
        } else if (!gate.isTrusted(request)) {
            exchange.respond(Response.text(
                            401,
                            "this dashboard opens by its link, which carries a token: dashboard_url in what muster info"
                                    + " --json prints, or cluster.dashboardLink(). A scheduler that was started anew has"
                                    + " a new one")
                    .with("WWW-Authenticate", "Bearer"));
        } else if (!request.isRead()) {
            exchange.respond(Response.text(405, "only GET and HEAD").with("Allow", "GET, HEAD"));
        } else {
            exchange.trust();
            route(request, exchange);
        }
    }

    private void route(final Request request, final Exchange exchange) {
        if (request.path().equals("/events") && !request.isHead()) {
            feed.open(request, exchange);
        } else if (api.has(request.path())) {
            ask(request, exchange);
        } else {
            final Response page = Pages.find(request.path());
            if (page == null) {
                exchange.respond(Response.text(404, "there is nothing here"));
            } else {
                exchange.respond(
                        gate.isTrustedByAddress(request) ? page.with("Set-Cookie", gate.cookieHeader()) : page);
            }
        }
    }

    /** Has the other thread answer, which may have to wait for the scheduler. */
    private void ask(final Request request, final Exchange exchange) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            exchange.respond(Response.text(503, "too many requests wait for the scheduler"));
            return;
        }
        try {
            (api.isSlow(request.path()) ? waitingThreads : answering).execute(() -> {
                waiting.decrementAndGet();
                exchange.respond(answered(request));
            });
        } catch (final RejectedExecutionException e) {
            exchange.respond(Response.text(503, "the dashboard is closing"));
        }
    }

    private Response answered(final Request request) {
        try {
            return api.answer(request);
        } catch (final BadRequestException e) {
            return Response.text(400, String.valueOf(e.getMessage()));
        } catch (final MusterException e) {
            return Response.text(503, String.valueOf(e.getMessage()));
        } catch (final RuntimeException e) {
            LOG.error("the dashboard can't answer {}", request.path(), e);
            return Response.text(500, "the dashboard failed: " + e);
        }
    }

    private WebServer listen(final InetAddress address, final int port) throws IOException {
        try {
            return new WebServer(new InetSocketAddress(address, port), this, WebServer.HEAD_NS);
        } catch (final BindException e) {
            if (port == 0) {
                throw e;
            }
            LOG.debug("dashboard.port={} is taken, so the dashboard takes another", port);
            return new WebServer(new InetSocketAddress(address, 0), this, WebServer.HEAD_NS);
        }
    }

    private static Thread thread(final Runnable task) {
        final Thread thread = new Thread(null, task, "muster-dashboard-answers", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private static String shown(final InetAddress address) throws UnknownHostException {
        return address.isAnyLocalAddress() ? InetAddress.getLocalHost().getHostName() : Gate.inHost(address);
    }
}
