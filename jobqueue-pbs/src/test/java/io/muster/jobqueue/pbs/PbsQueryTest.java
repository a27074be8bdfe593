package io.muster.jobqueue.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers as recorded from OpenPBS 23.06.06, and as its documents and those of Torque describe them. */
final class PbsQueryTest {
    private static final String UNKNOWN = "qstat: Unknown Job Id 999999.hpchead\n";

    private final ScriptedRunner runner = new ScriptedRunner();
    private final PbsQueue queue = new PbsQueue(runner, ZoneOffset.UTC);

    @Test
    void aRunningJobIsOnANode() {
        runner.on("qstat -f -x -F json 1.hpchead", 0, recorded("qstat_R_json.stdout"), "");

        final JobStatus job = one("1.hpchead");

        assertThat(job.state()).as("substate 41").isEqualTo(JobState.STARTING);
        assertThat(job.word()).isEqualTo("R");
        assertThat(job.node()).isEqualTo("hpcn1");
        assertThat(job.restarts()).isZero();
        assertThat(job.submitted()).isEqualTo(Instant.parse("2026-11-21T21:03:26Z"));
        assertThat(job.started()).isEqualTo(Instant.parse("2026-11-21T21:03:26Z"));
        assertThat(job.ended()).isNull();
        assertThat(job.end()).isNull();
    }

    @Test
    void theTextSaysTheSameAsTheJson() {
        runner.on("qstat -f -x -F json", 2, "", "qstat: invalid option -- 'F'\nusage: qstat …\n")
                .on("qstat -f -x 1.hpchead", 0, recorded("qstat_R_full.stdout"), "");
        final JobStatus text = one("1.hpchead");
        final ScriptedRunner other = new ScriptedRunner();
        other.on("qstat -f", 0, recorded("qstat_R_json.stdout"), "");

        assertThat(new PbsQueue(other, ZoneOffset.UTC).query(List.of("1.hpchead")))
                .containsExactly(text);
        one("1.hpchead");
        assertThat(runner.lines()).as("the failed option is remembered").hasSize(3);
    }

    @Test
    void aWaitingJobSaysWhy() {
        runner.on("qstat", 0, recorded("qstat_Q_json.stdout"), "");

        final JobStatus job = one("11.hpchead");

        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.reason()).isEqualTo("Not Running: Not enough free nodes available");
    }

    @Test
    void aFinishedJobHasAnEnd() {
        runner.on("qstat", 0, recorded("qstat_F_xf_json.stdout"), "");

        final JobStatus job = one("1.hpchead");

        assertThat(job.state()).isEqualTo(JobState.ENDED);
        assertThat(job.end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(job.exitCode()).isZero();
        assertThat(job.ended()).isEqualTo(Instant.parse("2026-11-21T21:03:29Z"));
    }

    @Test
    void aServerThatIsDownKnowsNothingThoughItsJsonIsGood() {
        runner.on("qstat -f", 255, recorded("p2_down_qstat_json.stdout"), recorded("p2_down_qstat_json.stderr"));

        assertThatThrownBy(() -> queue.query(List.of("1.hpchead")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("cannot connect to server hpchead (errno=15010)");
    }

    @Test
    void aJobThatIsUnknownIsNotInTheAnswer() {
        runner.on("qstat -f", 153, recorded("qstat_Q_json.stdout"), UNKNOWN);

        assertThat(queue.query(List.of("11.hpchead", "999999.hpchead")))
                .extracting(JobStatus::id)
                .containsExactly("11.hpchead");
    }

    @Test
    void allJobsUnknownIsAnAnswerToo() {
        runner.on("qstat -f", 153, recorded("qstat_empty_json.stdout"), UNKNOWN);

        assertThat(queue.query(List.of("999999.hpchead"))).isEmpty();
    }

    @Test
    void aJobThatAGoodAnswerDoesNotMentionMayWellRun() {
        runner.on("qstat -f", 0, recorded("qstat_empty_json.stdout"), "");

        assertThat(one("1.hpchead").state()).isEqualTo(JobState.UNKNOWN);
    }

    @Test
    void withoutHistoryJobsThatAreOverAreUnknown() {
        runner.on("qstat -f -x", 36, "", "qstat: PBS is not configured to maintain job history\n")
                .on("qstat -f -F json", 153, recorded("qstat_empty_json.stdout"), UNKNOWN);

        assertThat(queue.query(List.of("999999.hpchead"))).isEmpty();
        assertThat(queue.query(List.of("999999.hpchead"))).isEmpty();
        assertThat(runner.lines()).hasSize(3);
    }

    @Test
    void jsonThatIsNoneIsReadAsText() {
        runner.on("qstat -f -x -F json", 0, "{\"Jobs\":{\"1.hpchead\":{\"Job_Name\":\"a\"b\"}}}", "")
                .on("qstat -f -x 1.hpchead", 0, recorded("qstat_R_full.stdout"), "");

        assertThat(one("1.hpchead").node()).isEqualTo("hpcn1");
    }

    @Test
    void valuesOfTheWrongTypeAndBrokenCharactersAreRead() {
        runner.on(
                "qstat -f",
                0,
                "{\"Jobs\":{\"1.hpchead\":{\"job_state\":\"F\",\"substate\":\"92\","
                        + "\"Exit_status\":\"3\",\"comment\":12345678901234567890,"
                        + "\"ctime\":1795295006,\"Variable_List\":{\"A\":7,\"B\":null,\"C\":true,\"D\":\"\uFFFD\","
                        + "\"MUSTERJOB_TOKEN\":\"token-007\"}}}}",
                "");

        final JobStatus job = one("1.hpchead");

        assertThat(job.token()).isEqualTo("007");
        assertThat(job.exitCode()).isEqualTo(3);
        assertThat(job.end()).isEqualTo(JobEnd.FAILED);
        assertThat(job.submitted()).isEqualTo(Instant.ofEpochSecond(1795295006));
    }

    @ParameterizedTest
    @CsvSource({
        "F, 92, 0, COMPLETED, 0,",
        "F, 93, 3, FAILED, 3,",
        "F, 93, 137, FAILED, 137, 9",
        "F, 93, 127, FAILED, 127,",
        "F, 91, 271, CANCELLED, , 15",
        "F, 93, 265, FAILED, , 9",
        "F, 93, -29, WALLTIME, ,",
        "F, 93, -27, OUT_OF_MEMORY, ,",
        "F, 93, -26, OUT_OF_MEMORY, ,",
        "F, 93, -20, NODE_FAILURE, ,",
        "F, 93, -1, NOT_STARTED, ,",
        "F, 91, , CANCELLED, ,",
        "F, 92, , NOT_STARTED, ,",
        "X, 92, 0, COMPLETED, 0,",
        "X, 93, 3, FAILED, 3,",
        "X, 91, , CANCELLED, ,",
        "X, , , UNKNOWN, ,",
        "C, , 271, CANCELLED, , 15",
        "Q, 10, -20, , ,",
        "B, 42, 0, , ,",
        "E, 50, 0, , ,",
        "R, 42, 0, , ,"
    })
    void onlyAFinalStateEndsAJob(
            final String word,
            final String substate,
            final String status,
            final JobEnd end,
            final Integer exitCode,
            final Integer signal) {
        answer("\"job_state\":\"" + word + "\"" + (substate == null ? "" : ",\"substate\":" + substate)
                + (status == null ? "" : ",\"Exit_status\":" + status));

        final JobStatus job = one("1.hpchead");

        assertThat(job.end()).isEqualTo(end);
        assertThat(job.exitCode()).isEqualTo(exitCode);
        assertThat(job.signal()).isEqualTo(signal);
        assertThat(job.state() == JobState.ENDED).isEqualTo(end != null);
    }

    @Test
    void torqueTellsOfAWalltimeThatIsOverByASignal() {
        runner.on("qstat --version", 0, "", "Version: 6.1.1.1\n")
                .on(
                        "qstat -f 5.srv",
                        0,
                        "Job Id: 5.srv\n    job_state = C\n    resources_used.walltime = 00:01:12\n"
                                + "    Resource_List.walltime = 00:01:00\n    exit_status = 271\n"
                                + "    comp_time = Sat Nov 21 21:03:29 2026\n",
                        "");

        final JobStatus job = one("5.srv");

        assertThat(job.end()).isEqualTo(JobEnd.WALLTIME);
        assertThat(job.ended()).isEqualTo(Instant.parse("2026-11-21T21:03:29Z"));
    }

    @Test
    void tokensAreFoundInBrokenLines() {
        runner.on("qstat --version", 0, "", "Version: 6.1.1.1\n")
                .on(
                        "qstat -f 5.srv",
                        0,
                        "Job Id: 5.srv\n"
                                + "    job_state = Q\n"
                                + "    Variable_List = PBS_O_QUEUE=batch,MUSTERJOB_TOKEN=tok\n"
                                + "\ten-7f3a-1,\n"
                                + "\tPBS_O_HOST=x\n"
                                + "    comment = a\n\n",
                        "");

        assertThat(one("5.srv").token()).isEqualTo("7f3a-1");
    }

    @ParameterizedTest
    @CsvSource({
        "Q, PENDING",
        "H, PENDING",
        "W, PENDING",
        "T, PENDING",
        "R, RUNNING",
        "S, RUNNING",
        "U, RUNNING",
        "E, RUNNING",
        "B, RUNNING",
        "M, UNKNOWN",
        "Z, UNKNOWN",
        "'', UNKNOWN"
    })
    void everyStateIsKnownAndOthersAreShownAsTheyAre(final String word, final JobState state) {
        answer("\"job_state\":\"" + word + "\"");

        assertThat(one("1.hpchead").state()).isEqualTo(state);
        assertThat(one("1.hpchead").word()).isEqualTo(word);
    }

    @Test
    void aJobAfterANodeLossHasBeenPutBack() {
        answer("\"job_state\":\"Q\",\"run_count\":1,\"Exit_status\":-20,\"estimated\":{\"start_time\":\"Sat Nov  7"
                + " 09:00:00 2026\"}");

        assertThat(one("1.hpchead").restarts()).isEqualTo(1);
        assertThat(one("1.hpchead").expectedStart()).isEqualTo(Instant.parse("2026-11-07T09:00:00Z"));
    }

    @Test
    void onlyJobsThatAreAliveAreCancelledOneIdAtATime() {
        runner.on(
                        "qstat -f",
                        153,
                        "{\"Jobs\":{\"1.h\":{\"job_state\":\"R\"},\"2.h\":{\"job_state\":\"F\",\"Exit_status\":0},"
                                + "\"25[0].h\":{\"job_state\":\"R\"},\"25[1].h\":{\"job_state\":\"R\"},"
                                + "\"25[3].h\":{\"job_state\":\"Q\"}}}",
                        UNKNOWN)
                .on("qdel", 0, "", "")
                .on("qdel 1.h", 35, "", "qdel: Job has finished 1.h\n");

        queue.cancel(List.of("25[3].h", "2.h", "1.h", "25[1].h", "25[0].h", "999999.h", "-x", "0;rm"));

        assertThat(runner.lines().subList(1, 4))
                .containsExactlyInAnyOrder("qdel 1.h", "qdel 25[0-1].h", "qdel 25[3].h");
        assertThat(runner.lines()).hasSize(4);
    }

    @Test
    void nothingIsCancelledIfNobodyKnowsWhatIsAlive() {
        runner.on("qstat -f", 255, "", "Connection refused\n");

        assertThatThrownBy(() -> queue.cancel(List.of("1.h"))).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void aRefusalToCancelIsTold() {
        answer("\"job_state\":\"R\"");
        runner.on("qdel", 159, "", "qdel: Unauthorized Request 1.hpchead\n");

        assertThatThrownBy(() -> queue.cancel(List.of("1.hpchead")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("qdel: Unauthorized Request 1.hpchead");
    }

    @Test
    void theJobsOfAnArrayAreFoundByItsToken() {
        runner.on("qselect -u hpcuser -x", 0, "24.h\n25[].h\n", "").on("qstat -f -x -F json", command -> {
            final String variables = "\"Variable_List\":{\"MUSTERJOB_TOKEN\":\"token-7f3a-1\"}";
            return new CommandResult(
                    0,
                    command.words().contains("25[].h")
                            ? "{\"Jobs\":{\"24.h\":{\"job_state\":\"R\"},\"25[].h\":{\"job_state\":\"B\","
                                    + "\"array_indices_submitted\":\"0-1\"," + variables + "}}}"
                            : "{\"Jobs\":{\"25[1].h\":{\"job_state\":\"Q\"},\"25[0].h\":{\"job_state\":\"R\"}}}",
                    "");
        });

        assertThat(queue.find("7f3a-1"))
                .extracting(JobStatus::id, JobStatus::token, JobStatus::word)
                .containsExactly(tuple("25[0].h", "7f3a-1", "R"), tuple("25[1].h", "7f3a-1", "Q"));
        assertThat(queue.find("7f3a-2")).isEmpty();
    }

    @Test
    void theVersionIsThatOfTheServer() {
        runner.on("qstat -B -f", 0, "Server: hpchead\n    server_state = Active\n    pbs_version = 23.06.06\n", "");

        assertThat(queue.version()).isEqualTo("PBS 23.06.06, server hpchead");
    }

    private JobStatus one(final String id) {
        final List<JobStatus> jobs = queue.query(List.of(id));
        assertThat(jobs).hasSize(1);
        return jobs.get(0);
    }

    private void answer(final String attributes) {
        runner.on("qstat -f", 0, "{\"Jobs\":{\"1.hpchead\":{" + attributes + "}}}", "");
    }

    private static String recorded(final String name) {
        try (InputStream stream = PbsQueryTest.class.getResourceAsStream("/recorded/" + name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
