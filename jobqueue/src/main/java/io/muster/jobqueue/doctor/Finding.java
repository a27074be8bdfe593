package io.muster.jobqueue.doctor;

/**
 * What one check found.
 *
 * @param check what was looked at, a word or two
 * @param verdict how it is
 * @param text what was seen, and what to do about it if it is not well; may have several lines
 */
public record Finding(String check, Verdict verdict, String text) {
    /** How it is. */
    public enum Verdict {
        /** Well. */
        OK,
        /** A cluster may work, but not in every way. */
        WARNING,
        /** A cluster will not work. */
        FAILED,
        /** Not looked at, as there is no way to, or something before it failed. */
        SKIPPED
    }
}
