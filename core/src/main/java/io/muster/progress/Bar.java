package io.muster.progress;

/**
 * How far one kind of work is.
 *
 * @param label what it is, for people
 * @param done how much has ended, what failed included
 * @param failed how much of that has failed
 * @param total how much there is
 * @param unit what is counted, such as {@code tasks}
 */
public record Bar(String label, long done, long failed, long total, String unit) {
    /**
     * How far tasks are.
     *
     * @param label what they are, for people
     * @param done how many have ended, those that failed included
     * @param failed how many of these have failed
     * @param total how many there are
     */
    public Bar(final String label, final long done, final long failed, final long total) {
        this(label, done, failed, total, "tasks");
    }

    boolean isOver() {
        return done >= total;
    }

    Bar plus(final Bar other, final String both) {
        return new Bar(both, done + other.done, failed + other.failed, total + other.total, unit);
    }
}
