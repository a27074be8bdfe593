package io.muster.security;

import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A context whose engines can't be anything but one side of TLS 1.3, with AES-128-GCM preferred.
 *
 * <p>A server sends no session tickets: TLS 1.3 limits them to seven days, and JSSE sends none for longer sessions.
 * Every connection thus has a full handshake with a certificate, and no bytes but the application's after it.
 */
final class Tls13Context extends SSLContextSpi {
    private static final String PROTOCOL = "TLSv1.3";
    private static final String[] PROTOCOLS = {PROTOCOL};
    private static final String[] CIPHER_SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};

    private static final int LONGER_THAN_ANY_TICKET_SECONDS = 7 * 24 * 3600 + 1;

    private final SSLContext delegate;
    private final boolean clientMode;

    private Tls13Context(SSLContext delegate, boolean clientMode) {
        this.delegate = delegate;
        this.clientMode = clientMode;
    }

    static SSLContext server(KeyManager keys) throws GeneralSecurityException {
        SSLContext context = wrap(new KeyManager[] {keys}, new TrustManager[0], false);
        context.getServerSessionContext().setSessionTimeout(LONGER_THAN_ANY_TICKET_SECONDS);
        return context;
    }

    static SSLContext client(TrustManager trust) throws GeneralSecurityException {
        return wrap(new KeyManager[0], new TrustManager[] {trust}, true);
    }

    private static SSLContext wrap(KeyManager[] keys, TrustManager[] trust, boolean clientMode)
            throws GeneralSecurityException {
        SSLContext delegate = SSLContext.getInstance(PROTOCOL);
        delegate.init(keys, trust, null);
        return new SSLContext(new Tls13Context(delegate, clientMode), delegate.getProvider(), PROTOCOL) {};
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return restrict(delegate.createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return restrict(delegate.createSSLEngine(host, port));
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return new SSLParameters(CIPHER_SUITES.clone(), PROTOCOLS.clone());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return engineGetDefaultSSLParameters();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return delegate.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return delegate.getClientSessionContext();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        throw new UnsupportedOperationException("this context makes engines, not sockets: use createSSLEngine()");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException("this context makes engines, not sockets: use createSSLEngine()");
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("this context is ready for use and can't be changed");
    }

    private SSLEngine restrict(SSLEngine engine) {
        engine.setUseClientMode(clientMode);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setEnabledCipherSuites(CIPHER_SUITES);
        return engine;
    }
}
