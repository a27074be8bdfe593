package io.muster.cli;

import io.muster.config.Json;
import io.muster.progress.Bar;
import io.muster.progress.Progress;
import io.muster.progress.ProgressBars;
import io.muster.progress.Terminal;
import io.muster.testing.Explorer;
import io.muster.testing.Mutant;
import io.muster.testing.MutationGate;
import io.muster.testing.Outcome;
import io.muster.testing.Simulator;
import io.muster.testing.Steps;
import io.muster.testing.World;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks for bugs in the scheduler: runs it with simulated workers and clients under every fault, without a cluster. */
@Command(
        name = "simulate",
        description =
                "Looks for bugs in the scheduler and the worker: runs them in virtual time, with simulated clients,"
                        + " networks, processes and batch systems that fail in all ways, each cluster drawn from a seed. Ends with"
                        + " 1 if a seed fails, and says how to replay it. See docs/testing.md.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class SimulateCommand implements Callable<Integer> {
    private static final Duration SHRINK_AT_MOST = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many clusters (default: ${DEFAULT-VALUE}).")
    private long seeds = 1_000;

    @Option(
            names = "--from",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "The first seed (default: ${DEFAULT-VALUE}).")
    private long from = 1;

    @Option(names = "--seed", paramLabel = "SEED", description = "Run only this one, and print the hash of its events.")
    private @Nullable Long seed;

    @Option(
            names = "--without",
            paramLabel = "STEPS",
            defaultValue = "",
            description = "With --seed: steps of its plan to leave out, such as 0-4,7.")
    private String without = "";

    @Option(names = "--trace", description = "With --seed: print all that happens.")
    private boolean trace;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "" + Simulator.SMALL,
            description = "How many workers a cluster has at most (default: ${DEFAULT-VALUE}).")
    private int workers = Simulator.SMALL;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many clusters to run at once (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(
            names = "--mutants",
            description =
                    "Plant bugs into the scheduler and the worker, one at a time, and find out whether a seed fails for"
                            + " each. Needs a JDK.")
    private boolean mutants;

    @Option(
            names = "--within",
            paramLabel = "N",
            defaultValue = "5000",
            description = "With --mutants: the number of seeds for each (default: ${DEFAULT-VALUE}).")
    private long within = 5_000;

    @Option(
            names = "--explore",
            description = "Try all orders in which messages can arrive and workers fail in a cluster of two workers.")
    private boolean explore;

    @Option(
            names = "--faults",
            paramLabel = "N",
            defaultValue = "" + Explorer.FAULTS,
            description = "With --explore: how many workers fail at most (default: ${DEFAULT-VALUE}).")
    private int faults = Explorer.FAULTS;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (seeds < 1 || workers < 1 || threads < 1 || within < 1 || faults < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--seeds, --workers, --threads and --within must be >= 1, --faults >= 0");
        }
        if (mutants) {
            return tryMutants() ? 0 : 1;
        }
        if (explore) {
            return exploreAll() ? 0 : 1;
        }
        return (seed == null ? runSeeds() : runSeed(seed)) ? 0 : 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private boolean runSeeds() {
        final Simulator simulator = Simulator.of(workers);
        final AtomicLong done = new AtomicLong();
        final Simulator.Report report;
        final Progress progress = showing("seeds", seeds, done);
        try {
            report = simulator.run(from, seeds, threads, done::incrementAndGet);
        } finally {
            progress.close();
        }
        print(simulator, report, false);
        return report.failures() == 0;
    }

    private Progress showing(final String unit, final long total, final AtomicLong done) {
        return Progress.start(
                new ProgressBars(
                        spec.commandLine().getErr(), Terminal.ofStandardError(System.getenv()), System::nanoTime),
                () -> List.of(new Bar("simulate", done.get(), 0, total, unit)));
    }

    private boolean runSeed(final long one) {
        final Simulator simulator = Simulator.of(workers);
        final BitSet leftOut;
        try {
            leftOut = Steps.parse(without);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--without: " + e.getMessage());
        }
        final long startNs = System.nanoTime();
        final Outcome outcome = simulator.run(one, leftOut, trace ? this::printTrace : World.Trace.NONE);
        print(
                simulator,
                new Simulator.Report(
                        1,
                        outcome.passed() ? 0 : 1,
                        outcome.events(),
                        outcome.hash(),
                        (System.nanoTime() - startNs) / 1e9,
                        outcome.passed() ? List.of() : List.of(outcome)),
                true);
        return outcome.passed();
    }

    private void printTrace(final long timeUs, final String what, final Object who, final Object about) {
        out().println(timeUs + " us " + what + " " + who + " " + about);
    }

    private void print(final Simulator simulator, final Simulator.Report report, final boolean withHash) {
        final List<Map<String, Object>> failed = new ArrayList<>();
        for (final Outcome outcome : report.failed()) {
            failed.add(describe(simulator, outcome));
        }
        final String hash = String.format(Locale.ROOT, "%016x", report.hash());
        if (json) {
            final Map<String, Object> line = new LinkedHashMap<>();
            line.put("seeds", report.seeds());
            line.put("failures", report.failures());
            line.put("events", report.events());
            line.put("seconds", Math.round(report.seconds() * 1_000) / 1_000.0);
            line.put("hash", hash);
            line.put("failed", failed);
            out().println(Json.write(line));
            return;
        }
        for (final Map<String, Object> failure : failed) {
            out().println("seed " + failure.get("seed") + ": " + failure.get("error"));
            out().println("  to replay it: " + failure.get("replay"));
            out().println("  what is left of its plan when the rest is left out:");
            if (failure.get("plan") instanceof List<?> plan) {
                plan.forEach(step -> out().println("    " + step));
            }
        }
        out().printf(
                        Locale.ROOT,
                        "seeds=%d failures=%d events=%d seconds=%.1f%s%n",
                        report.seeds(),
                        report.failures(),
                        report.events(),
                        report.seconds(),
                        withHash ? " hash=" + hash : "");
    }

    private Map<String, Object> describe(final Simulator simulator, final Outcome outcome) {
        final Simulator.Shrunk shrunk =
                simulator.shrink(outcome.seed(), Steps.parse(seed == null ? "" : without), SHRINK_AT_MOST);
        final String small = Steps.format(shrunk.without());
        final Map<String, Object> failure = new LinkedHashMap<>();
        failure.put("seed", outcome.seed());
        failure.put("error", outcome.message());
        failure.put(
                "replay",
                "muster simulate --seed " + outcome.seed() + (workers == Simulator.SMALL ? "" : " --workers " + workers)
                        + (small.isEmpty() ? "" : " --without " + small) + " --trace");
        failure.put("small_error", shrunk.failure());
        failure.put("plan", shrunk.steps());
        return failure;
    }

    private boolean tryMutants() {
        final long startNs = System.nanoTime();
        final List<Mutant> all = Mutant.all();
        final List<MutationGate.Verdict> verdicts = json ? showing(all) : tried(all, this::print);
        final long killed =
                verdicts.stream().filter(MutationGate.Verdict::isKilled).count();
        final List<String> survivors = verdicts.stream()
                .filter(MutationGate.Verdict::isSurvivor)
                .map(verdict -> verdict.mutant().name())
                .toList();
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        if (json) {
            final Map<String, Object> result = new LinkedHashMap<>();
            result.put("total", all.size());
            result.put("killed", killed);
            result.put(
                    "equivalent",
                    all.stream()
                            .filter(Mutant::isEquivalent)
                            .map(mutant -> Map.of("name", (Object) mutant.name(), "note", mutant.note()))
                            .toList());
            result.put("survivors", survivors);
            result.put("seconds", Math.round(seconds * 1_000) / 1_000.0);
            out().println(Json.write(Map.of("mutants", result)));
        } else {
            out().printf(
                            Locale.ROOT,
                            "mutants=%d killed=%d survivors=%s seconds=%.1f%n",
                            all.size(),
                            killed,
                            survivors,
                            seconds);
        }
        return survivors.isEmpty();
    }

    private List<MutationGate.Verdict> showing(final List<Mutant> all) {
        final AtomicLong done = new AtomicLong();
        final Progress progress = showing("mutants", all.size(), done);
        try {
            return tried(all, verdict -> done.incrementAndGet());
        } finally {
            progress.close();
        }
    }

    private List<MutationGate.Verdict> tried(final List<Mutant> all, final Consumer<MutationGate.Verdict> afterEach) {
        return new MutationGate(within, workers).run(all, threads, afterEach);
    }

    private void print(final MutationGate.Verdict verdict) {
        final String fate = verdict.isKilled()
                ? "seed " + verdict.seed() + ": " + verdict.message()
                : verdict.mutant().isEquivalent() ? "equivalent" : "SURVIVES";
        out().printf(Locale.ROOT, "%-36s %s%n", verdict.mutant().name(), fate);
        out().flush();
    }

    private boolean exploreAll() {
        final Explorer.Result result = Explorer.of(faults).run();
        if (json) {
            final Map<String, Object> explored = new LinkedHashMap<>();
            explored.put("states", result.states());
            explored.put("failures", result.failures().size());
            explored.put("complete", result.isComplete());
            explored.put("faults", faults);
            explored.put("seconds", Math.round(result.seconds() * 1_000) / 1_000.0);
            if (!result.failures().isEmpty()) {
                explored.put("failed", result.failures());
            }
            out().println(Json.write(Map.of("explored", explored)));
        } else {
            result.failures().forEach(out()::println);
            out().printf(
                            Locale.ROOT,
                            "states=%d failures=%d complete=%s faults=%d seconds=%.1f%n",
                            result.states(),
                            result.failures().size(),
                            result.isComplete(),
                            faults,
                            result.seconds());
        }
        return result.failures().isEmpty() && result.isComplete();
    }
}
