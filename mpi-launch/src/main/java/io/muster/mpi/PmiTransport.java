package io.muster.mpi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ranks that exchange values through their launcher by PMI-1. A rank that waits is blocked in a read. */
final class PmiTransport extends PlacedTransport {
    private static final String OTHER_WAY =
            ". The other way is -D" + LaunchOptions.TRANSPORT + "=" + SharedFileProvider.NAME + " on all ranks";

    /** On a port: size, rank and debug. */
    private static final int PORT_VALUES = 3;

    private final PmiWire wire;
    private final String space;
    private int exchanges;

    private PmiTransport(final Place place, final PmiWire wire, final String space) {
        super(PmiProvider.NAME, place);
        this.wire = wire;
        this.space = space;
    }

    /** Joins the launch whose socket the variables name. */
    static PmiTransport open(final Map<String, String> environment, final Duration timeout) {
        final Optional<Integer> number = RankEnvironment.number(environment, "PMI_FD");
        PmiWire wire = null;
        try {
            final ByteStreams streams = number.isPresent()
                    ? InheritedSocket.open(number.get())
                    : connect(environment.getOrDefault("PMI_PORT", ""), timeout);
            wire = new PmiWire(streams, timeout);
            final Place place = number.isPresent() ? placeByVariables(environment) : placeByWire(wire, environment);
            return join(wire, place);
        } catch (final IOException | MpiLaunchException e) {
            throw failed(wire, environment, e);
        }
    }

    @Override
    byte[] exchange(final byte[] bytes, final int root) {
        final String key = "muster-" + exchanges++;
        if (rank() == root) {
            final String value = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            wire.ask("cmd=put kvsname=" + space + " key=" + key + " value=v" + value, "put_result");
        }
        meet();
        final String value = require(wire.ask("cmd=get kvsname=" + space + " key=" + key, "get_result"), "value");
        return Base64.getUrlDecoder().decode(value.substring(1));
    }

    @Override
    void meet() {
        wire.ask("cmd=barrier_in", "barrier_out");
    }

    @Override
    void leave() {
        try (wire) {
            wire.ask("cmd=finalize", "finalize_ack");
        }
    }

    private static Socket socket(final String host, final int port, final Duration timeout) throws IOException {
        final Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
            return socket;
        } catch (final IOException e) {
            socket.close();
            throw e;
        }
    }

    private static ByteStreams connect(final String address, final Duration timeout) throws IOException {
        final int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IOException("PMI_PORT=" + address + " must be host:port");
        }
        final Socket socket =
                socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)), timeout);
        return new ByteStreams(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    private static Place placeByVariables(final Map<String, String> environment) {
        final int rank = requireNumber(environment, "PMI_RANK");
        final int size = requireNumber(environment, "PMI_SIZE");
        return Place.anywhere(rank, size)
                .locatedBy(RankEnvironment.of(environment).orElse(null));
    }

    /** On a port the launcher learns by a first message which process this is, and answers with three values. */
    private static Place placeByWire(final PmiWire wire, final Map<String, String> environment) {
        wire.ask("cmd=initack pmiid=" + requireNumber(environment, "PMI_ID"), "initack");
        final Map<String, String> place = new HashMap<>();
        for (int i = 0; i < PORT_VALUES; i++) {
            place.putAll(wire.expect("set"));
        }
        final int rank = requireNumber(place, "rank");
        final int size = requireNumber(place, "size");
        final Optional<RankEnvironment> known = RankEnvironment.of(environment);
        known.filter(found -> !found.launcher().equals(RankEnvironment.SLURM))
                .ifPresent(found -> found.requireSame("PMI-1", rank, size));
        return RankEnvironment.locate(environment, rank, size).locatedBy(known.orElse(null));
    }

    private static PmiTransport join(final PmiWire wire, final Place place) {
        wire.ask("cmd=init pmi_version=1 pmi_subversion=1", "response_to_init");
        final int longest = requireNumber(wire.ask("cmd=get_maxes", "maxes"), "vallen_max");
        final int required = 2 + (MAX_BYTES * 4 + 2) / 3;
        if (longest < required) {
            throw new MpiLaunchException("PMI-1: vallen_max=" + longest + " must be at least " + required, null);
        }
        return new PmiTransport(place, wire, require(wire.ask("cmd=get_my_kvsname", "my_kvsname"), "kvsname"));
    }

    private static int requireNumber(final Map<String, String> values, final String name) {
        return RankEnvironment.number(values, name)
                .orElseThrow(() -> new MpiLaunchException("PMI-1: " + name + " is missing", null));
    }

    private static String require(final Map<String, String> values, final String name) {
        final String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw new MpiLaunchException("PMI-1: the launcher's answer has no " + name, null);
        }
        return value;
    }

    private static MpiLaunchException failed(
            final @Nullable PmiWire wire, final Map<String, String> environment, final Exception cause) {
        if (wire != null) {
            try {
                wire.close();
            } catch (final MpiLaunchException e) {
                cause.addSuppressed(e);
            }
        }
        final String where = environment.containsKey("PMI_FD")
                ? "PMI_FD=" + environment.get("PMI_FD")
                : "PMI_PORT=" + environment.get("PMI_PORT");
        return new MpiLaunchException(
                "cannot join the launch at " + where + ": " + cause.getMessage()
                        + ". If this process was started by a rank and is none itself, strip the launcher's variables"
                        + " from its environment" + OTHER_WAY,
                cause);
    }
}
