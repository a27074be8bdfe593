package io.muster.scheduler;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * All that is to go wrong with a simulated cluster and all that its clients do, drawn from the seed beforehand: a list of steps, each with
 * a chance of its own, so that any of them can be left out without changing the others.
 */
final class Plan {
    /** Which part of the seeds have neither faults nor anything else that could make a task run twice. */
    private static final int CALM_EVERY = 12;

    private static final int MAX_STRIKES = 12;

    final Traits traits;
    private final long seed;
    private final List<Step> steps = new ArrayList<>();
    private final Set<Fault> lasting = EnumSet.noneOf(Fault.class);

    /** One step; its chance is drawn from its salt. */
    record Step(int number, long timeUs, Fault fault, long salt) {
        @Override
        public String toString() {
            return "#" + number + (fault.isLasting ? " all the time: " : " at " + timeUs + " us: ") + fault.text;
        }
    }

    /** What a cluster is like, apart from its faults. */
    record Traits(
            boolean isCalm,
            int clients,
            int workers,
            int allowedFailures,
            boolean nannies,
            boolean restrictions,
            boolean failures,
            boolean scatters,
            boolean cancels,
            boolean clientsLeave,
            boolean resources,
            boolean longTasks,
            boolean replicas,
            boolean reduces,
            boolean once,
            boolean secedes,
            boolean timeouts,
            boolean retries,
            boolean restarts,
            boolean actors) {}

    Plan(final long seed, final int maxWorkers, final long chaosUs, final BitSet without) {
        this.seed = seed;
        final SplittableRandom random = random(-1);
        final SplittableRandom ofCopies = random(2);
        final SplittableRandom ofRuns = random(3);
        final boolean isCalm = random.nextInt(CALM_EVERY) == 0;
        traits = new Traits(
                isCalm,
                1 + random.nextInt(3),
                1 + random.nextInt(maxWorkers),
                random.nextInt(4),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                !isCalm && random.nextBoolean(),
                !isCalm && random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextBoolean(),
                ofCopies.nextBoolean(),
                ofCopies.nextInt(3) > 0,
                ofRuns.nextInt(3) == 0,
                ofRuns.nextInt(3) == 0,
                ofRuns.nextInt(3) == 0,
                ofRuns.nextBoolean(),
                !isCalm && ofRuns.nextInt(6) == 0,
                random(4).nextInt(3) == 0);
        final List<Fault> strikes = new ArrayList<>();
        for (final Fault fault : Fault.values()) {
            final boolean isOn = random.nextBoolean();
            if (isCalm || !isOn || fault == Fault.CLIENT) {
                continue;
            }
            if (fault.isLasting) {
                add(0, fault);
            } else {
                strikes.add(fault);
            }
        }
        if (!strikes.isEmpty()) {
            for (int i = random.nextInt(MAX_STRIKES); i > 0; i--) {
                add(random.nextLong(chaosUs), strikes.get(random.nextInt(strikes.size())));
            }
        }
        for (int i = 4 + random.nextInt(16); i > 0; i--) {
            add(random.nextLong(chaosUs), Fault.CLIENT);
        }
        steps.removeIf(step -> without.get(step.number));
        steps.stream().filter(step -> step.fault.isLasting).forEach(step -> lasting.add(step.fault));
    }

    List<Step> steps() {
        return steps;
    }

    boolean has(final Fault fault) {
        return lasting.contains(fault);
    }

    /** Whether the cluster is watched for a long time in the end. */
    boolean isLazy() {
        return seed % 8 == 0;
    }

    /** A source of chance that only depends on the seed and the number given. */
    SplittableRandom random(final long salt) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ (salt + 2) * 0xD1B54A32D192ED03L);
    }

    private void add(final long timeUs, final Fault fault) {
        steps.add(new Step(steps.size(), timeUs, fault, 1_000 + steps.size()));
    }
}
