package io.muster.jobqueue.pbs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code qstat -f} as people see it. Lines that go on in the next one are put together again. */
final class PbsText {
    private static final String HEAD = "Job Id:";
    private static final String INDENT = "    ";
    private static final String BETWEEN = " = ";

    private final List<PbsJob> jobs = new ArrayList<>();
    private Map<String, String> attributes = new HashMap<>();
    private String name = "";

    private PbsText() {}

    /** The jobs in a listing. */
    static List<PbsJob> jobs(final String text) {
        final PbsText reader = new PbsText();
        text.lines().forEach(reader::line);
        return reader.jobs;
    }

    private void line(final String line) {
        if (line.startsWith(HEAD)) {
            attributes = new HashMap<>();
            jobs.add(new PbsJob(line.substring(HEAD.length()).strip(), attributes));
            name = "";
        } else if (line.startsWith("\t")) {
            attributes.computeIfPresent(name, (key, value) -> value + line.substring(1));
        } else if (line.startsWith(INDENT) && line.contains(BETWEEN)) {
            final int between = line.indexOf(BETWEEN);
            name = line.substring(0, between).strip().toLowerCase(Locale.ROOT);
            attributes.put(name, line.substring(between + BETWEEN.length()));
        }
    }
}
