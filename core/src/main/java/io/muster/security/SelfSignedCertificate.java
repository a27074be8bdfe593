package io.muster.security;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** Makes an X.509 v3 certificate that an EC key signs for itself. */
final class SelfSignedCertificate {
    private static final Duration CLOCK_SKEW = Duration.ofDays(1);
    private static final Duration LIFETIME = Duration.ofDays(3653);
    private static final int SERIAL_BITS = 127;
    private static final int VERSION_3 = 2;

    private SelfSignedCertificate() {}

    /** A certificate for CN=muster, valid for ten years and, as clocks differ, since yesterday. */
    static X509Certificate create(KeyPair keys, Instant now, SecureRandom random) throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.objectIdentifier(1, 2, 840, 10045, 4, 3, 2));
        byte[] commonName = Der.sequence(Der.objectIdentifier(2, 5, 4, 3), Der.utf8("muster"));
        byte[] name = Der.sequence(Der.set(commonName));
        byte[] toBeSigned = Der.sequence(
                Der.context(0, Der.integer(BigInteger.valueOf(VERSION_3))),
                Der.integer(new BigInteger(SERIAL_BITS, random).setBit(0)),
                algorithm,
                name,
                Der.sequence(Der.time(now.minus(CLOCK_SKEW)), Der.time(now.plus(LIFETIME))),
                name,
                keys.getPublic().getEncoded());
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate(), random);
        signer.update(toBeSigned);
        byte[] encoded = Der.sequence(toBeSigned, algorithm, Der.bitString(signer.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }
}
