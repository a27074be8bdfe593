package io.muster;

import io.muster.config.Json;
import io.muster.diagnosis.ReportMaker;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.EventLog;
import io.muster.scheduler.RecordText;
import io.muster.scheduler.TaskStreamLog;
import io.muster.scheduler.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
        final TraceText trace = new TraceText();
        pages().forEach(trace::add);
        write(file, trace.toText());
        return trace.bars();
    }

    void performanceReport(final Path file) {
        final ReportMaker maker = ServiceLoader.load(ReportMaker.class, ReportMaker.class.getClassLoader())
                .findFirst()
                .orElseThrow(
                        () -> new MusterException(
                                "a performance report needs muster-dashboard on the class path of the program that asks for it"));
        final Map<?, ?> info = Replies.object(session.info(TIMEOUT));
        final Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("made_us", RecordText.micros(Instant.now()));
        report.put("version", Version.current());
        report.put("workers", info.get("workers"));
        report.put("stream", pages());
        report.put("profile", Replies.object(ask(RecordKind.PROFILE, 0, 0, "")));
        report.put("system", Replies.object(ask(RecordKind.SYSTEM, 0, 0, "")));
        write(file, maker.html(Json.write(report)));
    }

    private List<Map<?, ?>> pages() {
        final List<Map<?, ?>> pages = new ArrayList<>();
        long next = 0;
        boolean isMore = true;
        while (isMore) {
            final Map<?, ?> page = Replies.object(ask(RecordKind.STREAM, next, TaskStreamLog.MAX_PAGE_ROWS, ""));
            pages.add(page);
            next = Replies.number(page, "next");
            isMore = page.get("rows") instanceof List<?> rows && rows.size() == TaskStreamLog.MAX_PAGE_ROWS;
        }
        return pages;
    }

    private static void write(final Path file, final String text) {
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new MusterException("can't write to file=" + file, new UncheckedIOException(e));
        }
    }

    private String ask(final RecordKind kind, final long since, final int limit, final String name) {
        return session.records(kind, since, limit, name, TIMEOUT);
    }
}
