package io.muster.scheduler;

import io.muster.AdaptiveRule;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides which units of a cluster that goes by the work are closed, and remembers how long units take to start. More are asked for at
 * once; fewer only after the rule has said so several times in a row, and then only what waits or is idle; but never more are kept than
 * the maximum. Nor is the last unit closed that could keep a result which is still needed: computing it again would take a unit again.
 *
 * @param <U> a worker or a job
 */
public final class AdaptivePolicy<U extends AdaptivePolicy.Unit> {
    /** The answer of {@link Unit#idleSinceNs} of one that is not idle. */
    public static final long NOT_IDLE = Long.MAX_VALUE;

    private static final int DELAYS_KEPT = 20;

    private final Comparator<? super U> closingOrder;
    private final Deque<Long> delaysNs = new ArrayDeque<>();
    private int fewerWanted;

    /** What is started and closed as one: a worker, or a job with all its workers. */
    public interface Unit {
        /**
         * Whether it waits to be started.
         *
         * @return true if closing it costs nothing
         */
        boolean isPending();

        /**
         * Since when it has had nothing to do.
         *
         * @return nanoseconds by the clock of the caller; {@link #NOT_IDLE}
         */
        long idleSinceNs();

        /**
         * Whether only it holds a result that somebody needs.
         *
         * @return true if closing it means that the result has to move
         */
        boolean isNeeded();
    }

    /**
     * Makes one that has seen no unit start.
     *
     * @param closingOrder the ones to close first come first
     */
    public AdaptivePolicy(final Comparator<? super U> closingOrder) {
        this.closingOrder = closingOrder;
    }

    /** Another rule holds from now on. */
    public void restart() {
        fewerWanted = 0;
    }

    /**
     * A unit has started.
     *
     * @param delayNs after so long
     */
    public void started(final long delayNs) {
        if (delaysNs.size() == DELAYS_KEPT) {
            delaysNs.remove();
        }
        delaysNs.add(delayNs);
    }

    /**
     * How long units take to start.
     *
     * @return the median of the last ones; 0 if none has started yet
     */
    public Duration startDelay() {
        return delaysNs.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(delaysNs.stream()
                        .sorted()
                        .skip(delaysNs.size() / 2)
                        .findFirst()
                        .orElse(0L));
    }

    /**
     * The units to close now; asked once each time that the rule is applied.
     *
     * @param rule the rule
     * @param wanted how many units there should be
     * @param present the units there are, without those that leave
     * @param nowNs the time, by the clock of {@link Unit#idleSinceNs}
     * @param doesAnyStay whether a worker would stay if these were closed
     * @return the first to go first
     */
    public List<U> closing(
            final AdaptiveRule rule,
            final int wanted,
            final List<U> present,
            final long nowNs,
            final Predicate<List<U>> doesAnyStay) {
        if (wanted >= present.size()) {
            fewerWanted = 0;
            return List.of();
        }
        final int tooMany = present.size() - rule.maximum();
        if (tooMany > 0) {
            return present.stream().sorted(closingOrder).limit(tooMany).toList();
        }
        fewerWanted++;
        if (fewerWanted < rule.waitCount()) {
            return List.of();
        }
        final List<U> closing = present.stream()
                .filter(unit -> unit.isPending() || isIdleLongEnough(unit, rule, nowNs))
                .sorted(closingOrder)
                .limit(present.size() - wanted)
                .toList();
        final boolean isLastNeeded =
                !closing.isEmpty() && closing.get(closing.size() - 1).isNeeded();
        return isLastNeeded && !doesAnyStay.test(closing) ? closing.subList(0, closing.size() - 1) : closing;
    }

    private boolean isIdleLongEnough(final U unit, final AdaptiveRule rule, final long nowNs) {
        return !rule.keepUntilWalltime()
                && unit.idleSinceNs() != NOT_IDLE
                && nowNs - unit.idleSinceNs()
                        >= rule.idleBeforeClosing(startDelay()).toNanos();
    }
}
