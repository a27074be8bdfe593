package io.muster.transport;

import io.muster.MusterException;
import io.muster.security.SchedulerFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a scheduler by whichever of its addresses works. Blocks its caller, within a bound. Used by one thread at a time.
 *
 * <p>Addresses are tried in order, the one that worked last first. One that is refused fails at once; one that is silent gets at most three
 * seconds while there are others, and what is left of the time after all were tried.
 */
public final class Dialer {
    private static final long SILENCE_NS = 3_000_000_000L;
    private static final long WORTHWHILE_NS = 100_000_000L;

    private final SchedulerFile file;
    private final List<InetSocketAddress> addresses;
    private final Route route;

    private Dialer(final SchedulerFile file, final List<InetSocketAddress> addresses, final Route route) {
        this.file = file;
        this.addresses = new ArrayList<>(addresses);
        this.route = route;
    }

    /**
     * A session that has begun.
     *
     * @param tls the lifeline
     * @param welcome what the scheduler said
     */
    public record Welcomed(TlsChannel tls, Welcome welcome) {}

    /**
     * A dialer for the addresses in a scheduler's file.
     *
     * @param file the scheduler's
     * @param route how they are reached from here
     * @return the dialer
     */
    public static Dialer of(final SchedulerFile file, final Route route) {
        return new Dialer(
                file,
                Stream.concat(Stream.of(file.address()), file.addresses().stream())
                        .distinct()
                        .map(Dialer::socketAddress)
                        .toList(),
                route);
    }

    /**
     * A dialer for another address than a scheduler's file says, as of a tunnel.
     *
     * @param file the scheduler's, for the secret and the certificate
     * @param address where the scheduler is reached
     * @return the dialer
     */
    public static Dialer of(final SchedulerFile file, final InetSocketAddress address) {
        return new Dialer(file, List.of(address), Route.DIRECT);
    }

    /**
     * Reads an address.
     *
     * @param address {@code tcp://host:port}
     * @return the same for a socket, not looked up
     * @throws MusterException if it is none
     */
    public static InetSocketAddress socketAddress(final String address) {
        try {
            final URI uri = URI.create(address);
            if ("tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
                final String host = uri.getHost();
                return InetSocketAddress.createUnresolved(
                        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
            }
        } catch (final IllegalArgumentException e) {
            throw new MusterException("address=" + address + " must be tcp://host:port", e);
        }
        throw new MusterException("address=" + address + " must be tcp://host:port");
    }

    /**
     * Another one for the same scheduler, for another thread.
     *
     * @return it tries the same addresses, in the same order
     */
    public Dialer copy() {
        return new Dialer(file, addresses, route);
    }

    /**
     * Where it looks for the scheduler.
     *
     * @return a snapshot, in the order in which they are tried, not looked up
     */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Connects.
     *
     * @param hello what to say
     * @param timeout for everything
     * @return the session
     * @throws MusterException if nobody answers, it is not that scheduler, or it refuses; the message says what each address answered and what
     *     to do
     */
    public Welcomed dial(final PeerHello hello, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final Map<InetSocketAddress, String> answers = new LinkedHashMap<>();
        List<InetSocketAddress> untried = addresses();
        long mostNs = untried.size() == 1 ? Long.MAX_VALUE : SILENCE_NS;
        do {
            final List<InetSocketAddress> silent = new ArrayList<>();
            for (int i = 0; i < untried.size(); i++) {
                final long shareNs = (deadlineNs - System.nanoTime()) / (untried.size() - i);
                final Call call = new Call(untried.get(i), hello, Math.min(shareNs, mostNs));
                final Welcomed welcomed = call.run();
                if (welcomed != null) {
                    prefer(untried.get(i));
                    return welcomed;
                }
                answers.put(untried.get(i), call.answer);
                if (call.silent) {
                    silent.add(untried.get(i));
                }
            }
            untried = silent;
            mostNs = Long.MAX_VALUE;
        } while (!untried.isEmpty() && deadlineNs - System.nanoTime() > WORTHWHILE_NS);
        throw failure(answers);
    }

    private void prefer(final InetSocketAddress address) {
        addresses.remove(address);
        addresses.add(0, address);
    }

    private static MusterException failure(final Map<InetSocketAddress, String> answers) {
        final StringBuilder text = new StringBuilder("can't connect to the scheduler: ");
        answers.forEach((address, answer) -> text.append(text(address.getHostString(), address.getPort()))
                .append(": ")
                .append(answer)
                .append("; "));
        return new MusterException(text.append("is it running, and is ")
                .append(answers.size() == 1 ? "this address" : "one of these addresses")
                .append(" reachable from this host? scheduler.interface sets the network that it uses")
                .toString());
    }

    private static String text(final String host, final int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** One address, by all that its name and the route lead to. */
    private final class Call {
        private final InetSocketAddress address;
        private final PeerHello hello;
        private final long shareNs;
        private String answer = "";
        private boolean silent;

        Call(final InetSocketAddress address, final PeerHello hello, final long shareNs) {
            this.address = address;
            this.hello = hello;
            this.shareNs = shareNs;
        }

        @Nullable
        Welcomed run() {
            final long startNs = System.nanoTime();
            try {
                final List<InetSocketAddress> places = places();
                for (int i = 0; i < places.size(); i++) {
                    final long leftNs = shareNs - (System.nanoTime() - startNs);
                    final Welcomed welcomed = attempt(places.get(i), leftNs / (places.size() - i));
                    if (welcomed != null) {
                        return welcomed;
                    }
                }
            } catch (final UnknownHostException e) {
                answer = "host unknown here";
            } catch (final Greeting.RefusedException e) {
                throw e;
            } catch (final MusterException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                answer = "no way there: " + e.getMessage();
            }
            return null;
        }

        private List<InetSocketAddress> places() throws UnknownHostException {
            final InetSocketAddress place = route.to(address);
            if (!place.isUnresolved()) {
                return List.of(place);
            }
            return Stream.of(InetAddress.getAllByName(place.getHostString()))
                    .map(found -> new InetSocketAddress(found, place.getPort()))
                    .toList();
        }

        private @Nullable Welcomed attempt(final InetSocketAddress place, final long withinNs) {
            try {
                return new DialAttempt(place, System.nanoTime() + withinNs).run(file, hello);
            } catch (final DialAttempt.SilenceException e) {
                silent = true;
                note(place, "no answer within " + roundedMs(withinNs) + " ms");
            } catch (final IOException e) {
                note(place, meaning(e));
            }
            return null;
        }

        private void note(final InetSocketAddress place, final String said) {
            final String literal = HostAddress.text(place.getAddress());
            final String source = HostAddress.sourceFor(place);
            answer += (answer.isEmpty() ? "" : ", ")
                    + (address.getHostString().contains(":") || literal.equals(address.getHostString())
                            ? ""
                            : "(" + text(literal, place.getPort()) + ") ")
                    + said
                    + (source.isEmpty() ? "" : " (tried from " + source + device(source) + ")");
        }

        private static String device(final String source) {
            try {
                final String device = LocalNetworks.current().deviceOf(InetAddress.getByName(source));
                return device.isEmpty() ? "" : " on " + device;
            } catch (final UnknownHostException e) {
                return "";
            }
        }

        /** Rounded, so that the next try in vain says the same. */
        private static long roundedMs(final long ns) {
            return Math.max(0, ns + 50_000_000) / 100_000_000 * 100;
        }

        private static String meaning(final IOException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            final String message = root.getMessage() == null ? root.toString() : root.getMessage();
            if (message.startsWith("Connection refused")) {
                return "refused: nothing listens there";
            }
            if (root instanceof SocketException) {
                return message.contains("oute") || message.contains("unreachable") ? "no route" : message;
            }
            return "another process answered: " + message;
        }
    }
}
