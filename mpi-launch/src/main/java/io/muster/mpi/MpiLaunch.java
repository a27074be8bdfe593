package io.muster.mpi;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.mpi.RankTransportProvider.Launch;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the processes that {@code mpirun}, {@code srun} or {@code mpjrun} started into a cluster: one rank becomes the scheduler, one
 * runs the user's program, all others become workers.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *     args = MpiLaunch.initialize(args);
 *     System.out.println(Client.current().submit(() -> 6 * 7).join());
 * }
 * }</pre>
 *
 * <p>All ranks run the same program, so whatever stands before this call is done by each of them. A worker in a rank has as many threads
 * as the launcher lets it use cores, and its share of the node's memory.
 */
public final class MpiLaunch {
    private static volatile int workers;

    private MpiLaunch() {}

    /**
     * Makes rank 0 the scheduler, rank 1 the client and all others workers, and returns on the client's rank only, with
     * {@link Client#current()} connected. The other ranks run until the cluster ends, and their JVMs with it.
     *
     * <p>When the program ends, however it ends, the cluster ends, and the program's exit code is the launch's.
     *
     * @param arguments those of {@code main}
     * @return the application's own arguments, without those that MPJ Express put in front
     * @throws MpiLaunchException if there are less than three ranks, or they do not find each other
     */
    public static String[] initialize(final String... arguments) {
        return builder().initialize(arguments);
    }

    /**
     * Makes rank 0 the scheduler, rank 1 the client and all others workers, and runs a function on the client's rank. Returns on all ranks
     * when it is over; no JVM is ended.
     *
     * @param arguments those of {@code main}
     * @param function what the client does
     * @param <R> what it finds
     * @param <E> what it throws
     * @return its value on the client's rank; empty if that is null, and on all other ranks
     * @throws E if it does, on the client's rank; the cluster has ended then
     * @throws MpiLaunchException if there are less than three ranks, they do not find each other, or this rank's part fails
     */
    public static <R, E extends Exception> Optional<R> execute(
            final String[] arguments, final ClientFunction<? extends R, ? extends E> function) throws E {
        return builder().execute(arguments, function);
    }

    /**
     * The application's own arguments, for a program that uses {@link #execute}.
     *
     * @param arguments those of {@code main}
     * @return the same without those that MPJ Express put in front
     */
    public static String[] arguments(final String... arguments) {
        return RankTransports.programArguments(launch(arguments)).toArray(String[]::new);
    }

    /**
     * How many workers the launch of this process has, those included that are still on their way; for {@link Client#awaitWorkers}.
     *
     * @return at least 1; 0 if this process did not join a launch
     */
    public static int workers() {
        return workers;
    }

    /**
     * Begins to describe a launch.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    private static Launch launch(final String[] arguments) {
        return new Launch(System.getenv(), List.of(arguments));
    }

    /** Who does what in a launch; all ranks have to say the same. */
    public static final class Builder {
        private int schedulerRank;
        private int clientRank = 1;
        private boolean scheduler = true;
        private boolean exclusiveWorkers = true;
        private boolean tolerateWorkerFailure;
        private String workerName = "";
        private Settings settings = Settings.load();
        private @Nullable RankTransport transport;
        private @Nullable WorkerRunner runner;

        private Builder() {}

        /**
         * The rank of the scheduler.
         *
         * @param rank default 0
         * @return this
         */
        public Builder schedulerRank(final int rank) {
            schedulerRank = rank;
            return this;
        }

        /**
         * The rank that runs the user's program; may be the scheduler's.
         *
         * @param rank default 1
         * @return this
         */
        public Builder clientRank(final int rank) {
            clientRank = rank;
            return this;
        }

        /**
         * Whether the ranks of scheduler and client do nothing else. If not, they are workers too, and no rank is wasted.
         *
         * @param exclusive default true
         * @return this
         */
        public Builder exclusiveWorkers(final boolean exclusive) {
            exclusiveWorkers = exclusive;
            return this;
        }

        /**
         * Whether a rank that is nothing but a worker says why it fails and then ends with 0, so that launchers which end all ranks when
         * one has another exit code, as Open MPI does, let the others go on. It covers a worker that does not start, and a task that
         * calls {@link System#exit}, after which shutdown hooks other than Muster's may be cut short; not a rank that is killed.
         *
         * @param tolerate default false
         * @return this
         */
        public Builder tolerateWorkerFailure(final boolean tolerate) {
            tolerateWorkerFailure = tolerate;
            return this;
        }

        /**
         * What workers are called: this, a dash and their rank.
         *
         * @param name default empty: they are called by their rank alone
         * @return this
         */
        public Builder workerName(final String name) {
            workerName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * How many tasks each worker runs at once.
         *
         * @param threads default 0: as many as the launcher lets the rank use cores
         * @return this
         */
        public Builder threads(final int threads) {
            settings = settings.with(Options.WORKER_THREADS, threads);
            return this;
        }

        /**
         * How much memory each worker may use.
         *
         * @param limit default: the node's memory, divided by the ranks on it, but not more than the JVM's heap
         * @return this
         */
        public Builder memory(final MemorySize limit) {
            return set(Options.WORKER_MEMORY_LIMIT.key(), limit.toString());
        }

        /**
         * Sets anything else of scheduler and workers; see docs/configuration.md.
         *
         * @param key such as {@code scheduler.interface}
         * @param value its text form
         * @return this
         * @throws io.muster.config.ConfigurationException if there is no such setting, or it cannot have the value
         */
        public Builder set(final String key, final String value) {
            settings = settings.withText(key, value);
            return this;
        }

        /**
         * Replaces all settings of scheduler and workers.
         *
         * @param all default: what files and environment say
         * @return this
         */
        public Builder settings(final Settings all) {
            settings = Objects.requireNonNull(all, "all");
            return this;
        }

        /**
         * How the ranks find each other, such as an own communicator or a part of one; it is closed before the cluster is used.
         *
         * @param own default: what fits the launcher
         * @return this
         */
        public Builder transport(final RankTransport own) {
            transport = Objects.requireNonNull(own, "own");
            return this;
        }

        /**
         * Whether this launch has a scheduler; without one, {@link #serve} adds its ranks to the cluster of {@code scheduler.file}.
         *
         * @param present default true
         * @return this
         */
        public Builder scheduler(final boolean present) {
            scheduler = present;
            return this;
        }

        /**
         * Runs workers in another way than in the ranks' own JVMs.
         *
         * @param workers such as one with a nanny
         * @return this
         */
        public Builder workers(final WorkerRunner workers) {
            runner = Objects.requireNonNull(workers, "workers");
            return this;
        }

        /**
         * As {@link MpiLaunch#initialize}, with these options.
         *
         * @param arguments those of {@code main}
         * @return the application's own arguments
         * @throws MpiLaunchException if there are too few ranks, or they do not find each other
         */
        public String[] initialize(final String... arguments) {
            final Rank rank = join(launch(arguments), clientRank);
            if (rank.client() == null) {
                throw RankExit.after(rank);
            }
            if (rank.sharesJvm()) {
                RankExit.withThread(rank, Thread.currentThread());
            }
            return MpiLaunch.arguments(arguments);
        }

        /**
         * As {@link MpiLaunch#execute}, with these options.
         *
         * @param arguments those of {@code main}
         * @param function what the client does
         * @param <R> what it finds
         * @param <E> what it throws
         * @return its value on the client's rank; empty if that is null, and on all other ranks
         * @throws E if it does, on the client's rank; the cluster has ended then
         * @throws MpiLaunchException if there are too few ranks, they do not find each other, or this rank's part fails
         */
        public <R, E extends Exception> Optional<R> execute(
                final String[] arguments, final ClientFunction<? extends R, ? extends E> function) throws E {
            Objects.requireNonNull(function, "function");
            try (Rank rank = join(launch(arguments), clientRank)) {
                final Client client = rank.client();
                if (client != null) {
                    return Optional.ofNullable(function.apply(client));
                }
                final int exitCode = awaitEnd(rank);
                if (exitCode != 0) {
                    throw new MpiLaunchException("this rank's part of the cluster failed; its log says why", null);
                }
                return Optional.empty();
            }
        }

        /**
         * Makes one rank the scheduler and all others workers, for clients elsewhere, who find the cluster by {@code scheduler.file};
         * {@link #clientRank} does not count. Returns when the cluster has ended; no JVM is ended.
         *
         * @param arguments those of {@code main}
         * @return this rank's exit code: 0 if its part ended in order
         * @throws MpiLaunchException if there are too few ranks, or they do not find each other
         */
        public int serve(final String... arguments) {
            if (settings.get(Options.SCHEDULER_FILE).isEmpty()) {
                throw new MpiLaunchException(
                        "scheduler.file must name the file by which clients find the cluster", null);
            }
            try (Rank rank = join(launch(arguments), Roles.NONE)) {
                return awaitEnd(rank);
            }
        }

        private Rank join(final Launch launch, final int client) {
            if (!scheduler && client != Roles.NONE) {
                throw new MpiLaunchException("scheduler=false needs serve: a client's rank needs a scheduler's", null);
            }
            final Roles roles = new Roles(scheduler ? schedulerRank : Roles.NONE, client, exclusiveWorkers);
            final LaunchPlan plan = new LaunchPlan(roles, workerName, settings.check(), runner, tolerateWorkerFailure);
            final Rank rank = Rank.join(plan, transport != null ? transport : RankTransports.open(launch));
            workers = rank.workers();
            LauncherWatch.start(RankExit::orphaned);
            return rank;
        }

        private static int awaitEnd(final Rank rank) {
            try {
                return rank.awaitEnd();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MusterException("interrupted while the cluster runs", e);
            }
        }
    }
}
