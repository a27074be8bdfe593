package io.muster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyManagementException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private final Identity identity = Identity.create();

    @Test
    void theCertificateIsReadableAndSignedByItsOwnKey() throws Exception {
        X509Certificate certificate = reread(identity.certificate());

        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=muster");
        assertThat(certificate.getIssuerX500Principal()).isEqualTo(certificate.getSubjectX500Principal());
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getSerialNumber()).isGreaterThan(BigInteger.ZERO);
    }

    @Test
    void theCertificateIsValidForTenYears() throws Exception {
        X509Certificate certificate = reread(identity.certificate());

        certificate.checkValidity();
        Instant end = certificate.getNotAfter().toInstant();
        assertThat(Duration.between(Instant.now(), end)).isBetween(Duration.ofDays(3651), Duration.ofDays(3653));
    }

    @Test
    void aCertificateThatEndsAfter2049IsReadable() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        Instant in2045 = Instant.parse("2045-06-01T00:00:00Z");

        X509Certificate certificate =
                reread(SelfSignedCertificate.create(generator.generateKeyPair(), in2045, new SecureRandom()));

        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(in2045.plus(Duration.ofDays(3653)));
    }

    @Test
    void theFingerprintIsTheHashOfTheEncodedCertificate() throws Exception {
        byte[] expected = MessageDigest.getInstance("SHA-256")
                .digest(identity.certificate().getEncoded());

        assertThat(identity.fingerprint()).isEqualTo(expected);
        assertThat(Identity.create().fingerprint()).isNotEqualTo(expected);
    }

    @Test
    void enginesSpeakOnlyTls13AndHaveTheirSide() {
        SSLEngine server = identity.serverContext().createSSLEngine();
        SSLEngine client = Identity.pinning(identity.fingerprint()).createSSLEngine("anywhere", 1);

        assertThat(server.getUseClientMode()).isFalse();
        assertThat(client.getUseClientMode()).isTrue();
        assertThat(server.getEnabledProtocols()).containsExactly("TLSv1.3");
        assertThat(client.getEnabledProtocols()).containsExactly("TLSv1.3");
        assertThat(client.getEnabledCipherSuites()[0]).isEqualTo("TLS_AES_128_GCM_SHA256");
    }

    @Test
    void aContextCannotBeChangedOrMakeSockets() {
        SSLContext context = identity.serverContext();

        assertThatThrownBy(() -> context.init(null, null, null)).isInstanceOf(KeyManagementException.class);
        assertThatThrownBy(context::getSocketFactory).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aFingerprintOfAnotherLengthIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identity.pinning(new byte[31]))
                .withMessage("fingerprint.length=31 must be 32");
    }

    @Test
    void onlyThePinnedCertificateAloneIsTrusted() throws Exception {
        X509Certificate ours = identity.certificate();
        X509Certificate other = Identity.create().certificate();
        PinningTrustManager trust = new PinningTrustManager(identity.fingerprint(), "wrong one");

        trust.checkServerTrusted(new X509Certificate[] {ours}, "UNKNOWN");
        assertThatThrownBy(() -> trust.checkServerTrusted(new X509Certificate[] {other}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class)
                .hasMessageStartingWith("wrong one (shown=");
        assertThatThrownBy(() -> trust.checkServerTrusted(new X509Certificate[] {ours, other}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[] {ours}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class);
    }

    private static X509Certificate reread(X509Certificate certificate) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
    }
}
