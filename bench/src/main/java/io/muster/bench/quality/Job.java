package io.muster.bench.quality;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A task of a workflow, with any number of results. */
final class Job {
    final int id;
    final String function;
    final double seconds;

    /** What its user would say that it takes. */
    final double expectedSeconds;

    final int cores;
    final List<Output> outputs = new ArrayList<>();
    final List<Output> inputs = new ArrayList<>();

    Job(final int id, final String function, final double seconds, final double expectedSeconds, final int cores) {
        this.id = id;
        this.function = function;
        this.seconds = seconds;
        this.expectedSeconds = expectedSeconds;
        this.cores = cores;
    }

    /** Adds a result. */
    Job gives(final double mib, final double expectedMib) {
        outputs.add(new Output(this, mib, expectedMib));
        return this;
    }

    Job gives(final double mib) {
        return gives(mib, mib);
    }

    /** Adds all results of others as inputs. */
    Job needs(final List<Job> others) {
        others.forEach(this::needs);
        return this;
    }

    /** Adds all results of another as inputs. */
    Job needs(final Job other) {
        other.outputs.forEach(this::needs);
        return this;
    }

    Job needs(final Output output) {
        inputs.add(output);
        output.consumers.add(this);
        return this;
    }

    /** Those whose results it needs. */
    Set<Job> before() {
        final Set<Job> before = new LinkedHashSet<>();
        inputs.forEach(input -> before.add(input.producer));
        return before;
    }

    /** Those that need its results. */
    Set<Job> after() {
        final Set<Job> after = new LinkedHashSet<>();
        outputs.forEach(output -> after.addAll(output.consumers));
        return after;
    }
}
