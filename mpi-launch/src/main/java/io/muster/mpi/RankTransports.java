package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out how this process was launched, and joins the launch. */
final class RankTransports {
    private static final Logger LOG = LoggerFactory.getLogger(RankTransports.class);

    private RankTransports() {}

    /**
     * Joins the launch that this process belongs to: the first provider that recognises it is taken. All ranks have to call it, and it
     * may wait for them.
     *
     * @param launch what is known of this process
     * @return the transport
     * @throws MpiLaunchException if there is no launch, or it is one that does not work
     */
    static RankTransport open(final Launch launch) {
        final LaunchOptions options = LaunchOptions.of(System::getProperty);
        return open(launch, options, providers(options));
    }

    static RankTransport open(
            final Launch launch, final LaunchOptions options, final List<RankTransportProvider> providers) {
        final String only = options.transport();
        if (only != null) {
            return named(only, providers)
                    .open(launch)
                    .orElseThrow(() -> new MpiLaunchException(
                            LaunchOptions.TRANSPORT + "=" + only + " does not fit how this process was started. "
                                    + NoLaunch.describe(launch),
                            null));
        }
        for (final RankTransportProvider provider : providers) {
            final Optional<RankTransport> transport = provider.open(launch);
            if (transport.isPresent()) {
                LOG.debug(
                        "rank={} of size={} by transport={}",
                        transport.get().rank(),
                        transport.get().size(),
                        transport.get().name());
                return transport.get();
            }
        }
        throw new MpiLaunchException(NoLaunch.describe(launch), null);
    }

    /**
     * The program's own arguments.
     *
     * @param launch what is known of this process
     * @return the arguments without those that MPJ Express has put in front
     */
    static List<String> programArguments(final Launch launch) {
        return MpjProvider.isMpj(launch)
                ? launch.arguments()
                        .subList(MpjProvider.ARGUMENTS, launch.arguments().size())
                : launch.arguments();
    }

    /** Muster's providers and those of the user, the first to be asked in front. */
    static List<RankTransportProvider> providers(final LaunchOptions options) {
        final List<RankTransportProvider> providers = new ArrayList<>(List.of(
                new GivenRankProvider(options),
                new MpjProvider(options),
                new PmiProvider(options),
                new SessionDirectoryProvider(options),
                new PmixProvider(options),
                new SharedFileProvider(options)));
        ServiceLoader.load(RankTransportProvider.class, Thread.currentThread().getContextClassLoader())
                .forEach(providers::add);
        providers.sort(Comparator.comparingInt(RankTransportProvider::priority));
        return providers;
    }

    private static RankTransportProvider named(final String name, final List<RankTransportProvider> providers) {
        return providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MpiLaunchException(
                        LaunchOptions.TRANSPORT + "=" + name + " must be one of "
                                + providers.stream()
                                        .map(RankTransportProvider::name)
                                        .toList(),
                        null));
    }
}
