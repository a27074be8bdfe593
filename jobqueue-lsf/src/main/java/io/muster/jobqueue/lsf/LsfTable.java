package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code bjobs -w}. The columns do not stay in line where a value is long, but only a name has spaces in it, and
 * the time that follows it has a form of its own.
 */
final class LsfTable {
    private static final Pattern ROW =
            Pattern.compile("\\s*([0-9]+(?:\\[[0-9]+\\])?)\\s+(\\S+)\\s+([A-Z_]+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)"
                    + "\\s+(.*\\S)\\s+([A-Z][a-z]{2}"
                    + " +[0-9]{1,2} +[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: +[0-9]{4})?)\\s*");
    private static final Pattern INDEX = Pattern.compile(".*(\\[[0-9]+\\])");

    private LsfTable() {}

    /** The jobs in a table, without what it does not have: reasons, start and end. */
    static Map<LsfId, JobStatus> jobs(final String output, final LsfTime time) {
        final Map<LsfId, JobStatus> jobs = new LinkedHashMap<>();
        output.lines().map(ROW::matcher).filter(Matcher::matches).forEach(row -> {
            final String name = row.group(7);
            final Matcher index = INDEX.matcher(name);
            final boolean isElement = !row.group(1).endsWith("]") && index.matches();
            final LsfId id = LsfId.of(row.group(1) + (isElement ? index.group(1) : ""));
            if (id != null) {
                final String word = row.group(3);
                final JobState state = LsfState.of(word);
                jobs.put(
                        id,
                        JobStatus.of(id.toString(), state, word)
                                .withToken(LsfMark.inName(name))
                                .withNode(LsfJson.hosts(row.group(6)))
                                .withTimes(time.past(row.group(8)), null, null, null));
            }
        });
        return jobs;
    }
}
