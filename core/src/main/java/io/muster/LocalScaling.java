package io.muster;

import io.muster.scheduler.AdaptivePolicy;
import io.muster.scheduler.Demand;
import io.muster.scheduler.Load;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the workers of a {@link LocalCluster} to the number that is wanted: a fixed one, or what an {@link AdaptiveRule} makes of the work. */
final class LocalScaling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalScaling.class);
    private static final long FIXED_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long CLOSE_MS = 2_000;

    private static final Comparator<Unit> CLOSING_ORDER = Comparator.comparing((Unit unit) -> !unit.isPending())
            .thenComparing(unit -> unit.idleSinceNs == AdaptivePolicy.NOT_IDLE)
            .thenComparing(Unit::isNeeded)
            .thenComparingLong(unit -> unit.storedBytes)
            .thenComparing(Comparator.comparingInt((Unit unit) -> unit.order).reversed());

    private final Host host;
    private final ToLongFunction<Load.Need> slots;
    private final AdaptivePolicy<Unit> policy = new AdaptivePolicy<>(CLOSING_ORDER);
    private final Map<String, Unit> units = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::keepScaling, "muster-local-scaling");
    private @Nullable AdaptiveRule rule;
    private int wanted;
    private int started;
    private boolean closed;

    /** Starts and ends workers. */
    interface Host {
        /** Starts a worker; returns its name. */
        String start();

        /** Whether a worker was started, and has not ended for good. */
        boolean isThere(String name);

        /** How much there is to do; puts the numbers of the workers that are connected into a map, by their names. */
        Load load(Map<String, Integer> numbers);

        /** Lets connected workers leave once their results have moved. */
        void retire(List<String> names);
    }

    /**
     * Takes workers over.
     *
     * @param slots how many tasks with such needs a worker runs at once
     * @param present the names of the workers that are there
     */
    LocalScaling(final Host host, final ToLongFunction<Load.Need> slots, final Collection<String> present) {
        this.host = host;
        this.slots = slots;
        this.wanted = present.size();
        final long nowNs = System.nanoTime();
        present.forEach(name -> add(name, nowNs));
        thread.setDaemon(true);
        thread.start();
    }

    /** How many workers are wanted. */
    synchronized int wanted() {
        return wanted;
    }

    /** How many workers are connected and stay. */
    synchronized int connected() {
        return (int) units.values().stream()
                .filter(unit -> unit.isConnected && !unit.isLeaving)
                .count();
    }

    synchronized void scale(final int workers) {
        rule = null;
        wanted = workers;
        policy.restart();
        advance();
        notifyAll();
    }

    synchronized void adapt(final AdaptiveRule newRule) {
        rule = newRule.checked();
        policy.restart();
        advance();
        notifyAll();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(CLOSE_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void keepScaling() {
        try {
            while (!closed) {
                final AdaptiveRule current = rule;
                final long periodNs =
                        current == null ? FIXED_PERIOD_NS : current.interval().toNanos();
                wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(periodNs)));
                if (!closed) {
                    advance();
                }
            }
        } catch (final InterruptedException e) {
            LOG.debug("closed", e);
        }
    }

    private void advance() {
        if (closed) {
            return;
        }
        try {
            final Map<String, Integer> numbers = new HashMap<>();
            final Load load = host.load(numbers);
            final long nowNs = System.nanoTime();
            look(load, numbers, nowNs);
            final AdaptiveRule current = rule;
            if (current == null) {
                leave(staying().stream()
                        .sorted(CLOSING_ORDER)
                        .limit(Math.max(0, staying().size() - wanted))
                        .toList());
            } else {
                decide(current, load, numbers, nowNs);
            }
            for (int missing = wanted - staying().size(); missing > 0; missing--) {
                add(host.start(), nowNs);
            }
            retireConnected(numbers);
        } catch (final MusterException e) {
            LOG.warn("the cluster can't be scaled, trying again: {}", e.getMessage());
        }
    }

    private void decide(
            final AdaptiveRule current, final Load load, final Map<String, Integer> numbers, final long nowNs) {
        final List<Unit> staying = staying();
        Demand demand = Demand.NONE;
        for (final Load.Need need : load.classes()) {
            final long perWorker = slots.applyAsLong(need);
            if (perWorker > 0) {
                demand = demand.plus(Demand.of(need, perWorker, 0, current));
            }
        }
        final int running =
                (int) staying.stream().filter(unit -> unit.isConnected).count();
        wanted = demand.units(current, running, staying.size(), policy.startDelay());
        final Predicate<List<Unit>> doesAnyStay = closing -> load.workers().stream()
                .anyMatch(worker -> !worker.leaving()
                        && units.values().stream()
                                .noneMatch(unit -> (unit.isLeaving || closing.contains(unit))
                                        && Integer.valueOf(worker.number()).equals(numbers.get(unit.name))));
        leave(policy.closing(current, wanted, staying, nowNs, doesAnyStay));
    }

    private void look(final Load load, final Map<String, Integer> numbers, final long nowNs) {
        final Map<Integer, Load.Busy> byNumber = new HashMap<>();
        load.workers().forEach(worker -> byNumber.put(worker.number(), worker));
        units.values().removeIf(unit -> !numbers.containsKey(unit.name) && !host.isThere(unit.name));
        for (final Unit unit : units.values()) {
            final Integer number = numbers.get(unit.name);
            final Load.Busy busy = number == null ? null : byNumber.get(number);
            if (busy == null) {
                unit.isConnected = false;
                unit.idleSinceNs = AdaptivePolicy.NOT_IDLE;
                continue;
            }
            if (!unit.isConnected && !unit.wasConnected) {
                policy.started(nowNs - unit.startedNs);
            }
            unit.isConnected = true;
            unit.wasConnected = true;
            unit.isLeaving |= busy.leaving();
            unit.isNeeded = busy.isNeeded();
            unit.storedBytes = busy.storedBytes();
            if (busy.assigned() > 0) {
                unit.idleSinceNs = AdaptivePolicy.NOT_IDLE;
            } else if (unit.idleSinceNs == AdaptivePolicy.NOT_IDLE) {
                unit.idleSinceNs = nowNs;
            }
        }
    }

    private void add(final String name, final long nowNs) {
        units.put(name, new Unit(name, started++, nowNs));
    }

    private List<Unit> staying() {
        return units.values().stream().filter(unit -> !unit.isLeaving).toList();
    }

    private static void leave(final List<Unit> leaving) {
        leaving.forEach(unit -> unit.isLeaving = true);
    }

    /** One that is told to leave before it is connected is told again once it is. */
    private void retireConnected(final Map<String, Integer> numbers) {
        final List<String> names = units.values().stream()
                .filter(unit -> unit.isLeaving && numbers.containsKey(unit.name))
                .map(unit -> unit.name)
                .toList();
        if (!names.isEmpty()) {
            host.retire(names);
        }
    }

    /** A worker. */
    private static final class Unit implements AdaptivePolicy.Unit {
        private final String name;
        private final int order;
        private final long startedNs;
        private boolean isConnected;
        private boolean wasConnected;
        private boolean isLeaving;
        private boolean isNeeded;
        private long storedBytes;
        private long idleSinceNs = AdaptivePolicy.NOT_IDLE;

        Unit(final String name, final int order, final long startedNs) {
            this.name = name;
            this.order = order;
            this.startedNs = startedNs;
        }

        @Override
        public boolean isPending() {
            return !isConnected;
        }

        @Override
        public long idleSinceNs() {
            return idleSinceNs;
        }

        @Override
        public boolean isNeeded() {
            return isNeeded;
        }
    }
}
