package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.muster.config.ConfigurationException;
import io.muster.jobqueue.command.CommandException.Cause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledIf(value = "sshdIsThere", disabledReason = SshLab.NEEDED)
@Timeout(120)
final class SshLoginTest {
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
    }

    @AfterAll
    static void stopServer() {
        lab.close();
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownHostKeyIsRefusedAndNamed(final SshProgram program) throws IOException {
        final Path empty = Files.createFile(folder.resolve("known hosts"));
        final CommandException failure =
                fails(lab.stranger(program).knownHosts(empty).identity(lab.key()));
        assertThat(failure.why()).isEqualTo(Cause.FAILED);
        assertThat(failure)
                .hasMessageContaining(
                        "the host key of " + lab.address() + ", ssh-ed25519 " + lab.fingerprint("ssh-ed25519"))
                .hasMessageContaining("must be in knownHosts=" + empty)
                .hasMessageContaining("accept it by: ssh -o UserKnownHostsFile=" + empty);
        assertThat(empty).isEmptyFile();
    }

    @ParameterizedTest
    @EnumSource
    void aChangedHostKeyIsRefusedAndNamed(final SshProgram program) throws IOException {
        final String other =
                Files.readString(lab.knownHosts().resolveSibling("id.pub")).split(" ")[1];
        final String line = Files.readAllLines(lab.knownHosts()).get(0);
        final Path changed = folder.resolve("known_hosts");
        Files.writeString(changed, line.substring(0, line.lastIndexOf(' ')) + " " + other + "\n");
        final CommandException failure =
                fails(lab.stranger(program).knownHosts(changed).identity(lab.key()));
        assertThat(failure.why()).isEqualTo(Cause.FAILED);
        assertThat(failure)
                .hasMessageContaining("has changed to ssh-ed25519 " + lab.fingerprint("ssh-ed25519"))
                .hasMessageContaining("ssh-keygen -R '[127.0.0.1]:");
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatIsNotAuthorizedIsRefusedWithTheMethodsThatAre(final SshProgram program) {
        final Path key = folder.resolve("key");
        new LocalCommandRunner().run(Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
        final CommandException failure =
                fails(lab.stranger(program).knownHosts(lab.knownHosts()).identity(key));
        assertThat(failure.why()).isEqualTo(Cause.FAILED);
        assertThat(failure)
                .hasMessageContaining("lets nobody in")
                .hasMessageContaining(key.toString())
                .hasMessageContaining("methods=publickey");
    }

    @ParameterizedTest
    @EnumSource
    void anRsaKeyInTheOldFormatIsTaken(final SshProgram program) {
        try (SshConnection ssh = lab.stranger(program)
                .knownHosts(lab.knownHosts())
                .identity(lab.key().resolveSibling("id_rsa"))
                .open()) {
            assertThat(ssh.run(Command.of("echo", "in")).output()).isEqualTo("in\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPortWhereNothingListensIsSaidToRefuse(final SshProgram program) {
        final CommandException failure =
                fails(SshLogin.to("user@127.0.0.1:1").agent(false).program(program));
        assertThat(failure.why()).isEqualTo(Cause.UNREACHABLE);
        assertThat(failure).hasMessageContaining("nothing listens on port=1;");
    }

    @ParameterizedTest
    @EnumSource
    void aHostThatDoesNotExistIsSaidToBeUnknown(final SshProgram program) {
        final CommandException failure =
                fails(SshLogin.to("user@no-such-host.invalid").agent(false).program(program));
        assertThat(failure.why()).isEqualTo(Cause.UNREACHABLE);
        assertThat(failure).hasMessageContaining("host=no-such-host.invalid");
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatSaysNothingIsGivenUp(final SshProgram program) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            final CommandException failure = fails(SshLogin.to("user@127.0.0.1:" + silent.getLocalPort())
                    .agent(false)
                    .program(program)
                    .timeout(Duration.ofSeconds(1)));
            assertThat(failure.why()).isEqualTo(Cause.UNREACHABLE);
            assertThat(failure).hasMessageContaining("did not answer within timeout=PT1S");
        }
    }

    @Test
    void aKeyWithAPassphraseIsOpenedByAnAnswer() {
        final Path key = folder.resolve("key");
        final LocalCommandRunner local = new LocalCommandRunner();
        local.run(Command.of("cp", lab.key().toString(), key.toString()));
        local.run(Command.of("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", key.toString()));
        final SshLogin login =
                lab.stranger(SshProgram.JSCH).knownHosts(lab.knownHosts()).identity(key);
        try (SshConnection ssh =
                login.answers(question -> "secret".toCharArray()).open()) {
            assertThat(ssh.run(Command.of("true")).isSuccess()).isTrue();
        }
        assertThat(fails(login)).hasMessageContaining("lets nobody in");
    }

    @Test
    void aFileThatIsNoKeyIsNamed() throws IOException {
        final Path none = Files.writeString(folder.resolve("none"), "hello");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> lab.login(SshProgram.JSCH).identity(none).open())
                .withMessageContaining("identity=" + none);
    }

    @Test
    void theBinaryIsNotGivenPasswords() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() ->
                        lab.login(SshProgram.BINARY).password(() -> new char[0]).open())
                .withMessageContaining("program=BINARY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "user@login.site.org", "user@login:2222", "me@[fe80::1]:22", "a.b@c_d"})
    void anAddressIsTakenApart(final String address) {
        assertThat(SshLogin.to(address).toString()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "@host", "user@", "-oProxyCommand=x", "user@-host", "a b@host", "host:0", "host:99999", "h;x"
            })
    void anAddressThatIsNoneIsRefused(final String address) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> SshLogin.to(address))
                .withMessageContaining(address);
    }

    private static CommandException fails(final SshLogin login) {
        return catchThrowableOfType(CommandException.class, () -> login.open().close());
    }
}
