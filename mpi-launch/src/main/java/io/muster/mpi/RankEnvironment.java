package io.muster.mpi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a launcher has told this process by variables alone.
 *
 * <p>Launchers are often nested, such as {@code mpirun} in a job of Slurm, and each leaves its variables to the processes of the
 * inner one. So the families are asked from the inside out. A batch script has a rank and a size from Slurm too; only a step is a
 * launch.
 *
 * @param launcher who started it, such as {@code openmpi}
 * @param place the rank and where it is
 * @param job what tells this launch from all others of the launcher; null if nothing does
 */
record RankEnvironment(
        String launcher, Place place, @Nullable String job) {
    static final String OPEN_MPI = "openmpi";
    static final String JSRUN = "jsrun";
    static final String SLURM = "slurm";

    private static final List<Family> FAMILIES = List.of(
            new Family(
                    OPEN_MPI,
                    "OMPI_COMM_WORLD_RANK",
                    "OMPI_COMM_WORLD_SIZE",
                    List.of("OMPI_COMM_WORLD_LOCAL_RANK"),
                    List.of("OMPI_COMM_WORLD_LOCAL_SIZE"),
                    List.of(),
                    List.of("PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "OMPI_MCA_orte_precondition_transports")),
            new Family(
                    "mvapich2",
                    "MV2_COMM_WORLD_RANK",
                    "MV2_COMM_WORLD_SIZE",
                    List.of("MV2_COMM_WORLD_LOCAL_RANK"),
                    List.of("MV2_COMM_WORLD_LOCAL_SIZE"),
                    List.of(),
                    List.of()),
            new Family(
                    "flux",
                    "FLUX_TASK_RANK",
                    "FLUX_JOB_SIZE",
                    List.of("FLUX_TASK_LOCAL_ID"),
                    List.of(),
                    List.of(),
                    List.of("FLUX_JOB_ID")),
            new Family(
                    JSRUN,
                    "JSM_NAMESPACE_RANK",
                    "JSM_NAMESPACE_SIZE",
                    List.of("JSM_NAMESPACE_LOCAL_RANK"),
                    List.of("JSM_NAMESPACE_LOCAL_SIZE"),
                    List.of(),
                    List.of("LSB_JOBID", "PMIX_NAMESPACE")),
            new Family(
                    "pals",
                    "PALS_RANKID",
                    "PMI_SIZE",
                    List.of("PALS_LOCAL_RANKID", "PMI_LOCAL_RANK"),
                    List.of("PMI_LOCAL_SIZE"),
                    List.of(),
                    List.of("PALS_APID")),
            new Family(
                    "pmi",
                    "PMI_RANK",
                    "PMI_SIZE",
                    List.of("MPI_LOCALRANKID", "PMI_LOCAL_RANK"),
                    List.of("MPI_LOCALNRANKS", "PMI_LOCAL_SIZE"),
                    List.of(),
                    List.of("PMI_JOBID")),
            new Family(
                    SLURM,
                    "SLURM_PROCID",
                    "SLURM_STEP_NUM_TASKS",
                    List.of("SLURM_LOCALID"),
                    List.of(),
                    List.of("SLURM_JOB_ID", "SLURM_STEP_ID"),
                    List.of("SLURM_CLUSTER_NAME", "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT")));

    private static final Pattern RANK_VARIABLE =
            Pattern.compile("(OMPI_|PMIX_|PMI_|PRTE_|HYD|MPI_LOCAL|MV2_COMM_WORLD_|FLUX_TASK_|JSM_NAMESPACE_|PALS_"
                    + "|SLURM_(PROCID|LOCALID|GTIDS|STEP)).*");
    private static final Pattern TASKS_ON_NODES = Pattern.compile("([0-9]+)(?:\\(x([0-9]+)\\))?");

    /** What the innermost launcher says; empty if no launcher of ranks has started this process. */
    static Optional<RankEnvironment> of(final Map<String, String> environment) {
        return FAMILIES.stream()
                .filter(family -> family.startedThis(environment))
                .findFirst()
                .map(family -> family.read(environment));
    }

    /**
     * The variables without those that make a process a rank: what a rank's child process should get, because it inherits the
     * variables but not the connection behind them, and is no rank.
     */
    static Map<String, String> stripped(final Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(entry -> !RANK_VARIABLE.matcher(entry.getKey()).matches())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A whole number in the environment; empty if the variable is missing. */
    static Optional<Integer> number(final Map<String, String> environment, final String variable) {
        final String text = environment.get(variable);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(text.strip()));
        } catch (final NumberFormatException e) {
            throw new MpiLaunchException(
                    variable + "=" + text + " must be a whole number; the launcher sets it, so do not change it", e);
        }
    }

    /** Refuses a rank or size that another source knows differently. */
    void requireSame(final String source, final int rank, final int size) {
        if (place.rank() != rank || place.size() != size) {
            throw new MpiLaunchException(
                    "launcher=" + launcher + " says rank=" + place.rank() + " size=" + place.size()
                            + " by variables, but "
                            + source + " says rank=" + rank + " size=" + size
                            + ". Both must be the same: start the program with one launcher only, and with the one that"
                            + " belongs to the library",
                    null);
        }
    }

    /** The local rank and size from variables of MPICH's family, for a rank and size that came over the wire. */
    static Place locate(final Map<String, String> environment, final int rank, final int size) {
        return new Place(
                rank,
                size,
                number(environment, "MPI_LOCALRANKID").orElse(Place.UNKNOWN_RANK),
                number(environment, "MPI_LOCALNRANKS").orElse(Place.UNKNOWN_SIZE));
    }

    private record Family(
            String launcher,
            String rank,
            String size,
            List<String> localRank,
            List<String> localSize,
            List<String> required,
            List<String> job) {

        boolean startedThis(final Map<String, String> environment) {
            return environment.containsKey(rank)
                    && environment.containsKey(size)
                    && environment.keySet().containsAll(required);
        }

        RankEnvironment read(final Map<String, String> environment) {
            final int itsRank = number(environment, rank).orElseThrow();
            final int itsSize = number(environment, size).orElseThrow();
            final Place place = new Place(
                    itsRank,
                    itsSize,
                    first(environment, localRank).orElse(Place.UNKNOWN_RANK),
                    first(environment, localSize).orElse(Place.UNKNOWN_SIZE));
            final String itsJob =
                    job.stream().map(environment::get).filter(Objects::nonNull).collect(Collectors.joining("-"));
            return new RankEnvironment(
                    launcher, locatedBySlurm(environment, place), itsJob.isEmpty() ? null : launcher + "-" + itsJob);
        }

        private static Optional<Integer> first(final Map<String, String> environment, final List<String> variables) {
            return variables.stream()
                    .flatMap(name -> number(environment, name).stream())
                    .findFirst();
        }
    }

    /** Fills in what is missing from Slurm's variables, if its step has these very ranks. */
    private static Place locatedBySlurm(final Map<String, String> environment, final Place place) {
        if (place.localSize() != Place.UNKNOWN_SIZE
                || number(environment, "SLURM_PROCID").orElse(-1) != place.rank()
                || number(environment, "SLURM_STEP_NUM_TASKS").orElse(-1) != place.size()) {
            return place;
        }
        return new Place(
                place.rank(),
                place.size(),
                number(environment, "SLURM_LOCALID").orElse(Place.UNKNOWN_RANK),
                tasksOnNode(
                        environment.getOrDefault("SLURM_STEP_TASKS_PER_NODE", ""),
                        number(environment, "SLURM_NODEID").orElse(-1)));
    }

    /** Of {@code 2(x3),1} the number for one node; 0 if it is not there. */
    private static int tasksOnNode(final String tasksPerNode, final int node) {
        int first = 0;
        for (final String group : tasksPerNode.split(",")) {
            final Matcher matcher = TASKS_ON_NODES.matcher(group.strip());
            if (node < 0 || !matcher.matches()) {
                return Place.UNKNOWN_SIZE;
            }
            first += matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            if (node < first) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return Place.UNKNOWN_SIZE;
    }
}
