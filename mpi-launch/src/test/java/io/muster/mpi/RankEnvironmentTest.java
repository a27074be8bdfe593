package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RankEnvironmentTest {
    /** What the batch script of a job with 4 tasks has. */
    private static final Map<String, String> BATCH_SCRIPT = Map.of(
            "SLURM_JOB_ID", "5",
            "SLURM_CLUSTER_NAME", "lab",
            "SLURM_PROCID", "0",
            "SLURM_NTASKS", "4",
            "SLURM_LOCALID", "0",
            "SLURM_NODEID", "0");

    private static final Map<String, String> OPEN_MPI = Map.of(
            "OMPI_COMM_WORLD_RANK", "2",
            "OMPI_COMM_WORLD_SIZE", "3",
            "OMPI_COMM_WORLD_LOCAL_RANK", "1",
            "OMPI_COMM_WORLD_LOCAL_SIZE", "2",
            "PMIX_RANK", "2",
            "PMIX_NAMESPACE", "1828257793",
            "OMPI_MCA_orte_precondition_transports", "5c2d-77aa");

    private static final Map<String, String> MPICH = Map.of(
            "PMI_RANK", "2",
            "PMI_SIZE", "3",
            "PMI_FD", "9",
            "MPI_LOCALRANKID", "0",
            "MPI_LOCALNRANKS", "1");

    private static final Map<String, String> SRUN = with(
            BATCH_SCRIPT,
            "SLURM_STEP_ID",
            "1",
            "SLURM_PROCID",
            "3",
            "SLURM_LOCALID",
            "1",
            "SLURM_NODEID",
            "1",
            "SLURM_STEP_NUM_TASKS",
            "4",
            "SLURM_STEP_TASKS_PER_NODE",
            "2(x2)");

    static Stream<Arguments> launches() {
        return Stream.of(
                Arguments.of("Open MPI", OPEN_MPI, "openmpi", new Place(2, 3, 1, 2)),
                Arguments.of("MPICH", MPICH, "pmi", new Place(2, 3, 0, 1)),
                Arguments.of("srun", SRUN, "slurm", new Place(3, 4, 1, 2)),
                Arguments.of(
                        "srun --mpi=pmi2",
                        with(SRUN, "PMI_RANK", "3", "PMI_SIZE", "4", "PMI_FD", "11", "PMI_JOBID", "5.1"),
                        "pmi",
                        new Place(3, 4, 1, 2)),
                Arguments.of(
                        "MVAPICH2",
                        Map.of(
                                "MV2_COMM_WORLD_RANK", "0",
                                "MV2_COMM_WORLD_SIZE", "2",
                                "MV2_COMM_WORLD_LOCAL_RANK", "0",
                                "MV2_COMM_WORLD_LOCAL_SIZE", "1",
                                "PMI_ID", "0",
                                "PMI_PORT", "n1:4711"),
                        "mvapich2",
                        new Place(0, 2, 0, 1)),
                Arguments.of(
                        "Flux",
                        Map.of(
                                "FLUX_TASK_RANK", "1",
                                "FLUX_JOB_SIZE", "2",
                                "FLUX_TASK_LOCAL_ID", "1",
                                "FLUX_JOB_ID", "f3x",
                                "PMI_RANK", "1",
                                "PMI_SIZE", "2",
                                "PMI_FD", "7"),
                        "flux",
                        new Place(1, 2, 1, Place.UNKNOWN_SIZE)),
                Arguments.of(
                        "jsrun",
                        Map.of(
                                "JSM_NAMESPACE_RANK", "1",
                                "JSM_NAMESPACE_SIZE", "2",
                                "JSM_NAMESPACE_LOCAL_RANK", "0",
                                "LSB_JOBID", "77"),
                        "jsrun",
                        new Place(1, 2, 0, Place.UNKNOWN_SIZE)),
                Arguments.of(
                        "PALS",
                        Map.of(
                                "PALS_RANKID", "5",
                                "PALS_LOCAL_RANKID", "1",
                                "PALS_APID", "a-b-c",
                                "PMI_RANK", "5",
                                "PMI_SIZE", "8",
                                "PMI_LOCAL_RANK", "1",
                                "PMI_LOCAL_SIZE", "4"),
                        "pals",
                        new Place(5, 8, 1, 4)),
                Arguments.of(
                        "mpirun of MPICH in a job of Slurm, whose own ranks are the nodes",
                        with(MPICH, with(BATCH_SCRIPT, "SLURM_STEP_ID", "0", "SLURM_STEP_NUM_TASKS", "1")),
                        "pmi",
                        new Place(2, 3, 0, 1)),
                Arguments.of(
                        "mpirun of Open MPI in a job of Slurm",
                        with(OPEN_MPI, with(BATCH_SCRIPT, "SLURM_STEP_ID", "0", "SLURM_STEP_NUM_TASKS", "1")),
                        "openmpi",
                        new Place(2, 3, 1, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("launches")
    void theInnermostLauncherSaysWhoThisIs(
            final String name, final Map<String, String> variables, final String launcher, final Place place) {
        final RankEnvironment found = RankEnvironment.of(variables).orElseThrow();

        assertThat(found.launcher()).as(name).isEqualTo(launcher);
        assertThat(found.place()).isEqualTo(place);
    }

    @Test
    void aBatchScriptIsNoLaunch() {
        assertThat(RankEnvironment.of(BATCH_SCRIPT)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("launches")
    void aChildWithoutTheLaunchersVariablesIsNoRank(
            final String name, final Map<String, String> variables, final String launcher, final Place place) {
        final Map<String, String> stripped = RankEnvironment.stripped(with(variables, "PATH", "/bin"));

        assertThat(RankEnvironment.of(stripped)).as(name).isEmpty();
        assertThat(stripped)
                .doesNotContainKeys("PMI_FD", "PMI_PORT", "PMIX_NAMESPACE")
                .containsEntry("PATH", "/bin");
    }

    @Test
    void theJobOfSlurmStaysKnownToAChild() {
        assertThat(RankEnvironment.stripped(SRUN)).containsEntry("SLURM_JOB_ID", "5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"3,1|0|3", "3,1|1|1", "2(x3),1|2|2", "2(x3),1|3|1", "2(x3),1|4|0", "?|0|0", "''|0|0"})
    void theTasksOfANodeAreCounted(final String tasksPerNode, final String node, final int count) {
        final Map<String, String> variables =
                with(SRUN, "SLURM_STEP_TASKS_PER_NODE", tasksPerNode, "SLURM_NODEID", node);

        assertThat(RankEnvironment.of(variables).orElseThrow().place().localSize())
                .isEqualTo(count);
    }

    @Test
    void launchesAreToldApart() {
        assertThat(RankEnvironment.of(OPEN_MPI).orElseThrow().job()).isEqualTo("openmpi-1828257793-5c2d-77aa");
        assertThat(RankEnvironment.of(SRUN).orElseThrow().job()).isEqualTo("slurm-lab-5-1");
        assertThat(RankEnvironment.of(with(SRUN, "SLURM_RESTART_COUNT", "1"))
                        .orElseThrow()
                        .job())
                .isEqualTo("slurm-lab-5-1-1");
        assertThat(RankEnvironment.of(MPICH).orElseThrow().job()).isNull();
    }

    @Test
    void aDifferentRankOrSizeIsRefusedWithTheNumbers() {
        final RankEnvironment environment = RankEnvironment.of(OPEN_MPI).orElseThrow();

        environment.requireSame("PMIx", 2, 3);
        assertThatThrownBy(() -> environment.requireSame("PMIx", 0, 1))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("launcher=openmpi says rank=2 size=3")
                .hasMessageContaining("PMIx says rank=0 size=1");
    }

    @Test
    void aRankOutsideTheSizeIsRefused() {
        assertThatThrownBy(() -> RankEnvironment.of(with(OPEN_MPI, "OMPI_COMM_WORLD_RANK", "3")))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("rank=3 size=3");
    }

    @Test
    void aRankThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> RankEnvironment.of(with(OPEN_MPI, "OMPI_COMM_WORLD_RANK", "two")))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("OMPI_COMM_WORLD_RANK=two");
    }

    private static Map<String, String> with(final Map<String, String> variables, final String... more) {
        final Map<String, String> all = new HashMap<>(variables);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static Map<String, String> with(final Map<String, String> variables, final Map<String, String> more) {
        final Map<String, String> all = new HashMap<>(variables);
        all.putAll(more);
        return all;
    }
}
