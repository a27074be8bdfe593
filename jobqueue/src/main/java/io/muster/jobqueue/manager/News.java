package io.muster.jobqueue.manager;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people should be told about jobs, for programs that ask now and then. */
final class News {
    private static final int KEPT = 200;

    private final Deque<String> lines = new ArrayDeque<>();
    private long count;

    void add(final String line) {
        lines.addLast(line);
        count++;
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
    }

    /** What was added after so many, as far as it is kept. */
    Map<String, Object> since(final @Nullable Object seen) {
        final long before = seen instanceof Long number ? number : count;
        final int fresh = (int) Math.max(0, Math.min(lines.size(), count - before));
        final List<String> last = new ArrayList<>(lines).subList(lines.size() - fresh, lines.size());
        final Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("news", last);
        answer.put("seen", count);
        return answer;
    }
}
