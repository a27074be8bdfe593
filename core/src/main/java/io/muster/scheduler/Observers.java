package io.muster.scheduler;

import io.muster.config.Json;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatDecoder;
import io.muster.protocol.InfoReplyEncoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.ManageClusterDecoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.transport.EventLoop;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import io.muster.transport.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of those who ask how the scheduler is. They have a thread of their own, so that they are answered also when the scheduler's is
 * stuck; each question is answered on another one.
 */
final class Observers implements EventLoop.Agent, AutoCloseable {
    static final String CHECK = "check";
    static final String DUMP = "dump";

    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final long SPIN_NS = 0;
    private static final int FIXED = 64;

    /** How many there may be at once. */
    private static final int MAX_SESSIONS = 16;

    /** How long one stays at most. */
    private static final long MAX_STAY_NS = 120_000_000_000L;

    private final Examiner examiner;
    private final SchedulerSettings settings;
    private final ConcurrentLinkedQueue<Runnable> guests = new ConcurrentLinkedQueue<>();
    private final List<Observer> observers = new ArrayList<>();
    private final EventLoop loop;

    Observers(final Examiner examiner, final SchedulerSettings settings) {
        this.examiner = examiner;
        this.settings = settings;
        this.loop = new EventLoop(this, SPIN_NS, e -> LOG.error("nobody can be told how the scheduler is", e));
    }

    void start() {
        loop.start();
    }

    /** Takes a peer that has proved the secret; from any thread. */
    void admit(final TlsChannel tls) {
        execute(() -> begin(new Observer(tls)));
    }

    private void execute(final Runnable action) {
        guests.add(action);
        loop.wakeup();
    }

    private void begin(final Observer observer) {
        if (observers.size() >= MAX_SESSIONS) {
            io.muster.transport.Greeting.writeRefused(
                    observer.session.out(), "observers=" + MAX_SESSIONS + " are there already; try again later");
            observer.session.flush();
            observer.session.end("refused");
            return;
        }
        new Welcome(
                        0,
                        settings.epoch(),
                        -1,
                        settings.leaseNs(),
                        settings.fenceNs(),
                        settings.heartbeatNs(),
                        LinkKind.LIFELINE,
                        0,
                        0,
                        "",
                        new byte[0])
                .write(observer.session.lifelineOut());
        observer.session.flush();
        observers.add(observer);
        loop.register(observer.session);
    }

    @Override
    public String roleName() {
        return "muster-observers";
    }

    @Override
    public int doWork(final long nowNs) {
        int work = 0;
        for (Runnable guest = guests.poll(); guest != null; guest = guests.poll()) {
            guest.run();
            work++;
        }
        for (int i = observers.size() - 1; i >= 0; i--) {
            final Observer observer = observers.get(i);
            work += observer.poll() + observer.session.flush();
            if (nowNs - observer.begunNs > MAX_STAY_NS) {
                observer.session.end("it has stayed for too long");
            }
            if (observer.session.isClosed()) {
                observers.remove(i);
            }
        }
        return work;
    }

    @Override
    public boolean prepareToPark() {
        return true;
    }

    @Override
    public long maxParkNs(final long nowNs) {
        return observers.isEmpty() ? MAX_STAY_NS : EventLoop.Agent.super.maxParkNs(nowNs);
    }

    @Override
    public void onClose() {
        observers.forEach(observer -> observer.session.end("the scheduler is closing"));
    }

    @Override
    public void close() {
        loop.close();
    }

    /** One that asks. */
    private final class Observer {
        private final Session session;
        private final long begunNs = System.nanoTime();
        private final MessageHeaderDecoder header = new MessageHeaderDecoder();

        Observer(final TlsChannel tls) {
            session = new Session(tls, this::onMessage);
        }

        int poll() {
            try {
                return session.poll();
            } catch (final ProtocolException e) {
                LOG.warn("ending the session of an observer: {}", e.getMessage());
                Messages.goodbye(session.out(), new MessageHeaderEncoder(), true, String.valueOf(e.getMessage()));
                session.flush();
                session.end(String.valueOf(e.getMessage()));
                return 1;
            }
        }

        private void onMessage(final int templateId, final ArrayBuffer message) {
            switch (templateId) {
                case ManageClusterDecoder.TEMPLATE_ID -> {
                    final ManageClusterDecoder request =
                            new ManageClusterDecoder().wrapAndApplyHeader(message, 0, header);
                    final long requestId = request.requestId();
                    final String what = request.json();
                    final Thread thread = new Thread(() -> answer(requestId, what), "muster-observer");
                    thread.setDaemon(true);
                    thread.start();
                }
                case HeartbeatDecoder.TEMPLATE_ID -> {}
                case GoodbyeDecoder.TEMPLATE_ID -> session.end("it said goodbye");
                default ->
                    throw new ProtocolException("templateId=" + templateId + " is not one of an observer's messages");
            }
        }

        private void answer(final long requestId, final String what) {
            String json;
            try {
                json = switch (what) {
                    case CHECK -> examiner.check();
                    case DUMP -> Json.write(Map.of(DUMP, Base64.getEncoder().encodeToString(examiner.dump())));
                    default -> Json.write(Map.of("error", "question=" + what + " must be check or dump"));
                };
            } catch (final RuntimeException | OutOfMemoryError e) {
                LOG.error("the question {} can't be answered", what, e);
                json = Json.write(Map.of("error", e.toString()));
            }
            final byte[] text = json.getBytes(StandardCharsets.UTF_8);
            execute(() -> {
                final InfoReplyEncoder reply = new InfoReplyEncoder();
                reply.wrapAndApplyHeader(session.out().begin(FIXED + text.length), 0, new MessageHeaderEncoder())
                        .requestId(requestId)
                        .putJson(text, 0, text.length);
                session.out().end(MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength());
                session.flush();
            });
        }
    }
}
