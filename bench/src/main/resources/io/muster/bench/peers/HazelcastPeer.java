import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/** Hazelcast's executor service: a client, and one member with a thread for each core. */
final class HazelcastPeer extends PeerDriver {
    private static final String EXECUTOR = "tasks";

    private final Member member;
    private final HazelcastInstance client;
    private final IExecutorService executor;

    private HazelcastPeer(final String cores) throws IOException {
        member = new Member(HazelcastPeer.class, cores);
        final ClientConfig config = new ClientConfig();
        config.setProperty("hazelcast.logging.type", "none");
        config.getNetworkConfig().addAddress("127.0.0.1:" + member.word());
        serialization(config.getSerializationConfig());
        client = HazelcastClient.newHazelcastClient(config);
        executor = client.getExecutorService(EXECUTOR);
    }

    public static void main(final String[] arguments) throws Exception {
        final PrintStream out = answers();
        if (!arguments[0].equals("member")) {
            serve(out, new HazelcastPeer(arguments[4]), arguments);
            return;
        }
        final Config config = new Config();
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().setPublicAddress("127.0.0.1");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.addExecutorConfig(
                new ExecutorConfig(EXECUTOR, Integer.parseInt(arguments[1])).setStatisticsEnabled(false));
        serialization(config.getSerializationConfig());
        final HazelcastInstance instance = Hazelcast.newHazelcastInstance(config);
        Member.serve(out, instance.getCluster().getLocalMember().getAddress().getPort());
    }

    private static void serialization(final SerializationConfig config) {
        config.addDataSerializableFactory(1, type -> type == 0 ? new Same() : new Node());
    }

    @Override
    long map(final int tasks) throws Exception {
        final List<Future<Integer>> futures = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            futures.add(executor.submit(new Same(i)));
        }
        long sum = 0;
        for (final Future<Integer> future : futures) {
            sum += future.get();
        }
        return sum;
    }

    @Override
    void submit(final int task, final int[] inputs) {
        executor.submit(new Node(inputs), new ExecutionCallback<Integer>() {
            @Override
            public void onResponse(final Integer value) {
                finished(task, value);
            }

            @Override
            public void onFailure(final Throwable cause) {
                failed(cause);
            }
        });
    }

    @Override
    public void close() {
        client.shutdown();
        member.close();
    }

    /** A task of a map. */
    static final class Same implements Callable<Integer>, IdentifiedDataSerializable {
        private int number;

        Same() {}

        Same(final int number) {
            this.number = number;
        }

        @Override
        public Integer call() {
            return number;
        }

        @Override
        public int getFactoryId() {
            return 1;
        }

        @Override
        public int getClassId() {
            return 0;
        }

        @Override
        public void writeData(final ObjectDataOutput out) throws IOException {
            out.writeInt(number);
        }

        @Override
        public void readData(final ObjectDataInput in) throws IOException {
            number = in.readInt();
        }
    }

    /** A task of a graph. */
    static final class Node implements Callable<Integer>, IdentifiedDataSerializable {
        private int[] inputs = {};

        Node() {}

        Node(final int[] inputs) {
            this.inputs = inputs;
        }

        @Override
        public Integer call() {
            return node(inputs);
        }

        @Override
        public int getFactoryId() {
            return 1;
        }

        @Override
        public int getClassId() {
            return 1;
        }

        @Override
        public void writeData(final ObjectDataOutput out) throws IOException {
            out.writeIntArray(inputs);
        }

        @Override
        public void readData(final ObjectDataInput in) throws IOException {
            inputs = in.readIntArray();
        }
    }
}
