package io.muster.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.muster.MusterException;
import io.muster.security.PrivateFileException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SchedulerFileTest {
    private final Secret secret = Secret.random();
    private final SchedulerFile content = with("tcp://node1:8786", "ab".repeat(32));

    @TempDir
    private Path directory;

    @Test
    void whatIsWrittenIsReadBack() {
        Path file = directory.resolve("scheduler.json");
        content.write(file);

        assertThat(SchedulerFile.read(file)).isEqualTo(content);
        assertThat(content.fingerprintBytes()).hasSize(32).containsOnly(0xab);
    }

    @Test
    void theFileIsPrivateAndAlone() throws Exception {
        Path file = directory.resolve("scheduler.json");
        content.write(file);
        content.write(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void anOpenOlderFileIsReplacedByAPrivateOne() throws Exception {
        Path file = privateFile("old".getBytes(UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        content.write(file);

        assertThat(SchedulerFile.read(file)).isEqualTo(content);
    }

    @Test
    void aReaderNeverSeesAHalfWrittenFile() {
        Path file = directory.resolve("scheduler.json");
        content.write(file);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 200; i++) {
                content.write(file);
            }
        });

        while (!writer.isDone()) {
            assertThat(SchedulerFile.read(file)).isEqualTo(content);
        }
        writer.join();
    }

    @Test
    void theTextFormHidesTheSecret() {
        assertThat(content.toString()).contains("tcp://node1:8786").doesNotContain(secret.toHex());
    }

    @Test
    void aMissingFileIsReportedAsMissing() {
        assertRefused(directory.resolve("absent"), Reason.MISSING, "does not exist");
    }

    @Test
    void anEmptyFileIsIncomplete() throws Exception {
        assertRefused(privateFile(new byte[0]), Reason.INCOMPLETE, "is empty");
    }

    @Test
    void aFileCutOffAnywhereIsIncomplete() throws Exception {
        byte[] whole = written();
        for (int length = 0; length < whole.length - 2; length++) {
            Path file = privateFile(Arrays.copyOf(whole, length));
            assertThat(catchThrowableOfType(PrivateFileException.class, () -> SchedulerFile.read(file))
                            .reason())
                    .isEqualTo(Reason.INCOMPLETE);
        }
    }

    @Test
    void twoDocumentsAreRefused() throws Exception {
        String whole = new String(written(), UTF_8);

        assertRefused(privateFile((whole + whole).getBytes(UTF_8)), Reason.REFUSED, "more text follows");
    }

    @Test
    void aByteOrderMarkIsRefused() throws Exception {
        String whole = new String(written(), UTF_8);

        assertRefused(privateFile(("\uFEFF" + whole).getBytes(UTF_8)), Reason.REFUSED, "byte order mark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---", "rw-rw-rw-"})
    void aFileThatOthersMayAccessIsRefused(String permissions) throws Exception {
        Path file = privateFile(written());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertRefused(file, Reason.REFUSED, "chmod 600 " + file);
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, privateFile(written()));

        assertRefused(link, Reason.REFUSED, "symbolic link");
    }

    @Test
    void aFileOfSomeoneElseIsRefused() throws Exception {
        Path file = privateFile(written());
        long stranger = PrivateFilesTest.uid() + 1;

        assertThatThrownBy(() -> PrivateFiles.read(file, "scheduler file", stranger))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageContaining("belongs to uid=" + PrivateFilesTest.uid());
    }

    @Test
    void aPipeIsRefusedWithoutBlocking() throws Exception {
        Path pipe = directory.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start();
        assertThat(mkfifo.waitFor()).isZero();

        assertRefused(pipe, Reason.REFUSED, "required is a regular file");
    }

    @Test
    void aDirectoryIsRefused() {
        assertRefused(directory, Reason.REFUSED, "is a directory");
    }

    @Test
    void aHugeFileIsRefused() throws Exception {
        byte[] huge = new byte[PrivateFiles.MAX_FILE_BYTES + 1];
        Arrays.fill(huge, (byte) ' ');

        assertRefused(privateFile(huge), Reason.REFUSED, "larger than 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\": 1            | \"version\": 2              | version=2 is unknown",
                "\"version\": 1,           | ''                          | version is missing",
                "\"epoch\": 3              | \"epoch\": \"3\"            | epoch has the wrong type",
                "\"epoch\": 3              | \"epoch\": -3               | epoch=-3 must be >= 0",
                "\"epoch\": 3              | \"epoch\": 3, \"epoch\": 3  | a key appears twice",
                "\"pid\": 42               | \"pid\": 4.5                | pid has the wrong type",
                "tcp://node1:8786          | tcp://node1:0               | port=0 must be in 1..65535",
                "tcp://node1:8786          | tcp://node1:65536           | port=65536 must be in 1..65535",
                "tcp://node1:8786          | tcp://node1:-1              | must be tcp://host:port",
                "tcp://node1:8786          | http://node1:1              | must be tcp://host:port",
                "tcp://node1:8786          | tcp://:1                    | must be tcp://host:port",
                "abababab                  | xbababab                    | required are 64 hexadecimal digits",
                "2026-01-31T12:00:00Z      | yesterday                   | started=yesterday is not an ISO instant"
            })
    void anInvalidMemberIsRefusedByName(String from, String to, String message) throws Exception {
        String whole = new String(written(), UTF_8);
        assertThat(whole).contains(from);

        assertRefused(privateFile(whole.replaceFirst(from, to).getBytes(UTF_8)), Reason.REFUSED, message);
    }

    @Test
    void aMalformedSecretIsRefusedWithoutBeingShown() throws Exception {
        String damaged = secret.toHex().substring(1) + "z";
        byte[] bytes =
                new String(written(), UTF_8).replace(secret.toHex(), damaged).getBytes(UTF_8);
        Path file = privateFile(bytes);

        assertThatThrownBy(() -> SchedulerFile.read(file))
                .hasMessageContaining("secret: the character at index=63")
                .hasMessageNotContaining(damaged.substring(0, 60));
    }

    @Test
    void membersOfLaterVersionsAreIgnored() throws Exception {
        String whole = new String(written(), UTF_8).replace("\"epoch\"", "\"added\": {\"x\": []}, \"epoch\"");

        assertThat(SchedulerFile.read(privateFile(whole.getBytes(UTF_8)))).isEqualTo(content);
    }

    @Test
    void ipv6AddressesAreInBrackets() {
        assertThat(with("tcp://[2001:db8::1]:8786", "ab".repeat(32)).address()).contains("db8");
        assertThat(with("tcp://[fe80::1%eth0]:8786", "ab".repeat(32)).address()).contains("eth0");
        assertThatThrownBy(() -> with("tcp://fe80::1:8786", "ab".repeat(32))).isInstanceOf(MusterException.class);
    }

    @Test
    void waitingEndsWhenTheFileAppears() {
        Path file = directory.resolve("scheduler.json");
        CompletableFuture<SchedulerFile> waiting =
                CompletableFuture.supplyAsync(() -> SchedulerFile.await(file, Duration.ofSeconds(30)));
        content.write(file);

        await().atMost(Duration.ofSeconds(5)).until(waiting::isDone);
        assertThat(waiting.join()).isEqualTo(content);
    }

    @Test
    void waitingThatTimesOutSaysForWhatAndHowLong() {
        Path file = directory.resolve("absent");

        assertThatThrownBy(() -> SchedulerFile.await(file, Duration.ofMillis(30)))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageStartingWith("waited timeout=30ms for scheduler file=" + file)
                .hasMessageContaining("does not exist");
    }

    @Test
    void waitingForAnUnsafeFileFailsAtOnce() throws Exception {
        Path file = privateFile(written());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> SchedulerFile.await(file, Duration.ofDays(1)))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageContaining("mode=0644");
    }

    @Test
    void anInterruptEndsTheWaitAndStays() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> SchedulerFile.await(directory.resolve("absent"), Duration.ofDays(1)))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aFileThatCannotBeWrittenIsReportedByName() {
        Path file = directory.resolve("no/such/directory.json");

        assertThatThrownBy(() -> content.write(file))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("scheduler file=" + file);
    }

    private SchedulerFile with(String address, String fingerprint) {
        return new SchedulerFile(
                "cluster-1",
                3,
                address,
                List.of(address, "tcp://10.0.0.1:8786"),
                fingerprint,
                secret,
                42,
                "node1",
                "ada",
                Instant.parse("2026-01-31T12:00:00Z"),
                "0.1.0");
    }

    private byte[] written() throws Exception {
        Path file = directory.resolve("written.json");
        content.write(file);
        return Files.readAllBytes(file);
    }

    private Path privateFile(byte[] bytes) throws Exception {
        Path file = directory.resolve("file.json");
        Files.write(file, bytes);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static void assertRefused(Path file, Reason reason, String message) {
        PrivateFileException refused = catchThrowableOfType(PrivateFileException.class, () -> SchedulerFile.read(file));

        assertThat(refused).hasMessageContaining(message).hasMessageContaining(file.toString());
        assertThat(refused.reason()).isEqualTo(reason);
    }
}
