package io.muster.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a program of the demonstration found.
 *
 * @param name the program
 * @param tasks how many tasks it had
 * @param seconds how long they took, from the first submission to the result
 * @param value what was found, as it stands in JSON
 * @param summary what was found, for people
 * @param right whether it is right
 */
record DemoResult(String name, int tasks, double seconds, Object value, String summary, boolean right) {
    private static final double NS_PER_S = 1e9;
    private static final double MS_PER_S = 1e3;

    Map<String, Object> json(final int workers, final String transport) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("demo", name);
        json.put("workers", workers);
        json.put("transport", transport);
        json.put("tasks", tasks);
        json.put("seconds", Math.round(seconds * MS_PER_S) / MS_PER_S);
        json.put("result", value);
        return json;
    }

    String text(final int workers, final String transport) {
        final String time = Texts.time(Duration.ofNanos((long) (seconds * NS_PER_S)));
        return name + ": " + summary + " (" + tasks + " tasks in " + time + ", workers=" + workers + ", transport="
                + transport + ")";
    }
}
