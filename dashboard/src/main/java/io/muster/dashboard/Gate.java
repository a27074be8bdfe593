package io.muster.dashboard;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides who may look: who asks for this host under one of its names, from a page of its own, and has the token. */
final class Gate {
    /*
     * The token is in the link that opens the dashboard; the page that comes with it sets it as a cookie, which the browser then sends
     * with every request, and no script can read. The cookie has no path, so it counts for the folder that the browser sees, whatever
     * proxies put before it; its name differs from cluster to cluster, as browsers share cookies among the ports of a host.
     */
    private static final String BEARER = "bearer ";

    private final byte[] token;
    private final String cookie;
    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final Set<String> allowed = new HashSet<>();

    /**
     * Makes one.
     *
     * @param token what opens the dashboard
     * @param allowedHosts by which names browsers reach it besides those of this host
     */
    Gate(final String token, final Collection<String> allowedHosts) {
        this.token = token.getBytes(StandardCharsets.US_ASCII);
        cookie = "muster-" + HexFormat.of().formatHex(digest(this.token), 0, 4);
        allowedHosts.forEach(name -> allowed.add(name.strip().toLowerCase(Locale.ROOT)));
        hosts.addAll(allowed);
        addOwnNames(hosts);
    }

    String token() {
        return new String(token, StandardCharsets.US_ASCII);
    }

    /** Why a request comes from the wrong place; null if it does not. */
    @Nullable
    Response misdirected(final Request request) {
        final String host = request.header("host");
        if (host == null) {
            return Response.text(400, "a request must name its host");
        }
        if (!hosts.contains(nameOf(host))) {
            return Response.text(
                    403,
                    "this dashboard is not known by the name that your browser used for it. If that is right, as behind"
                            + " a proxy, name it in the scheduler's setting dashboard.allowed-hosts");
        }
        final String origin = request.header("origin");
        if (origin != null && !isOwn(origin, host)) {
            return Response.text(403, "requests from pages of another origin are not answered");
        }
        return null;
    }

    /** Whether a request carries the token: in its address, in a header, or as a cookie. */
    boolean isTrusted(final Request request) {
        final String authorization = request.headers().getOrDefault("authorization", "");
        final boolean isBearer = authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                && isToken(authorization.substring(BEARER.length()).strip());
        return isTrustedByAddress(request) | isBearer | isTrustedByCookie(request);
    }

    /** Whether the token is in its address. */
    boolean isTrustedByAddress(final Request request) {
        return isToken(request.query("token", ""));
    }

    /** The header by which a browser keeps the token for the folder of the page. */
    String cookieHeader() {
        return cookie + "=" + token() + "; HttpOnly; SameSite=Strict";
    }

    private boolean isTrustedByCookie(final Request request) {
        for (final String each : request.headers().getOrDefault("cookie", "").split(";", -1)) {
            final int equals = each.indexOf('=');
            if (equals > 0
                    && each.substring(0, equals).strip().equals(cookie)
                    && isToken(each.substring(equals + 1).strip())) {
                return true;
            }
        }
        return false;
    }

    private boolean isToken(final String text) {
        return MessageDigest.isEqual(token, text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isOwn(final String origin, final String host) {
        try {
            final URI uri = new URI(origin);
            final String authority = uri.getAuthority();
            return authority != null
                    && (authority.equalsIgnoreCase(host) || allowed.contains(nameOf(authority)))
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (final URISyntaxException e) {
            return false;
        }
    }

    /** A host without its port. */
    private static String nameOf(final String host) {
        final int colon = host.lastIndexOf(':');
        final boolean hasPort = colon > host.lastIndexOf(']') && host.indexOf(':') >= 0;
        final String name = (hasPort ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static void addOwnNames(final Set<String> hosts) {
        try {
            final InetAddress own = InetAddress.getLocalHost();
            hosts.add(own.getHostName().toLowerCase(Locale.ROOT));
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(address -> hosts.add(inHost(address)));
        } catch (final UnknownHostException | SocketException e) {
            hosts.add("localhost");
        }
    }

    /** An address as it stands in a URL. */
    static String inHost(final InetAddress address) {
        final String text = address.getHostAddress();
        final int zone = text.indexOf('%');
        final String plain = zone < 0 ? text : text.substring(0, zone);
        return plain.indexOf(':') < 0 ? plain : "[" + plain + "]";
    }

    private static byte[] digest(final byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
