package io.muster.scheduler;

import io.muster.ClusterEvent;
import io.muster.LogLine;
import io.muster.MusterException;
import io.muster.StoryLine;
import io.muster.config.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What happened, as JSON and back. Times are in microseconds since 1970. */
public final class RecordText {
    private static final String LINES = "lines";
    private static final String AT = "at";
    private static final String WHO = "who";

    private RecordText() {}

    /**
     * A time as a number.
     *
     * @param at the time
     * @return microseconds since 1970
     */
    public static long micros(final Instant at) {
        return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    }

    /**
     * A number as a time.
     *
     * @param micros since 1970
     * @return the time
     */
    public static Instant instant(final long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    /**
     * Log lines as the dashboard's {@code api/logs} writes them.
     *
     * @param lines the lines
     * @return for {@link Json#write}
     */
    public static Map<String, Object> logs(final List<LogLine> lines) {
        return lines(lines, line -> {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put(AT, micros(line.at()));
            json.put("level", line.level());
            json.put(WHO, line.who());
            json.put("text", line.text());
            return json;
        });
    }

    /**
     * A story as the dashboard writes it.
     *
     * @param lines the lines
     * @return for {@link Json#write}
     */
    public static Map<String, Object> story(final List<StoryLine> lines) {
        return lines(lines, line -> {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put(AT, micros(line.at()));
            json.put(WHO, line.who());
            json.put("what", line.what());
            json.put("cause", line.cause());
            return json;
        });
    }

    /**
     * Events as the dashboard's {@code api/events} writes them.
     *
     * @param events the events
     * @return for {@link Json#write}
     */
    public static Map<String, Object> events(final List<ClusterEvent> events) {
        return lines(events, EventLog::json);
    }

    /**
     * Reads log lines.
     *
     * @param json an answer of the scheduler
     * @return the lines
     * @throws MusterException with the scheduler's reason, if it is a refusal
     */
    public static List<LogLine> logs(final String json) {
        return read(json, line -> new LogLine(time(line), text(line, "level"), text(line, WHO), text(line, "text")));
    }

    /**
     * Reads a story.
     *
     * @param json an answer of the scheduler
     * @return the lines
     * @throws MusterException with the scheduler's reason, if it is a refusal
     */
    public static List<StoryLine> story(final String json) {
        return read(json, line -> new StoryLine(time(line), text(line, WHO), text(line, "what"), text(line, "cause")));
    }

    /**
     * Reads events.
     *
     * @param json an answer of the scheduler
     * @return the events
     * @throws MusterException with the scheduler's reason, if it is a refusal
     */
    public static List<ClusterEvent> events(final String json) {
        return read(json, RecordText::event);
    }

    /**
     * Reads an event.
     *
     * @param line as {@link EventLog#json} wrote it
     * @return the event
     */
    public static ClusterEvent event(final Map<?, ?> line) {
        return new ClusterEvent(time(line), text(line, "topic"), text(line, WHO), text(line, "text"));
    }

    static String refusal(final String why) {
        return Json.write(Map.of("error", why));
    }

    private static <T> Map<String, Object> lines(final List<T> all, final Function<T, Map<String, Object>> toJson) {
        final List<Object> lines = new ArrayList<>(all.size());
        all.forEach(each -> lines.add(toJson.apply(each)));
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put(LINES, lines);
        return json;
    }

    private static <T> List<T> read(final String json, final Function<Map<?, ?>, T> reader) {
        final List<T> read = new ArrayList<>();
        if (Json.parse(json) instanceof Map<?, ?> answer) {
            if (answer.get("error") instanceof String why) {
                throw new MusterException(why);
            }
            if (answer.get(LINES) instanceof List<?> lines) {
                for (final Object line : lines) {
                    if (line instanceof Map<?, ?> members) {
                        read.add(reader.apply(members));
                    }
                }
            }
        }
        return List.copyOf(read);
    }

    private static Instant time(final Map<?, ?> line) {
        return instant(line.get(AT) instanceof Number number ? number.longValue() : 0);
    }

    private static String text(final Map<?, ?> line, final String name) {
        return line.get(name) instanceof String text ? text : "";
    }
}
