package io.muster.dashboard;

import io.muster.MusterException;
import io.muster.config.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells open pages what changes, twice a second or more rarely; takes no look at the scheduler while there are none. */
final class Feed {
    /*
     * Every topic is made once for all pages, and only if one of them wants it. One that takes long to make comes less often, so that
     * none costs more than one part in a hundred of a core.
     */
    static final int MAX_STREAMS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final String TROUBLE = "trouble";
    private static final long PERIOD_MS = 500;
    private static final long LONGEST_NS = 5_000_000_000L;
    private static final int SHARE = 100;

    private final ScheduledExecutorService thread;
    private final Api api;
    private final List<Topic> topics;
    private final List<Reader> readers = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private boolean isScheduled;

    /**
     * Makes one.
     *
     * @param thread does all but {@link #isFull} and {@link #open}
     * @param api makes what is told
     */
    Feed(final ScheduledExecutorService thread, final Api api) {
        this.thread = thread;
        this.api = api;
        topics = List.of(
                new Topic("summary", true, api::summary),
                new Topic("workers", true, api::workers),
                new Topic("progress", true, api::progress),
                new Topic("stream", false, api::news),
                new Topic("findings", true, api::findings));
    }

    /** Opens a stream, if there are not too many; by the server's thread. */
    void open(final Request request, final Exchange exchange) {
        if (count.incrementAndGet() > MAX_STREAMS) {
            count.decrementAndGet();
            exchange.respond(Response.text(
                    503, "there are " + MAX_STREAMS + " open pages of this dashboard already; close one of them"));
            return;
        }
        final String only = request.query("only", "");
        final Set<String> wanted = only.isEmpty() ? Set.of() : Set.of(only.split(",", -1));
        final Reader[] reader = new Reader[1];
        final EventStream stream = exchange.stream(() -> {
            count.decrementAndGet();
            thread.execute(() -> readers.remove(reader[0]));
        });
        reader[0] = new Reader(stream, wanted);
        thread.execute(() -> add(reader[0]));
    }

    private void add(final Reader reader) {
        readers.add(reader);
        for (final Topic topic : topics) {
            if (reader.wants(topic.name) && topic.last != null) {
                reader.stream.send(frame(topic.name, topic.last));
            }
        }
        if (!isScheduled) {
            isScheduled = true;
            tell();
        }
    }

    private void tell() {
        if (readers.isEmpty()) {
            isScheduled = false;
            topics.forEach(topic -> topic.last = null);
            api.forgetNews();
            return;
        }
        for (final Topic topic : topics) {
            tellOf(topic);
        }
        thread.schedule(this::tell, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    private void tellOf(final Topic topic) {
        final long startNs = System.nanoTime();
        if (startNs - topic.nextNs < 0 || readers.stream().noneMatch(reader -> reader.wants(topic.name))) {
            return;
        }
        try {
            final String json = topic.source.get();
            if (json != null && !json.equals(topic.last)) {
                topic.last = topic.isState ? json : null;
                send(topic.name, json);
            }
        } catch (final RuntimeException e) {
            if (!(e instanceof MusterException)) {
                LOG.error("the dashboard can't tell {}", topic.name, e);
            }
            send(TROUBLE, Json.write(Map.of("error", String.valueOf(e.getMessage()))));
        }
        final long endNs = System.nanoTime();
        topic.nextNs = endNs + Math.min(LONGEST_NS, SHARE * (endNs - startNs));
    }

    private void send(final String event, final String json) {
        final byte[] frame = frame(event, json);
        for (final Reader reader : readers) {
            if (reader.wants(event) || event.equals(TROUBLE)) {
                reader.stream.send(frame);
            }
        }
    }

    private static byte[] frame(final String event, final String json) {
        return ("event: " + event + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private record Reader(EventStream stream, Set<String> wanted) {
        boolean wants(final String topic) {
            return wanted.isEmpty() || wanted.contains(topic);
        }
    }

    /** Something that is told. */
    private static final class Topic {
        final String name;

        /** Whether a page that comes later needs the latest, too. */
        final boolean isState;

        /** Makes the JSON; null: there is nothing to tell. */
        final Supplier<@Nullable String> source;

        @Nullable
        String last;

        long nextNs = System.nanoTime();

        Topic(final String name, final boolean isState, final Supplier<@Nullable String> source) {
            this.name = name;
            this.isState = isState;
            this.source = source;
        }
    }
}
