import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.routing.RoundRobinPool;
import org.apache.pekko.util.ByteString;

/**
 * Pekko's actors over Artery: an actor that collects, and a pool of actors in another process, one for each core.
 * Messages are of kinds that have serializers of their own, and never more at once than the queues hold, since Pekko
 * drops what is too many.
 */
final class PekkoPeer extends PeerDriver {
    private static final int WINDOW = 50_000;
    private static final int LARGE = 32_768;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Member member;
    private final ActorSystem system;
    private final ActorRef collector;
    private final ActorRef workers;
    private final ActorRef large;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private final AtomicLong sum = new AtomicLong();
    private volatile CountDownLatch mapped = new CountDownLatch(0);
    private int inFlight;

    private PekkoPeer(final String cores) throws Exception {
        member = new Member(PekkoPeer.class, cores);
        system = ActorSystem.create("client", configuration());
        collector = system.actorOf(Props.create(Collector.class, () -> new Collector(this)), "collector");
        workers = resolve("workers");
        large = resolve("large");
    }

    private ActorRef resolve(final String name) throws Exception {
        return system.actorSelection("pekko://member@" + member.word() + "/user/" + name)
                .resolveOne(PATIENCE)
                .toCompletableFuture()
                .get();
    }

    public static void main(final String[] arguments) throws Exception {
        final PrintStream out = answers();
        if (!arguments[0].equals("member")) {
            serve(out, new PekkoPeer(arguments[4]), arguments);
            return;
        }
        final ActorSystem system = ActorSystem.create("member", configuration());
        final Props pool = new RoundRobinPool(Integer.parseInt(arguments[1])).props(Props.create(Worker.class));
        system.actorOf(pool, "workers");
        system.actorOf(Props.create(Worker.class), "large");
        final Address address = ((ExtendedActorSystem) system).provider().getDefaultAddress();
        Member.serve(out, address.host().get() + ":" + address.port().get());
    }

    private static Config configuration() {
        return ConfigFactory.parseString(
                        """
                        pekko {
                          actor.provider = remote
                          actor.default-dispatcher.throughput = 100
                          loglevel = OFF
                          stdout-loglevel = OFF
                          log-dead-letters = off
                          remote.warn-about-direct-use = off
                          remote.use-unsafe-remote-features-outside-cluster = on
                          remote.artery {
                            transport = tcp
                            canonical { hostname = "127.0.0.1", port = 0 }
                            large-message-destinations = ["/user/large"]
                            advanced {
                              outbound-message-queue-size = 100000
                              maximum-large-frame-size = 64 MiB
                              large-buffer-pool-size = 4
                            }
                          }
                        }
                        """)
                .withFallback(ConfigFactory.load());
    }

    @Override
    long map(final int tasks) throws Exception {
        sum.set(0);
        mapped = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            send((long) i);
        }
        mapped.await();
        return sum.get();
    }

    @Override
    void submit(final int task, final int[] inputs) {
        final ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (1 + inputs.length));
        bytes.putInt(task).asIntBuffer().put(inputs);
        send(ByteString.fromArrayUnsafe(bytes.array()));
    }

    private void send(final Object message) {
        synchronized (waiting) {
            if (inFlight == WINDOW) {
                waiting.add(message);
                return;
            }
            inFlight++;
        }
        tell(message);
    }

    private void tell(final Object message) {
        final boolean isLarge = message instanceof ByteString bytes && bytes.length() > LARGE;
        (isLarge ? large : workers).tell(message, collector);
    }

    private void sendNext() {
        final Object message;
        synchronized (waiting) {
            message = waiting.poll();
            if (message == null) {
                inFlight--;
                return;
            }
        }
        tell(message);
    }

    private void mapped(final int value) {
        sendNext();
        sum.addAndGet(value);
        mapped.countDown();
    }

    private void noded(final int task, final int value) {
        sendNext();
        finished(task, value);
    }

    @Override
    public void close() {
        system.terminate();
        member.close();
    }

    /** Gets what the tasks return: a number is a map's, two are a task and its value. */
    static final class Collector extends AbstractActor {
        private final PekkoPeer peer;

        Collector(final PekkoPeer peer) {
            this.peer = peer;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Integer.class, peer::mapped)
                    .match(Long.class, pair -> peer.noded((int) (pair >>> Integer.SIZE), pair.intValue()))
                    .build();
        }
    }

    /** Runs tasks: a number is a map's; a task's number comes before its inputs. */
    static final class Worker extends AbstractActor {
        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Long.class, number -> getSender().tell(number.intValue(), getSelf()))
                    .match(ByteString.class, bytes -> getSender().tell(run(bytes), getSelf()))
                    .build();
        }

        private static long run(final ByteString bytes) {
            final ByteBuffer words = bytes.asByteBuffer();
            final int task = words.getInt();
            final int[] inputs = new int[words.remaining() / Integer.BYTES];
            words.asIntBuffer().get(inputs);
            return (long) task << Integer.SIZE | node(inputs);
        }
    }
}
