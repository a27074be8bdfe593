package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.mpi.RankTransportProvider.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RankTransportsTest {
    private static final Map<String, String> ONE_OF_SLURM = Map.of(
            "SLURM_JOB_ID", "5",
            "SLURM_STEP_ID", "1",
            "SLURM_PROCID", "0",
            "SLURM_STEP_NUM_TASKS", "1");

    private static final Map<String, String> ONE_OF_OPEN_MPI = Map.of(
            "OMPI_COMM_WORLD_RANK", "0",
            "OMPI_COMM_WORLD_SIZE", "1",
            "OMPI_COMM_WORLD_LOCAL_RANK", "0",
            "OMPI_COMM_WORLD_LOCAL_SIZE", "1");

    @TempDir
    private Path directory;

    @Test
    void outsideOfALaunchOneMessageSaysHowToLaunch() {
        assertThatThrownBy(() -> open(Map.of(), options(null)))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("not started by a launcher")
                .hasMessageContaining("mpirun -np N")
                .hasMessageContaining("srun -n N")
                .hasMessageContaining("WORLD_SIZE");
    }

    @Test
    void aBatchScriptOfSlurmIsToldToUseSrun() {
        assertThatThrownBy(() ->
                        open(Map.of("SLURM_JOB_ID", "5", "SLURM_PROCID", "0", "SLURM_NTASKS", "4"), options(null)))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("SLURM_JOB_ID=5")
                .hasMessageContaining("put srun or mpirun before the command");
    }

    @Test
    void stepsOfSlurmMeetInTheSharedDirectory() {
        assertThat(open(ONE_OF_SLURM, options(null)).name()).isEqualTo("shared-file");
    }

    @Test
    void openMpiOnOneNodeMeetsInItsSessionDirectory() throws Exception {
        final Map<String, String> variables = new HashMap<>(ONE_OF_OPEN_MPI);
        variables.put("PMIX_SERVER_TMPDIR", session("rwx------").toString());

        assertThat(open(variables, options(null)).name()).isEqualTo("session-directory");
    }

    @Test
    void aSessionDirectoryThatOthersMayEnterIsNotUsed() throws Exception {
        final Map<String, String> variables = new HashMap<>(ONE_OF_OPEN_MPI);
        variables.put("PMIX_SERVER_TMPDIR", session("rwxr-x---").toString());
        variables.put("PMIX_NAMESPACE_OF_TEST", "1");
        variables.put("OMPI_MCA_ess_base_jobid", "42");

        assertThat(open(variables, options(null)).name()).isEqualTo("shared-file");
    }

    @Test
    void aSessionDirectoryIsNotUsedAcrossNodes() throws Exception {
        final Map<String, String> variables = new HashMap<>(ONE_OF_OPEN_MPI);
        variables.put("PMIX_SERVER_TMPDIR", session("rwx------").toString());
        variables.put("OMPI_COMM_WORLD_SIZE", "2");

        assertThat(new SessionDirectoryProvider(options(null)).open(launch(variables)))
                .isEmpty();
    }

    @Test
    void ranksOfOpenMpiInAStepOfSlurmDoNotTakeItsSocket() {
        final Map<String, String> variables = new HashMap<>(ONE_OF_OPEN_MPI);
        variables.put("PMI_FD", "7");
        variables.put("PMI_RANK", "0");
        variables.put("PMI_SIZE", "1");

        assertThat(new PmiProvider(options(null)).open(launch(variables))).isEmpty();
    }

    @Test
    void aRankOfPmiWithoutASocketMeetsInTheDirectoryThatIsGiven() {
        final Map<String, String> variables = Map.of("PMI_RANK", "0", "PMI_SIZE", "1");

        assertThat(open(variables, options(null)).name()).isEqualTo("shared-file");
        final LaunchOptions withoutDirectory = new LaunchOptions(null, null, Duration.ofSeconds(1), null);
        assertThatThrownBy(() -> open(variables, withoutDirectory))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("-Dmuster.mpi.directory=");
    }

    @Test
    void givenRanksComeBeforeAllLaunchers() {
        assertThat(open(Map.of("RANK", "0", "WORLD_SIZE", "1"), options(null)).name())
                .isEqualTo("given-rank");
    }

    @Test
    void givenRanksThatContradictTheLauncherAreRefused() {
        final Map<String, String> variables = new HashMap<>(ONE_OF_SLURM);
        variables.put("RANK", "1");
        variables.put("WORLD_SIZE", "2");

        assertThatThrownBy(() -> open(variables, options(null)))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("launcher=slurm says rank=0 size=1")
                .hasMessageContaining("RANK and WORLD_SIZE says rank=1 size=2");
    }

    @Test
    void aTransportThatIsAskedForIsTheOnlyOneAsked() {
        final Map<String, String> variables = new HashMap<>(ONE_OF_SLURM);
        variables.put("PMI_FD", "7");

        assertThat(open(variables, options("shared-file")).name()).isEqualTo("shared-file");
    }

    @Test
    void aTransportThatDoesNotFitIsAnError() {
        assertThatThrownBy(() -> open(ONE_OF_SLURM, options("session-directory")))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("muster.mpi.transport=session-directory does not fit");
    }

    @Test
    void anUnknownTransportIsAnErrorThatNamesAll() {
        assertThatThrownBy(() -> open(ONE_OF_SLURM, options("telepathy")))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("muster.mpi.transport=telepathy must be one of")
                .hasMessageContaining("given-rank")
                .hasMessageContaining("mpj-express, pmi-1, session-directory, pmix, shared-file");
    }

    @Test
    void aProviderOfTheUserIsAskedByItsPriority() {
        final RankTransport mine = open(ONE_OF_SLURM, options(null));
        final List<RankTransportProvider> providers = new ArrayList<>();
        providers.add(new Mine(mine));
        providers.addAll(RankTransports.providers(options(null)));

        assertThat(RankTransports.open(launch(ONE_OF_SLURM), options(null), providers))
                .isSameAs(mine);
    }

    @Test
    void argumentsThatOnlyLookLikeThoseOfMpjExpressStay() {
        final Launch launch = new Launch(Map.of(), List.of("0", "4", "smpdev", "input.txt"));

        assertThat(RankTransports.programArguments(launch)).isEqualTo(launch.arguments());
    }

    @Test
    void aTimeoutThatIsNoDurationIsRefused() {
        assertThatThrownBy(() -> LaunchOptions.of(Map.of("muster.mpi.timeout", "soon")::get))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("muster.mpi.timeout=soon");
        assertThatThrownBy(() -> LaunchOptions.of(Map.of("muster.mpi.timeout", "0s")::get))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("muster.mpi.timeout=0s must be at least 1ms");
        assertThat(LaunchOptions.of(name -> null).timeout()).isEqualTo(Duration.ofMinutes(2));
    }

    private RankTransport open(final Map<String, String> variables, final LaunchOptions options) {
        return RankTransports.open(launch(variables), options, RankTransports.providers(options));
    }

    private LaunchOptions options(final @Nullable String transport) {
        return new LaunchOptions(transport, directory.resolve("launches"), Duration.ofSeconds(10), null);
    }

    private Path session(final String permissions) throws Exception {
        final Path session = Files.createDirectory(directory.resolve("session"));
        return Files.setPosixFilePermissions(session, PosixFilePermissions.fromString(permissions));
    }

    private static Launch launch(final Map<String, String> variables) {
        return new Launch(variables, List.of());
    }

    private record Mine(RankTransport transport) implements RankTransportProvider {
        @Override
        public int priority() {
            return 50;
        }

        @Override
        public Optional<RankTransport> open(final Launch launch) {
            return Optional.of(transport);
        }
    }
}
