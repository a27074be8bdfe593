package io.muster.worker;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.SplittableRandom;

/** How long a worker's job goes on: when the worker begins to leave, and when it has to be gone. Times are of {@link System#nanoTime()}. */
public final class Lifetime {
    /** The answer of {@link #leaveInNs} and {@link #endInNs} for a job without an end. */
    public static final long NEVER = -1;

    /** Why a worker whose time has come leaves. */
    public static final String OVER = "its job ends";

    private static final Lifetime UNLIMITED = new Lifetime(0, 0, 0);
    private static final Duration LEAST_MARGIN = Duration.ofSeconds(20);
    private static final Duration MOST_MARGIN = Duration.ofMinutes(5);
    private static final long LAST_SECONDS_NS = 2_000_000_000;

    private final long startNs;
    private final long lengthNs;
    private final long marginNs;

    private Lifetime(final long startNs, final long lengthNs, final long marginNs) {
        this.startNs = startNs;
        this.lengthNs = lengthNs;
        this.marginNs = marginNs;
    }

    /**
     * One without an end.
     *
     * @return never over
     */
    public static Lifetime unlimited() {
        return UNLIMITED;
    }

    /**
     * What the settings say, counted from the start of this process, or of its nanny's if no other process follows at the end.
     *
     * @param settings {@code worker.lifetime}, its margin and its stagger
     * @return the lifetime
     */
    public static Lifetime of(final Settings settings) {
        final Duration before = settings.get(Options.WORKER_LIFETIME_RESTART)
                ? Duration.ZERO
                : settings.get(Options.PROCESS_STARTED_AFTER);
        final Duration age = processAge().plus(before);
        return of(settings, System.nanoTime() - age.toNanos());
    }

    /**
     * How long a nanny starts processes.
     *
     * @param settings of the worker
     * @return the lifetime of the job; without an end if each process has one of its own
     */
    public static Lifetime ofNanny(final Settings settings) {
        return settings.get(Options.WORKER_LIFETIME_RESTART) ? UNLIMITED : of(settings);
    }

    static Lifetime of(final Settings settings, final long startNs) {
        final Duration length = staggered(settings);
        final Duration wished = settings.get(Options.WORKER_LIFETIME_MARGIN);
        final Duration margin = wished.isZero() ? usualMargin(length) : wished;
        return new Lifetime(
                startNs, length.toNanos(), min(margin, length.dividedBy(2)).toNanos());
    }

    /**
     * How long this process lives already.
     *
     * @return the time, from when the JVM was started
     */
    public static Duration processAge() {
        return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    }

    /**
     * Whether the job has an end.
     *
     * @return false if it goes on until somebody ends it
     */
    public boolean isLimited() {
        return lengthNs > 0;
    }

    /**
     * When the worker should begin to leave.
     *
     * @param nowNs the time
     * @return nanoseconds from then on, 0 if it should already; {@link #NEVER}
     */
    public long leaveInNs(final long nowNs) {
        return isLimited() ? Math.max(0, startNs + lengthNs - marginNs - nowNs) : NEVER;
    }

    /**
     * When the job is over.
     *
     * @param nowNs the time
     * @return nanoseconds from then on, 0 if it should be already; {@link #NEVER}
     */
    public long endInNs(final long nowNs) {
        return isLimited() ? Math.max(0, startNs + lengthNs - nowNs) : NEVER;
    }

    /**
     * When the worker has to be gone, though nobody told it to go: a little before the end.
     *
     * @param nowNs the time
     * @return nanoseconds from then on, 0 if it should be already; {@link #NEVER}
     */
    long goneInNs(final long nowNs) {
        return isLimited() ? Math.max(0, endInNs(nowNs) - Math.min(LAST_SECONDS_NS, marginNs / 2)) : NEVER;
    }

    private static Duration staggered(final Settings settings) {
        final Duration length = settings.get(Options.WORKER_LIFETIME);
        final Duration most = min(settings.get(Options.WORKER_LIFETIME_STAGGER), length.dividedBy(2));
        if (most.isZero()) {
            return length;
        }
        final String name = settings.get(Options.WORKER_NAME);
        final long seed = name.isEmpty() ? ProcessHandle.current().pid() : name.hashCode();
        final double part = 2 * new SplittableRandom(seed).nextDouble() - 1;
        return length.plusNanos((long) (part * most.toNanos()));
    }

    private static Duration usualMargin(final Duration length) {
        final Duration twentieth = length.dividedBy(20);
        return twentieth.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : min(twentieth, MOST_MARGIN);
    }

    private static Duration min(final Duration first, final Duration second) {
        return first.compareTo(second) <= 0 ? first : second;
    }
}
