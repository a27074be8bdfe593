package io.muster.security;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts a server that shows exactly one certificate, the one with a known fingerprint; host names do not matter. */
final class PinningTrustManager extends X509ExtendedTrustManager {
    private final byte[] fingerprint;
    private final String mismatch;

    PinningTrustManager(byte[] fingerprint, String mismatch) {
        this.fingerprint = fingerprint;
        this.mismatch = mismatch;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        byte[] shown;
        try {
            shown = Identity.fingerprint(chain[0]);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(mismatch, e);
        }
        if (chain.length != 1 || !MessageDigest.isEqual(fingerprint, shown)) {
            throw new CertificateException(
                    mismatch + " (shown=" + HexFormat.of().formatHex(shown) + ")");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("clients show no certificates; they prove the secret inside TLS");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
