package io.muster.bench.quality;

import java.util.ArrayList;
import java.util.List;

/** One of the results of a job. */
final class Output {
    final Job producer;
    final double mib;

    /** What its user would say that it is. */
    final double expectedMib;

    final List<Job> consumers = new ArrayList<>();

    Output(final Job producer, final double mib, final double expectedMib) {
        this.producer = producer;
        this.mib = mib;
        this.expectedMib = expectedMib;
    }
}
