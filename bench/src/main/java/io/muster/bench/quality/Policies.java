package io.muster.bench.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/** The schedulers of the comparison by name, each for one workflow; genetic search and camp are not among them. */
final class Policies {
    private static final long SEED = 1;

    private final Workflow flow;
    private final Place place;
    private final Estimates estimates;
    private final double[] bottom;
    private final double[] top;

    private Policies(final Workflow flow, final Place place, final Knowledge knowledge) {
        this.flow = flow;
        this.place = place;
        estimates = new Estimates(flow, knowledge);
        bottom = estimates.bottomLevels(0);
        top = estimates.topLevels();
    }

    static Map<String, Policy> of(final Workflow flow, final Place place, final Knowledge knowledge) {
        final Policies all = new Policies(flow, place, knowledge);
        final Map<String, Policy> byName = new LinkedHashMap<>();
        byName.put("blevel", all.listed(all.bottom));
        byName.put("tlevel", all.listed(negated(all.top)));
        byName.put("mcp", all.listed(all.estimates.bottomLevels(1 / place.mibPerSecond())));
        byName.put("etf", all.listed(job -> 0));
        byName.put("dls", all.listed(job -> all.bottom[job.id]));
        byName.put("single", all.planned(job -> 0));
        final SplittableRandom random = new SplittableRandom(SEED);
        final int[] anywhere = flow.jobs.stream()
                .mapToInt(job -> random.nextInt(place.workers()))
                .toArray();
        byName.put("random", all.planned(job -> anywhere[job.id]));
        byName.put("blevel-gt", all.greedy(all.bottom));
        byName.put("tlevel-gt", all.greedy(negated(all.top)));
        byName.put(
                "random-gt",
                all.greedy(flow.jobs.stream()
                        .mapToDouble(job -> random.nextDouble())
                        .toArray()));
        byName.put("ws", all.stealing());
        return byName;
    }

    private static double[] negated(final double[] numbers) {
        return Arrays.stream(numbers).map(number -> -number).toArray();
    }

    private List<Job> sorted(final double[] priority) {
        final List<Job> jobs = new ArrayList<>(flow.jobs);
        jobs.sort(Comparator.<Job>comparingDouble(job -> -priority[job.id]).thenComparingInt(job -> job.id));
        return jobs;
    }

    /** Every job on a worker that is known from the start. */
    private Policy planned(final ToIntFunction<Job> workerOf) {
        return run -> {
            for (final Job job : flow.jobs) {
                if (run.workerOf(job) == Imitation.NOBODY) {
                    run.assign(job, workerOf.applyAsInt(job), bottom[job.id]);
                }
            }
        };
    }

    /** A plan made in advance: job by job by priority, as soon as all before it are planned, where it would start first. */
    private Policy listed(final double[] priority) {
        final ListSchedule plan = new ListSchedule(flow, place, estimates);
        final List<Job> left = sorted(priority);
        while (!left.isEmpty()) {
            for (int i = 0; i < left.size(); i++) {
                if (plan.isPlaceable(left.get(i))) {
                    plan.placeEarliest(left.remove(i));
                    break;
                }
            }
        }
        return plan.policy();
    }

    /** A plan made in advance: always the job and the worker for which a static level less the start is greatest. */
    private Policy listed(final ToDoubleFunction<Job> level) {
        final ListSchedule plan = new ListSchedule(flow, place, estimates);
        final List<Job> ready = new ArrayList<>();
        flow.jobs.stream().filter(plan::isPlaceable).forEach(ready::add);
        while (!ready.isEmpty()) {
            int best = 0;
            double bestScore = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < ready.size(); i++) {
                final Job job = ready.get(i);
                final double score = level.applyAsDouble(job) - plan.earliest(job);
                if (score > bestScore || score == bestScore && bottom[job.id] > bottom[ready.get(best).id]) {
                    best = i;
                    bestScore = score;
                }
            }
            final Job job = ready.remove(best);
            plan.placeEarliest(job);
            job.after().stream().filter(plan::isPlaceable).forEach(ready::add);
        }
        return plan.policy();
    }

    /** Whenever workers are free, ready jobs by priority, each to the free worker that has to fetch least. */
    private Policy greedy(final double[] priority) {
        final List<Job> queue = sorted(priority);
        final SplittableRandom random = new SplittableRandom(SEED);
        return run -> {
            for (int i = 0; i < queue.size(); i++) {
                final Job job = queue.get(i);
                if (!run.isReady(job)) {
                    continue;
                }
                final int worker = leastToFetch(run, job, true, random);
                if (worker != Imitation.NOBODY) {
                    run.assign(job, worker, priority[job.id]);
                    queue.remove(i--);
                }
            }
        };
    }

    private int leastToFetch(
            final Imitation run, final Job job, final boolean onlyFree, final SplittableRandom random) {
        int best = Imitation.NOBODY;
        double least = Double.POSITIVE_INFINITY;
        int ties = 0;
        for (int worker = 0; worker < place.workers(); worker++) {
            if (onlyFree && run.freeCores(worker) < job.cores) {
                continue;
            }
            final double mib = run.missingMib(job, worker);
            ties = mib < least ? 1 : mib == least ? ties + 1 : ties;
            if (mib < least || mib == least && random.nextInt(ties) == 0) {
                best = worker;
                least = mib;
            }
        }
        return best;
    }

    /** Ready jobs to the worker that has to fetch least, however busy; workers with free cores take what waits at others. */
    private Policy stealing() {
        final SplittableRandom random = new SplittableRandom(SEED);
        return run -> {
            for (final Job job : flow.jobs) {
                if (run.workerOf(job) == Imitation.NOBODY && run.isReady(job)) {
                    run.assign(job, leastToFetch(run, job, false, random), bottom[job.id]);
                }
            }
            for (int thief = 0; thief < place.workers(); thief++) {
                boolean hasStolen = true;
                while (hasStolen && run.freeCores(thief) > 0) {
                    hasStolen = steal(run, thief);
                }
            }
        };
    }

    private boolean steal(final Imitation run, final int thief) {
        Job best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int donor = 0; donor < place.workers(); donor++) {
            if (run.freeCores(donor) >= 0) {
                continue;
            }
            for (final Job job : run.waiting(donor)) {
                final double cost = run.missingMib(job, thief) / Math.max(1e-9, estimates.seconds(job));
                if (job.cores <= run.freeCores(thief)
                        && (cost < least || cost == least && best != null && bottom[job.id] > bottom[best.id])) {
                    best = job;
                    least = cost;
                }
            }
        }
        if (best == null) {
            return false;
        }
        run.assign(best, thief, bottom[best.id]);
        return true;
    }
}
