package io.muster;

import io.muster.scheduler.Load;
import io.muster.scheduler.LocalScheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The workers of a {@link LocalCluster} in this JVM, as {@link LocalScaling} starts and ends them. */
final class LocalThreads implements LocalScaling.Host {
    private static final Duration PATIENCE = Duration.ofDays(365);

    private final LocalScheduler scheduler;
    private final int threads;

    LocalThreads(final LocalScheduler scheduler, final int threads) {
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** The names of the workers that are there. */
    static List<String> names(final LocalScheduler scheduler) {
        return List.copyOf(numbers(scheduler.load()).keySet());
    }

    @Override
    public String start() {
        return name(scheduler.addWorker(threads));
    }

    /** A worker in this JVM is connected as long as it is there. */
    @Override
    public boolean isThere(final String name) {
        return false;
    }

    @Override
    public Load load(final Map<String, Integer> numbers) {
        final Load load = scheduler.load();
        numbers.putAll(numbers(load));
        return load;
    }

    @Override
    public void retire(final List<String> names) {
        final Map<String, Integer> numbers = numbers(scheduler.load());
        scheduler.retire(
                names.stream().filter(numbers::containsKey).map(numbers::get).toList(), PATIENCE, "scaled down");
    }

    private static Map<String, Integer> numbers(final Load load) {
        final Map<String, Integer> numbers = new LinkedHashMap<>();
        load.workers().forEach(worker -> numbers.put(name(worker.number()), worker.number()));
        return numbers;
    }

    private static String name(final int number) {
        return "w-" + number;
    }
}
