package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.muster.jobqueue.command.CommandException.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledIf(value = "sshdIsThere", disabledReason = SshLab.NEEDED)
@Timeout(120)
@Tag("slow")
final class SshConnectionTest {
    private static final Map<SshProgram, SshConnection> CONNECTIONS = new EnumMap<>(SshProgram.class);

    @TempDir
    private static Path labFolder;

    private static SshLab lab;

    @TempDir
    private Path folder;

    static boolean sshdIsThere() {
        return SshLab.isPossible();
    }

    @BeforeAll
    static void startServer() {
        lab = SshLab.start(labFolder);
        for (final SshProgram program : SshProgram.values()) {
            CONNECTIONS.put(program, lab.login(program).open());
        }
    }

    @AfterAll
    static void stopServer() {
        CONNECTIONS.values().forEach(SshConnection::close);
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void bothStreamsTheExitCodeAndTheEnvironmentAreThoseOfTheLoginNode(final SshProgram program) {
        final CommandResult result = ssh(program).run(shell("echo $MUSTER_LAB $LC_MESSAGES; echo err >&2; exit 3"));
        assertThat(result).isEqualTo(new CommandResult(3, "here C\n", "err\n"));
    }

    @ParameterizedTest
    @EnumSource
    void argumentsArriveAsTheyAre(final SshProgram program) {
        final List<String> odd = List.of(
                "",
                "two  words",
                "it's",
                "\"quoted\"",
                "$(id)",
                "`id`",
                ";id",
                "a\nb\n",
                "*",
                "\\",
                "a\\nb",
                "!!",
                "--",
                "-n",
                "%s",
                "ü世",
                "#x",
                "~",
                "$HOME",
                "x".repeat(100_000));
        final List<String> words = new ArrayList<>(List.of("printf", "%s|"));
        words.addAll(odd);
        assertThat(ssh(program).run(Command.of(words)).output()).isEqualTo(String.join("|", odd) + "|");
    }

    @ParameterizedTest
    @EnumSource
    void theInputOfAMegabyteIsRead(final SshProgram program) {
        final String text = "0123456789abcde\n".repeat(1 << 16);
        assertThat(ssh(program).run(Command.of("cat").withInput(text)).output()).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void aProgramNeedNotReadItsInput(final SshProgram program) {
        final CommandResult result = ssh(program).run(Command.of("echo", "done").withInput("x\n".repeat(1 << 19)));
        assertThat(result).isEqualTo(new CommandResult(0, "done\n", ""));
    }

    @ParameterizedTest
    @EnumSource
    void aProgramWithoutInputReadsNothing(final SshProgram program) {
        assertThat(ssh(program).run(Command.of("cat"))).isEqualTo(new CommandResult(0, "", ""));
    }

    @ParameterizedTest
    @EnumSource
    void outputBeyondTheLimitIsReadAndDropped(final SshProgram program) {
        final CommandResult result = ssh(program).run(shell("head -c 20000000 /dev/zero; echo done >&2"));
        assertThat(result.output()).hasSize(CommandResult.MAX_CHARS);
        assertThat(result.errors()).isEqualTo("done\n");
    }

    @ParameterizedTest
    @EnumSource
    void aSignalIsAnExitCodeAbove128(final SshProgram program) {
        assertThat(ssh(program).run(shell("kill -KILL $$")).exitCode()).isEqualTo(128 + 9);
    }

    @ParameterizedTest
    @EnumSource
    void anExitCodeOf255IsOneLikeAnother(final SshProgram program) {
        assertThat(ssh(program).run(shell("exit 255")).exitCode()).isEqualTo(255);
    }

    @ParameterizedTest
    @EnumSource
    void aFolderIsEnteredOrNamedIfItIsNotThere(final SshProgram program) throws IOException {
        final Path odd = Files.createDirectory(folder.resolve("a 'b"));
        assertThat(ssh(program).run(Command.of("pwd").in(odd.toString())).output())
                .isEqualTo(odd + "\n");
        final CommandException failure = fails(program, Command.of("pwd").in("/no/such"));
        assertThat(failure).hasMessageContaining("directory=/no/such must exist on " + lab.address());
    }

    @ParameterizedTest
    @EnumSource
    void aProgramThatIsNotThereIsSaidToBeMissing(final SshProgram program) {
        final CommandException failure = fails(program, Command.of("no-such-program"));
        assertThat(failure.why()).isEqualTo(Cause.NOT_FOUND);
        assertThat(failure).hasMessageContaining("no-such-program is not on PATH of " + lab.address());
        assertThat(ssh(program).run(shell("exit 127")).exitCode()).isEqualTo(127);
    }

    @ParameterizedTest
    @EnumSource
    void aCommandThatTakesTooLongIsKilledThereWithItsChildren(final SshProgram program) throws IOException {
        final Path pids = folder.resolve("pids");
        final Command command = Command.of(
                        "sh", "-c", "sleep 60 & echo $! >> \"$1\"; echo $$ >> \"$1\"; wait; :", "x", pids.toString())
                .within(Duration.ofSeconds(2));
        final CommandException failure = fails(program, command);
        assertThat(failure.why()).isEqualTo(Cause.TIMED_OUT);
        assertThat(Files.readAllLines(pids)).hasSize(2).allSatisfy(pid -> await().until(() -> !isAlive(pid)));
    }

    @ParameterizedTest
    @EnumSource
    void aCommandThatIgnoresTheFirstSignalIsKilledToo(final SshProgram program) throws IOException {
        final Path pid = folder.resolve("pid");
        final Command command = Command.of(
                        "sh", "-c", "trap '' TERM; echo $$ > \"$1\"; while :; do sleep 1; done", "x", pid.toString())
                .within(Duration.ofSeconds(2));
        assertThat(fails(program, command).why()).isEqualTo(Cause.TIMED_OUT);
        await().until(() -> !isAlive(Files.readString(pid)));
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptKillsTheCommandAndStaysSet(final SshProgram program) throws Exception {
        final Path pid = folder.resolve("pid");
        final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        final Thread caller = new Thread(() -> {
            fails(program, waiting(pid));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        awaitFile(pid);
        caller.interrupt();
        caller.join();
        assertThat(interrupted).isCompletedWithValue(true);
        await().until(() -> !isAlive(Files.readString(pid)));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLeftInTheBackgroundHoldsNobodyUpAndLivesOn(final SshProgram program) {
        final long start = System.nanoTime();
        final CommandResult result = ssh(program).run(shell("sleep 60 & echo $!"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(isAlive(result.output())).isTrue();
        ProcessHandle.of(Long.parseLong(result.output().strip())).ifPresent(ProcessHandle::destroy);
    }

    @ParameterizedTest
    @EnumSource
    void manyCommandsRunAtOnce(final SshProgram program) {
        final List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            final String number = Integer.toString(i);
            all.add(CompletableFuture.supplyAsync(
                    () -> ssh(program).run(Command.of("echo", number)).output().strip(),
                    task -> new Thread(task).start()));
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).join()).isEqualTo(Integer.toString(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsReadUnlessItIsTooLarge(final SshProgram program) throws IOException {
        final byte[] content = new byte[70_000];
        new Random(7).nextBytes(content);
        final String file = Files.write(folder.resolve("-f ile"), content).toString();
        assertThat(ssh(program).read(file, content.length)).isEqualTo(content);
        assertThat(catchThrowableOfType(
                        CommandException.class, () -> ssh(program).read(file, content.length - 1)))
                .hasMessageContaining("must have at most 69999 bytes");
        assertThat(catchThrowableOfType(
                        CommandException.class, () -> ssh(program).read(file + "x", 1)))
                .hasMessageContaining("No such file");
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionCutInTheMiddleIsReportedAndMadeAgain(final SshProgram program) throws Exception {
        final Path pid = folder.resolve("pid");
        try (SshConnection ssh = lab.login(program).open()) {
            final CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(CommandException.class, () -> ssh.run(waiting(pid))));
            awaitFile(pid);
            lab.cut();
            assertThat(failure.get())
                    .isInstanceOfSatisfying(
                            CommandException.class, e -> assertThat(e.why()).isEqualTo(Cause.UNREACHABLE))
                    .hasMessageContaining("may have happened");
            await().until(() -> !isAlive(Files.readString(pid)));
            assertThat(ssh.run(Command.of("echo", "back")).output()).isEqualTo("back\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTunnelCarriesDataAndSurvivesALostConnection(final SshProgram program) throws Exception {
        try (SshConnection ssh = lab.login(program).open();
                ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CompletableFuture.runAsync(() -> echo(target), task -> daemon(task).start());
            final InetSocketAddress far = InetSocketAddress.createUnresolved("127.0.0.1", target.getLocalPort());
            final InetSocketAddress near = ssh.forward(far);
            assertThat(near.getAddress().isLoopbackAddress()).isTrue();
            assertEchoes(near);
            assertThat(ssh.forward(far)).isEqualTo(near);
            lab.cut();
            assertEchoes(near);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTunnelToNothingIsClosed(final SshProgram program) throws IOException {
        final InetSocketAddress near = ssh(program).forward(InetSocketAddress.createUnresolved("127.0.0.1", 1));
        try (Socket socket = new Socket(near.getAddress(), near.getPort())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingEndsCommandsAndTunnels(final SshProgram program) throws Exception {
        final Path pid = folder.resolve("pid");
        final SshConnection ssh = lab.login(program).open();
        final CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(CommandException.class, () -> ssh.run(waiting(pid))));
        final InetSocketAddress near = ssh.forward(new InetSocketAddress("127.0.0.1", 1));
        awaitFile(pid);
        ssh.close();
        assertThat(failure.get()).isInstanceOf(CommandException.class);
        await().until(() -> !isAlive(Files.readString(pid)));
        assertThat(catchThrowableOfType(IOException.class, () -> new Socket(near.getAddress(), near.getPort()).close()))
                .isNotNull();
        assertThat(catchThrowableOfType(CommandException.class, () -> ssh.run(Command.of("true"))))
                .hasMessageContaining("is closed");
    }

    @Test
    void theSocketOfTheBinaryIsRemovedAtTheEnd() throws IOException {
        final long before = socketFolders();
        lab.login(SshProgram.BINARY).open().close();
        assertThat(socketFolders()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatCameBackIsFoundAgain(final SshProgram program) {
        try (SshConnection ssh =
                lab.login(program).timeout(Duration.ofSeconds(5)).open()) {
            lab.down();
            final CommandException failure =
                    catchThrowableOfType(CommandException.class, () -> ssh.run(Command.of("true")));
            lab.up();
            assertThat(failure.why()).isEqualTo(Cause.UNREACHABLE);
            assertThat(ssh.run(Command.of("echo", "back")).output()).isEqualTo("back\n");
        }
    }

    private static long socketFolders() throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("muster-ssh"))
                    .count();
        }
    }

    private static SshConnection ssh(final SshProgram program) {
        return CONNECTIONS.get(program);
    }

    private static CommandException fails(final SshProgram program, final Command command) {
        return catchThrowableOfType(CommandException.class, () -> ssh(program).run(command));
    }

    private static Command shell(final String script) {
        return Command.of("sh", "-c", script);
    }

    private static Command waiting(final Path pid) {
        return Command.of("sh", "-c", "echo $$ > \"$1\"; exec sleep 60", "x", pid.toString());
    }

    private static void awaitFile(final Path file) {
        await().until(() -> Files.exists(file) && Files.size(file) > 0);
    }

    private static boolean isAlive(final String pid) {
        return ProcessHandle.of(Long.parseLong(pid.strip()))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }

    private static void assertEchoes(final InetSocketAddress near) throws Exception {
        final byte[] sent = "0123456789abcde\n".repeat(1 << 14).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(near.getAddress(), near.getPort())) {
            final CompletableFuture<byte[]> echo = CompletableFuture.supplyAsync(() -> readAll(socket));
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            assertThat(echo.get()).isEqualTo(sent);
        }
    }

    private static byte[] readAll(final Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes();
        } catch (final IOException e) {
            return new byte[0];
        }
    }

    private static void echo(final ServerSocket target) {
        while (!target.isClosed()) {
            try (Socket socket = target.accept()) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (final IOException e) {
                continue;
            }
        }
    }

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }
}
