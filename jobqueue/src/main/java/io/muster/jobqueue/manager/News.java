package io.muster.jobqueue.manager;

import io.muster.config.Json;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people should be told about jobs. Programs that ask for news are answered when there are some, or after a while without. */
final class News {
    private static final int KEPT = 200;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Deque<String> lines = new ArrayDeque<>();
    private final List<Reader> readers = new ArrayList<>();
    private long count;

    void add(final String line) {
        lines.addLast(line);
        count++;
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
        tellAll();
    }

    /** Tells what is new after so many lines. */
    void tell(final @Nullable Object seen, final Consumer<String> answer, final Moment now) {
        final Reader reader = new Reader(seen instanceof Long number ? number : count, answer, now.in(LONGEST_WAIT));
        if (reader.seen() < count) {
            tell(reader);
        } else {
            readers.add(reader);
        }
    }

    /** Answers those who have waited long enough. */
    void advance(final Moment now) {
        readers.removeIf(reader -> {
            final boolean isOver = now.ns() >= reader.untilNs();
            if (isOver) {
                tell(reader);
            }
            return isOver;
        });
    }

    /** Answers everybody. */
    void tellAll() {
        readers.forEach(this::tell);
        readers.clear();
    }

    private void tell(final Reader reader) {
        final int fresh = (int) Math.max(0, Math.min(lines.size(), count - reader.seen()));
        final Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("news", new ArrayList<>(lines).subList(lines.size() - fresh, lines.size()));
        answer.put("seen", count);
        reader.answer().accept(Json.write(answer));
    }

    private record Reader(long seen, Consumer<String> answer, long untilNs) {}
}
