package io.muster.transport;

import io.muster.MusterException;
import io.muster.config.TransportChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the transport that carries sessions faster than the lifeline. */
public final class LinkFactories {
    private static final Logger LOG = LoggerFactory.getLogger(LinkFactories.class);

    private LinkFactories() {}

    /**
     * The factory to use.
     *
     * @param choice what the user wants
     * @return the factory; null: the lifeline carries everything
     * @throws MusterException if Aeron is asked for and can't be used, with the reason
     */
    public static @Nullable LinkFactory choose(final TransportChoice choice) {
        if (choice == TransportChoice.TCP) {
            return null;
        }
        final List<String> reasons = new ArrayList<>();
        for (final LinkFactory factory : ServiceLoader.load(LinkFactory.class, LinkFactory.class.getClassLoader())) {
            final String reason = factory.unavailable();
            if (reason == null) {
                return factory;
            }
            reasons.add(reason);
        }
        if (reasons.isEmpty()) {
            reasons.add("muster-transport-aeron is not on the class path");
        }
        final String text = String.join("; ", reasons);
        if (choice == TransportChoice.AERON) {
            throw new MusterException("transport=aeron can't be used: " + text);
        }
        LOG.info("using TCP: {}", text);
        return null;
    }
}
