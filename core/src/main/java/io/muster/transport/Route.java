package io.muster.transport;

import io.muster.MusterException;
import java.net.InetSocketAddress;

/** Where a client connects to when it wants to reach an address in the cluster: {@link #DIRECT}ly there, or to a tunnel's near end. */
@FunctionalInterface
public interface Route {
    /** No detour. */
    Route DIRECT = target -> target;

    /**
     * Finds the way to an address. Called by any thread before each connection; may block while a tunnel is made.
     *
     * @param target what the cluster calls it, mostly not looked up, as its name may mean something only there
     * @return what to connect to
     * @throws MusterException if there is no way
     */
    InetSocketAddress to(InetSocketAddress target);
}
