package io.muster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    private static final byte[] FINGERPRINT = new byte[32];

    private final Secret secret = Secret.random();

    @TempDir
    private Path directory;

    @Test
    void twoRandomSecretsDiffer() {
        assertThat(Secret.random()).isNotEqualTo(secret);
        assertThat(secret.toHex()).hasSize(64);
    }

    @Test
    void theHexadecimalFormRoundTrips() {
        assertThat(Secret.fromHex(secret.toHex())).isEqualTo(secret).hasSameHashCodeAs(secret);
        assertThat(Secret.fromHex(secret.toHex().toUpperCase(Locale.ROOT))).isEqualTo(secret);
    }

    @Test
    void theTextFormHidesTheValue() {
        assertThat(secret.toString()).isEqualTo("Secret[hidden]");
    }

    @Test
    void aMalformedSecretIsRefusedWithoutBeingShown() {
        String almost = secret.toHex().substring(1) + "g";

        assertThatThrownBy(() -> Secret.fromHex(almost))
                .isInstanceOf(MusterException.class)
                .hasMessage("secret: the character at index=63 is not a hexadecimal digit,"
                        + " required are 64 hexadecimal digits");
        assertThatThrownBy(() -> Secret.fromHex("abcd"))
                .hasMessage("secret: length=4, required are 64 hexadecimal digits");
    }

    @Test
    void theProofHasTheAgreedForm() {
        Secret known = Secret.fromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

        assertThat(HexFormat.of().formatHex(known.proof(1, FINGERPRINT)))
                .isEqualTo("8bf6d3d025ebcdd08326ee7905062ef7b36cab020a53d189c04f6084cd3b1798");
    }

    @Test
    void aProofHoldsForItsSecretRoleAndCertificateOnly() {
        byte[] proof = secret.proof(1, FINGERPRINT);
        byte[] otherFingerprint = FINGERPRINT.clone();
        otherFingerprint[31] = 1;
        byte[] damaged = proof.clone();
        damaged[0] ^= 1;

        assertThat(secret.proves(proof, 1, FINGERPRINT)).isTrue();
        assertThat(secret.proves(proof, 0, FINGERPRINT)).isFalse();
        assertThat(secret.proves(proof, 1, otherFingerprint)).isFalse();
        assertThat(Secret.random().proves(proof, 1, FINGERPRINT)).isFalse();
        assertThat(secret.proves(damaged, 1, FINGERPRINT)).isFalse();
        assertThat(secret.proves(new byte[0], 1, FINGERPRINT)).isFalse();
        assertThat(secret.proves(Arrays.copyOf(proof, 33), 1, FINGERPRINT)).isFalse();
    }

    @Test
    void rolesAndFingerprintsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> secret.proof(256, FINGERPRINT));
        assertThatIllegalArgumentException().isThrownBy(() -> secret.proof(-1, FINGERPRINT));
        assertThatIllegalArgumentException().isThrownBy(() -> secret.proof(1, new byte[20]));
    }

    @Test
    void aSecretFileIsReadWithAndWithoutNewline() throws Exception {
        assertThat(Secret.read(file(secret.toHex()))).isEqualTo(secret);
        assertThat(Secret.read(file(secret.toHex() + "\n"))).isEqualTo(secret);
    }

    @Test
    void aSecretFileWithAnythingElseIsRefusedWithoutBeingShown() throws Exception {
        Path tooLong = file(secret.toHex() + "\n\n");

        assertThatThrownBy(() -> Secret.read(tooLong))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageStartingWith("secret file=" + tooLong + ": secret: length=65")
                .hasMessageNotContaining(secret.toHex());
    }

    @Test
    void aSecretFileThatOthersMayReadIsRefused() throws Exception {
        Path open = file(secret.toHex());
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> Secret.read(open))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageContaining("mode=0644");
    }

    private Path file(String text) throws Exception {
        Path file = directory.resolve("secret");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }
}
