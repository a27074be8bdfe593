package io.muster;

import io.muster.config.Json;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.EventLog;
import io.muster.scheduler.RecordText;
import io.muster.scheduler.TaskStreamLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Asks the scheduler what happened. */
final class Diagnostics {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_LINES = 10_000;
    private static final int MAX_EVENTS = 1_000;

    private final Session session;

    Diagnostics(final Session session) {
        this.session = session;
    }

    List<StoryLine> story(final long task, final String key) {
        return RecordText.story(ask(RecordKind.STORY, task, 0, key));
    }

    List<LogLine> logs(final String worker) {
        return RecordText.logs(ask(RecordKind.LOGS, 0, MAX_LINES, worker));
    }

    List<ClusterEvent> events(final String topic) {
        return RecordText.events(ask(RecordKind.EVENTS, 0, MAX_EVENTS, topic));
    }

    Subscription onEvent(final Client client, final String topic, final Consumer<? super ClusterEvent> handler) {
        return client.<String>topic(EventLog.PUBLISHED_AS + topic).subscribe(json -> {
            if (Json.parse(json) instanceof Map<?, ?> event) {
                handler.accept(RecordText.event(event));
            }
        });
    }

    long taskStream(final Path file) {
        final List<Map<?, ?>> pages = new ArrayList<>();
        long next = 0;
        boolean isMore = true;
        while (isMore) {
            final Map<?, ?> page = Replies.object(ask(RecordKind.STREAM, next, TaskStreamLog.MAX_PAGE_ROWS, ""));
            pages.add(page);
            next = Replies.number(page, "next");
            isMore = page.get("rows") instanceof List<?> rows && rows.size() == TaskStreamLog.MAX_PAGE_ROWS;
        }
        final TraceText trace = new TraceText();
        pages.forEach(trace::add);
        try {
            Files.writeString(file, trace.toText(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new MusterException("can't write the task stream to file=" + file, new UncheckedIOException(e));
        }
        return trace.bars();
    }

    private String ask(final RecordKind kind, final long since, final int limit, final String name) {
        return session.records(kind, since, limit, name, TIMEOUT);
    }
}
