package io.muster.progress;

/**
 * How far one kind of work is.
 *
 * @param label what it is, for people
 * @param done how much has ended, what failed included
 * @param failed how much of that has failed
 * @param total how much there is
 */
public record Bar(String label, long done, long failed, long total) {
    boolean isOver() {
        return done >= total;
    }

    Bar plus(final Bar other, final String both) {
        return new Bar(both, done + other.done, failed + other.failed, total + other.total);
    }
}
