import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCompute;
import org.apache.ignite.IgniteException;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.lang.IgniteCallable;
import org.apache.ignite.lang.IgniteClosure;
import org.apache.ignite.lang.IgniteFuture;
import org.apache.ignite.logger.NullLogger;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/**
 * Ignite's compute grid: a client node, and a server node with a thread for each core. A map is a call for each
 * argument, which is faster than calls with collections of them.
 */
final class IgnitePeer extends PeerDriver {
    private static final int RANGE = 20;

    private final Member member;
    private final Ignite ignite;
    private final IgniteCompute compute;

    private IgnitePeer(final String cores) throws Exception {
        member = new Member(IgnitePeer.class, cores);
        final String[] words = member.word().split(":");
        final IgniteConfiguration config =
                configuration("client", Integer.parseInt(cores), Integer.parseInt(words[1]), 1);
        config.setClientMode(true);
        ignite = Ignition.start(config);
        compute = ignite.compute(ignite.cluster().forServers());
    }

    public static void main(final String[] arguments) throws Exception {
        final PrintStream out = answers();
        if (!arguments[0].equals("member")) {
            serve(out, new IgnitePeer(arguments[4]), arguments);
            return;
        }
        final int base = 20_000 + (int) (ProcessHandle.current().pid() % 200) * 2 * RANGE;
        Ignition.start(configuration("server", Integer.parseInt(arguments[1]), base, RANGE));
        Member.serve(out, "ports:" + base);
    }

    private static IgniteConfiguration configuration(
            final String name, final int cores, final int port, final int addresses) {
        final TcpDiscoveryVmIpFinder finder = new TcpDiscoveryVmIpFinder();
        finder.setAddresses(List.of("127.0.0.1:" + port + ".." + (port + RANGE - 1)));
        return new IgniteConfiguration()
                .setIgniteInstanceName(name)
                .setGridLogger(new NullLogger())
                .setLocalHost("127.0.0.1")
                .setWorkDirectory(System.getProperty("user.dir") + "/" + name)
                .setPublicThreadPoolSize(cores)
                .setMetricsLogFrequency(0)
                .setDiscoverySpi(new TcpDiscoverySpi()
                        .setIpFinder(finder)
                        .setLocalPort(port)
                        .setLocalPortRange(RANGE - 1))
                .setCommunicationSpi(
                        new TcpCommunicationSpi().setLocalPort(port + RANGE).setLocalPortRange(RANGE - 1));
    }

    @Override
    long map(final int tasks) {
        final List<IgniteFuture<Integer>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(compute.applyAsync(new Same(), (Integer) i));
        }
        long sum = 0;
        for (final IgniteFuture<Integer> future : futures) {
            sum += future.get();
        }
        return sum;
    }

    @Override
    void submit(final int task, final int[] inputs) {
        compute.callAsync(new Node(inputs)).listen(future -> {
            try {
                finished(task, future.get());
            } catch (final IgniteException e) {
                failed(e);
            }
        });
    }

    @Override
    public void close() {
        ignite.close();
        member.close();
    }

    /** A task of a map. */
    static final class Same implements IgniteClosure<Integer, Integer> {
        private static final long serialVersionUID = 1L;

        @Override
        public Integer apply(final Integer number) {
            return number;
        }
    }

    /** A task of a graph. */
    static final class Node implements IgniteCallable<Integer> {
        private static final long serialVersionUID = 1L;

        private final int[] inputs;

        Node(final int[] inputs) {
            this.inputs = inputs;
        }

        @Override
        public Integer call() {
            return node(inputs);
        }
    }
}
