package io.muster.scheduler;

import io.muster.ClusterEvent;
import io.muster.config.Json;
import io.muster.serialize.Serializer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The last events of each topic; those who subscribed to a topic get them as they come. */
public final class EventLog {
    /** What a topic's name is preceded by where it is published. */
    public static final String PUBLISHED_AS = "muster.events/";

    /** The topic of what the scheduler tells of the cluster. */
    public static final String ALL = "all";

    /** The topic of what tasks print. */
    public static final String PRINT = "print";

    /** The topic of what tasks log. */
    public static final String LOG = "log";

    static final int MAX_TEXT = 10_000;
    static final int MAX_TOPIC = 200;

    private static final int EVENTS = 1_000;
    private static final int TOPICS = 1_000;

    private final BiConsumer<String, byte[]> publisher;
    private final Map<String, Deque<ClusterEvent>> byTopic = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Makes an empty log.
     *
     * @param publisher gets the name to publish under, and a value
     */
    EventLog(final BiConsumer<String, byte[]> publisher) {
        this.publisher = publisher;
    }

    /** Adds an event; its topic and text are cut if they are long. */
    void add(final ClusterEvent event) {
        final ClusterEvent kept =
                new ClusterEvent(event.at(), cut(event.topic(), MAX_TOPIC), event.who(), cut(event.text(), MAX_TEXT));
        Deque<ClusterEvent> events = byTopic.get(kept.topic());
        if (events == null) {
            if (byTopic.size() == TOPICS) {
                byTopic.remove(byTopic.keySet().iterator().next());
            }
            events = new ArrayDeque<>();
            byTopic.put(kept.topic(), events);
        }
        if (events.size() == EVENTS) {
            events.removeFirst();
        }
        events.addLast(kept);
        publisher.accept(PUBLISHED_AS + kept.topic(), Serializer.standard().toBytes(Json.write(json(kept))));
    }

    /**
     * The last events.
     *
     * @param topic of which topic; empty: of all
     * @param limit how many at most
     * @return the events, oldest first
     */
    public List<ClusterEvent> last(final String topic, final int limit) {
        final List<ClusterEvent> found = new ArrayList<>();
        if (topic.isEmpty()) {
            byTopic.values().forEach(found::addAll);
            found.sort(Comparator.comparing(ClusterEvent::at).thenComparing(ClusterEvent::topic));
        } else if (byTopic.containsKey(topic)) {
            found.addAll(byTopic.get(topic));
        }
        return List.copyOf(found.subList(Math.max(0, found.size() - Math.max(0, limit)), found.size()));
    }

    /**
     * An event as JSON.
     *
     * @param event the event
     * @return for {@link Json#write}; its time is in microseconds since 1970
     */
    public static Map<String, Object> json(final ClusterEvent event) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", RecordText.micros(event.at()));
        json.put("topic", event.topic());
        json.put("who", event.who());
        json.put("text", event.text());
        return json;
    }

    private static String cut(final String text, final int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }
}
