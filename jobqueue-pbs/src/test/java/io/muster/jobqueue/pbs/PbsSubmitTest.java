package io.muster.jobqueue.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PbsSubmitTest {
    private static final String MARKED = "qsub -v MUSTERJOB_TOKEN=token-7f3a-1";
    private static final String BROKEN = new String(new byte[] {(byte) 0xff, (byte) 0xfe, 'x'}, StandardCharsets.UTF_8);

    private final ScriptedRunner runner = new ScriptedRunner();
    private final PbsQueue queue = new PbsQueue(runner, ZoneOffset.UTC);

    @Test
    void theScriptIsTheInputAndTheOutputGoesToTheRequestsFolder() {
        runner.on("qsub", 0, "1.hpchead\n", "");

        assertThat(queue.submit(Requests.request(1))).containsExactly("1.hpchead");
        assertThat(runner.lines()).containsExactly(MARKED + " -o /logs/ -e /logs/");
        assertThat(runner.commands.get(0).input()).startsWith("#!/bin/bash\n\n#PBS -N muster-worker\n");
    }

    @Test
    void optionsThatTheScriptHasItselfAreLeftToIt() {
        runner.on("qsub", 0, "1.hpchead\n", "");

        queue.submit(Requests.request(1, "log-directory=logs", "job-extra-directives=-V"));
        queue.submit(Requests.request(1, "job-extra-directives=[-j oe, '-v \"A=1,B=x y\"']"));
        queue.submit(Requests.request(1, "job-extra-directives=-q other -v HOME"));

        assertThat(runner.lines()).containsExactly(MARKED, "qsub -o /logs/ -e /logs/", "qsub -o /logs/ -e /logs/");
        assertThat(runner.commands.get(0).input()).contains("#PBS -V\n").doesNotContain("MUSTERJOB_TOKEN");
        assertThat(runner.commands.get(1).input()).contains("#PBS -v \"MUSTERJOB_TOKEN=token-7f3a-1,A=1,B=x y\"\n");
        assertThat(runner.commands.get(2).input()).contains("#PBS -q other -v MUSTERJOB_TOKEN=token-7f3a-1,HOME\n");
    }

    @Test
    void manyJobsAreAnArray() {
        runner.on("qsub", 0, "25[].hpchead\n", "");

        assertThat(queue.submit(Requests.request(3)))
                .containsExactly("25[0].hpchead", "25[1].hpchead", "25[2].hpchead");
        assertThat(runner.lines()).containsExactly(MARKED + " -o /logs/ -e /logs/ -J 0-2");
    }

    @Test
    void torqueHasItsOwnOptionForArrays() {
        runner.on("qstat --version", 0, "", "Version: 6.1.1.1\nCommit: abc\n").on("qsub", 0, "25[].srv\n", "");

        queue.submit(Requests.request(2));

        assertThat(runner.lines()).containsExactly(MARKED + " -o /logs/ -e /logs/ -t 0-1");
    }

    @Test
    void anArrayThatIsTooLargeIsSubmittedInParts() {
        runner.on("qsub", command -> {
            final String range = command.words().get(command.words().size() - 1);
            final boolean isArray = range.startsWith("0-");
            if (isArray && Integer.parseInt(range.substring(2)) > 1) {
                return new CommandResult(1, "", "qsub: Array job exceeds server or queue size limit\n");
            }
            return new CommandResult(0, runner.commands.size() + (isArray ? "[]" : "") + ".hpchead\n", "");
        });

        final List<String> ids = queue.submit(Requests.request(5));

        assertThat(ids).hasSize(5).doesNotHaveDuplicates();
        runner.commands.clear();
        assertThat(queue.submit(Requests.request(4))).hasSize(4);
        assertThat(runner.commands).as("the limit is remembered").hasSize(2);
    }

    @Test
    void whatWasSubmittedIsCancelledIfTheRestIsRefused() {
        runner.on("qsub", command -> {
                    final String last = command.words().get(command.words().size() - 1);
                    return switch (last) {
                        case "0-3" -> new CommandResult(1, "", "qsub: Array job exceeds server or queue size limit\n");
                        case "0-1" ->
                            runner.lines().size() == 2
                                    ? new CommandResult(0, "7[].hpchead\n", "")
                                    : new CommandResult(38, "", "qsub: would exceed queue generic's per-user limit\n");
                        default -> throw new AssertionError(last);
                    };
                })
                .on(
                        "qstat -f -x",
                        0,
                        "{\"Jobs\":{\"7[0].hpchead\":{\"job_state\":\"Q\"},\"7[1].hpchead\":{\"job_state\":\"Q\"}}}",
                        "")
                .on("qdel", 0, "", "");

        assertThatThrownBy(() -> queue.submit(Requests.request(4))).isInstanceOf(SubmissionException.class);

        assertThat(runner.lines()).last().isEqualTo("qdel 7[0-1].hpchead");
    }

    static Stream<Arguments> certainOutputs() {
        return Stream.of(
                Arguments.of("1.hpchead\n", "1.hpchead"),
                Arguments.of("1.hpchead", "1.hpchead"),
                Arguments.of("  654321.admin01  \r\n", "654321.admin01"),
                Arguments.of("654321\n", "654321"),
                Arguments.of("\n\n654321.pbs-1.site.example\n\n", "654321.pbs-1.site.example"),
                Arguments.of("Welcome to 2026\n*** 3 nodes are down ***\n17.hpchead\n", "17.hpchead"),
                Arguments.of("42\n17.hpchead\n", "17.hpchead"),
                Arguments.of("17.hpchead\n17.hpchead\n", "17.hpchead"),
                Arguments.of("17.hpchead\nRemaining hours: 1234.5\n", "17.hpchead"),
                Arguments.of(BROKEN + "\n17.hpchead\n", "17.hpchead"),
                Arguments.of("x".repeat(10_000_000) + "\n17.hpchead\n", "17.hpchead"));
    }

    @ParameterizedTest
    @MethodSource("certainOutputs")
    void anIdThatIsCertainIsTaken(final String output, final String id) {
        runner.on("qsub", 0, output, "");

        assertThat(queue.submit(Requests.request(1))).containsExactly(id);
        assertThat(runner.commands).hasSize(1);
    }

    static Stream<String> uncertainOutputs() {
        return Stream.of(
                "",
                "\n \n",
                "Request 654321.asdf was sumbitted to queue: standard.\n",
                "654321;cluster\n",
                "17.hpchead\n18.hpchead\n",
                "2026\nJob submitted as number 17\n",
                "17[].hpchead\n",
                "17[3].hpchead\n",
                "-1.hpchead\n",
                BROKEN,
                "1".repeat(10_000_000));
    }

    @ParameterizedTest
    @MethodSource("uncertainOutputs")
    void aJobWhoseIdIsNotCertainIsFoundByItsToken(final String output) {
        runner.on("qsub", 0, output, "")
                .on("qselect", 0, "16.hpchead\n17.hpchead\n", "")
                .on("qstat -f -x", command -> new CommandResult(0, marked(command), ""));

        assertThat(queue.submit(Requests.request(1))).containsExactly("17.hpchead");
    }

    @Test
    void nobodyKnowsOfAJobThatHasNoIdAndIsNotFound() {
        runner.on("qsub", 0, "", "").on("qselect", 0, "", "");

        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessage("qsub did not say the job's id, and nobody knows whether there is one: it ended with"
                        + " exitCode=0, and said nothing; jobs with its token=0")
                .asInstanceOf(InstanceOfAssertFactories.type(SubmissionException.class))
                .extracting(SubmissionException::kind)
                .isEqualTo(Kind.SYSTEM_DOWN);
    }

    @Test
    void aCommandThatHangsMayHaveSubmitted() {
        runner.on("qsub", command -> {
            throw new CommandException(CommandException.Cause.TIMED_OUT, "qsub took longer than 60s", null);
        });

        assertKind(Kind.SYSTEM_DOWN);
    }

    @Test
    void aCommandThatIsNotThereNeedsTheUser() {
        runner.on("qsub", command -> {
            throw new CommandException(CommandException.Cause.NOT_FOUND, "qsub is not on PATH", null);
        });

        assertKind(Kind.FIX_REQUEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "170|qsub: Unknown queue|FIX_REQUEST",
                "159|qsub: Unauthorized Request|FIX_REQUEST",
                "187|qsub: Unknown resource: foo|FIX_REQUEST",
                "166|qsub: Illegal attribute or resource value|FIX_REQUEST",
                "175|qsub: Bad UID for job execution|FIX_REQUEST",
                "188|qsub: Job violates queue and/or server resource limits|FIX_REQUEST",
                "32|qsub: give a project, please|FIX_REQUEST",
                "2|qsub: illegal -N value|FIX_REQUEST",
                "1|qsub: script contains cr, lf|FIX_REQUEST",
                "173|qsub: Queue is not enabled|LIMIT_REACHED",
                "38|qsub: would exceed queue generic's per-user limit|LIMIT_REACHED",
                "198|qsub: Maximum number of jobs already in queue|LIMIT_REACHED",
                "162|qsub: cannot connect to server hpchead (errno=15010)|SYSTEM_DOWN",
                "160|qsub: Unknown Host|SYSTEM_DOWN",
                "255|Connection refused|SYSTEM_DOWN",
                "255|Failed to recv data from background qsub|SYSTEM_DOWN",
                "139||SYSTEM_DOWN"
            })
    void refusalsAreSorted(final int exitCode, final String text, final Kind kind) {
        runner.on("qsub", exitCode, "", text == null ? "" : text + "\n");

        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessageContaining("exitCode=" + exitCode)
                .hasMessageContaining(text == null ? "said nothing" : text);
        assertKind(kind);
    }

    @Test
    void logsAreWhereTheScriptSendsThem() {
        assertThat(queue.logFiles(Requests.request(1), "17.hpchead"))
                .containsExactly("/logs/17.hpchead.OU", "/logs/17.hpchead.ER");
        assertThat(queue.logFiles(Requests.request(1, "log-directory=/own"), "25[2].hpchead"))
                .containsExactly("/own/25[2].hpchead.OU", "/own/25[2].hpchead.ER");
        assertThat(queue.logFiles(Requests.request(1, "job-extra-directives=-j oe"), "17.hpchead"))
                .containsExactly("/logs/17.hpchead.OU");
        assertThat(queue.logFiles(
                        Requests.request(1, "log-directory=/own", "job-extra-directives=-o host:/a/b.out"),
                        "17.hpchead"))
                .containsExactly("/a/b.out", "/own/17.hpchead.ER");
    }

    @Test
    void logsHaveOtherNamesInTorque() {
        runner.on("qstat --version", 0, "", "Version: 6.1.1.1\n");

        assertThat(queue.logFiles(Requests.request(1), "17.srv"))
                .containsExactly("/logs/muster-worker.o17", "/logs/muster-worker.e17");
        assertThat(queue.logFiles(Requests.request(2), "17[1].srv"))
                .containsExactly("/logs/muster-worker.o17-1", "/logs/muster-worker.e17-1");
    }

    private void assertKind(final Kind kind) {
        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .asInstanceOf(InstanceOfAssertFactories.type(SubmissionException.class))
                .extracting(SubmissionException::kind)
                .isEqualTo(kind);
    }

    private static String marked(final Command command) {
        return "{\"Jobs\":{\"17.hpchead\":{\"job_state\":\"Q\","
                + "\"Variable_List\":{\"MUSTERJOB_TOKEN\":\"token-7f3a-1\"}}"
                + (command.words().contains("16.hpchead")
                        ? ",\"16.hpchead\":{\"job_state\":\"Q\","
                                + "\"Variable_List\":{\"MUSTERJOB_TOKEN\":\"token-7f3a-2\"}}"
                        : "")
                + "}}";
    }
}
