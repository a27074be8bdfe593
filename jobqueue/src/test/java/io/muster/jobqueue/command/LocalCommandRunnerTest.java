package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.muster.jobqueue.command.CommandException.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class LocalCommandRunnerTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private final LocalCommandRunner runner = new LocalCommandRunner();

    @TempDir
    private Path folder;

    @Test
    void bothStreamsAndTheExitCodeAreReported() {
        final CommandResult result = runner.run(shell("echo out; echo err >&2; exit 3"));
        assertThat(result).isEqualTo(new CommandResult(3, "out\n", "err\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "two  words", "it's", "\"quoted\"", "$(id)", "`id`", ";id", "a\nb", "*", "\\", "--", "-n"})
    void anArgumentArrivesAsItIs(final String argument) {
        assertThat(runner.run(Command.of("printf", "%s.%s", "x", argument)).output())
                .isEqualTo("x." + argument);
    }

    @Test
    void messagesAreInEnglish() {
        assertThat(runner.run(shell("echo $LC_MESSAGES $LC_ALL")).output()).isEqualTo("C\n");
    }

    @Test
    void theInputOfAMegabyteIsRead() {
        final String text = "0123456789abcde\n".repeat(1 << 16);
        assertThat(runner.run(Command.of("cat").withInput(text)).output()).isEqualTo(text);
    }

    @Test
    void aProgramNeedNotReadItsInput() {
        assertThat(runner.run(Command.of("true").withInput("x".repeat(1 << 20))).isSuccess())
                .isTrue();
    }

    @Test
    void aProgramWithoutInputReadsNothing() {
        assertThat(runner.run(Command.of("cat")).output()).isEmpty();
    }

    @Test
    void outputBeyondTheLimitIsReadAndDropped() {
        final CommandResult result = runner.run(shell("head -c 20000000 /dev/zero; echo done >&2"));
        assertThat(result.output()).hasSize(CommandResult.MAX_CHARS);
        assertThat(result.errors()).isEqualTo("done\n");
    }

    @Test
    void aSignalIsAnExitCodeAbove128() {
        assertThat(runner.run(shell("kill -KILL $$")).exitCode()).isEqualTo(128 + 9);
    }

    @Test
    void aFolderIsEntered() {
        assertThat(runner.run(Command.of("pwd").in(folder.toString())).output().strip())
                .isEqualTo(folder.toString());
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        final Command command = Command.of("pwd").in(folder.resolve("none").toString());
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> runner.run(command))
                .withMessageContaining("directory=" + folder.resolve("none"));
    }

    @Test
    void aProgramThatIsNotOnThePathIsSaidToBeMissing() {
        final CommandException failure =
                catchThrowableOfType(CommandException.class, () -> runner.run(Command.of("no-such-program")));
        assertThat(failure.why()).isEqualTo(Cause.NOT_FOUND);
        assertThat(failure).hasMessageContaining("no-such-program is not on PATH=/");
    }

    @Test
    void aPathToNoProgramIsSaidToBeMissing() {
        final CommandException failure =
                catchThrowableOfType(CommandException.class, () -> runner.run(Command.of("/no/such/program")));
        assertThat(failure.why()).isEqualTo(Cause.NOT_FOUND);
    }

    @Test
    void aMissingBatchSystemIsToBeLoaded() {
        assertThat(NotFound.message("sbatch", "PATH=/bin"))
                .isEqualTo("sbatch is not on PATH=/bin; is this a login node?"
                        + " If so, load the batch system first, such as: module load slurm");
    }

    @Test
    void aCommandThatTakesTooLongDiesWithAllThatItStarted() throws Exception {
        final Path pids = folder.resolve("pids");
        final Command command = Command.of(
                        "sh",
                        "-c",
                        "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >> \"$1\"; sleep 60; :' x \"$1\" & "
                                + "echo $$ >> \"$1\"; wait; sleep 60; :",
                        "x",
                        pids.toString())
                .within(Duration.ofSeconds(1));
        final CommandException failure = catchThrowableOfType(CommandException.class, () -> runner.run(command));
        assertThat(failure.why()).isEqualTo(Cause.TIMED_OUT);
        assertThat(failure).hasMessageContaining("timeout=PT1S");
        assertThat(Files.readAllLines(pids)).hasSize(2).allSatisfy(pid -> await().until(() -> !isAlive(pid)));
    }

    @Test
    void whatIsLeftInTheBackgroundHoldsNobodyUp() {
        final long start = System.nanoTime();
        final CommandResult result = runner.run(shell("sleep 30 & echo started $!"));
        final Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(result.output()).startsWith("started ");
        assertThat(took).isLessThan(Duration.ofSeconds(15));
        final long left = Long.parseLong(result.output().strip().split(" ")[1]);
        ProcessHandle.of(left).ifPresent(ProcessHandle::destroy);
    }

    @Test
    void anInterruptKillsTheCommandAndStaysSet() throws Exception {
        final Path pid = folder.resolve("pid");
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final AtomicReference<Boolean> interrupted = new AtomicReference<>();
        final Thread caller = new Thread(() -> {
            thrown.set(catchThrowableOfType(
                    CommandException.class,
                    () -> runner.run(Command.of("sh", "-c", "echo $$ > \"$1\"; exec sleep 60", "x", pid.toString()))));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        await().until(() -> Files.exists(pid) && Files.size(pid) > 0);
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(CommandException.class).hasMessageContaining("interrupted");
        assertThat(interrupted.get()).isTrue();
        await().until(() -> !isAlive(Files.readString(pid)));
    }

    @Test
    void aNulInAnArgumentIsAnError() {
        assertThatExceptionOfType(CommandException.class).isThrownBy(() -> runner.run(Command.of("echo", "a\0b")));
    }

    @Test
    void aHangingCommandIsGivenUp() {
        final Command command = Command.of("sleep", "60").within(SHORT);
        assertThatExceptionOfType(CommandException.class).isThrownBy(() -> runner.run(command));
    }

    private static Command shell(final String script) {
        return Command.of("sh", "-c", script);
    }

    private static boolean isAlive(final String pid) {
        return ProcessHandle.of(Long.parseLong(pid.strip()))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }
}
