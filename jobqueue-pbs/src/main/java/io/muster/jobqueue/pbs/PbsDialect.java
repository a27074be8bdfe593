package io.muster.jobqueue.pbs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the commands here understand.
 *
 * @param isTorque whether they are Torque's
 * @param hasHistory whether they tell of jobs that are over
 * @param hasJson whether they write JSON
 */
record PbsDialect(boolean isTorque, boolean hasHistory, boolean hasJson) {
    /** Judges by what {@code qstat --version} says: {@code pbs_version = …} or {@code Version: …}. */
    static PbsDialect ofVersion(final String text) {
        final boolean isPbs = text.matches("(?is).*(pbs_version|pbspro|pbs pro|openpbs).*");
        return new PbsDialect(!isPbs, isPbs, isPbs);
    }

    PbsDialect withoutHistory() {
        return new PbsDialect(isTorque, false, hasJson);
    }

    PbsDialect withoutJson() {
        return new PbsDialect(isTorque, hasHistory, false);
    }

    /** Asks for all about jobs. In Torque {@code -x} would mean XML. */
    List<String> status(final Collection<String> ids) {
        final List<String> words = new ArrayList<>(List.of("qstat", "-f"));
        if (hasHistory) {
            words.add("-x");
        }
        if (hasJson) {
            words.addAll(List.of("-F", "json"));
        }
        words.addAll(ids);
        return words;
    }

    /** Asks for the ids of a user's jobs. */
    List<String> select(final String user) {
        final List<String> words = new ArrayList<>(List.of("qselect", "-u", user));
        if (hasHistory) {
            words.add("-x");
        }
        return words;
    }

    /** Submits an array. */
    List<String> array(final int count) {
        return List.of(isTorque ? "-t" : "-J", "0-" + (count - 1));
    }

    List<PbsJob> jobs(final String output) {
        return hasJson ? PbsJson.jobs(output) : PbsText.jobs(output);
    }
}
