import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs graphs on a peer in Java, for each line that comes in. Peers without dependencies between tasks have them here:
 * a task is submitted, with the values of its inputs, when the last of these has come back.
 */
abstract class PeerDriver implements AutoCloseable {
    private static final int MODULUS = 1_000_000_007;
    private static final int GRACE_S = 15;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private int[][] inputs = {};
    private int[][] dependents = {};
    private int[] values = {};
    private AtomicIntegerArray missing = new AtomicIntegerArray(0);
    private CountDownLatch left = new CountDownLatch(0);

    /** Submits a task for {@link #node}, after which {@link #finished} or {@link #failed} is called. */
    abstract void submit(int task, int[] inputs);

    /** Runs tasks that are their own numbers, and returns the sum of those. */
    abstract long map(int tasks) throws Exception;

    @Override
    public abstract void close();

    /** A task of a graph: one more than the sum of its inputs. */
    static int node(final int[] inputs) {
        long sum = 1;
        for (final int input : inputs) {
            sum += input;
        }
        return (int) (sum % MODULUS);
    }

    final void finished(final int task, final int value) {
        values[task] = value;
        for (final int dependent : dependents[task]) {
            if (missing.decrementAndGet(dependent) == 0) {
                start(dependent);
            }
        }
        left.countDown();
    }

    final void failed(final Throwable cause) {
        failure.compareAndSet(null, cause);
        while (left.getCount() > 0) {
            left.countDown();
        }
    }

    private void start(final int task) {
        final int[] from = inputs[task];
        final int[] given = new int[from.length];
        for (int i = 0; i < from.length; i++) {
            given[i] = values[from[i]];
        }
        submit(task, given);
    }

    private void read(final Path file) throws IOException {
        final List<String> lines = Files.readAllLines(file);
        inputs = new int[lines.size()][];
        final int[] counts = new int[inputs.length];
        for (int task = 0; task < inputs.length; task++) {
            final String line = lines.get(task);
            final String[] words = line.isEmpty() ? new String[0] : line.split(" ");
            inputs[task] = new int[words.length];
            for (int i = 0; i < words.length; i++) {
                inputs[task][i] = Integer.parseInt(words[i]);
                counts[inputs[task][i]]++;
            }
        }
        dependents = new int[inputs.length][];
        for (int task = 0; task < inputs.length; task++) {
            dependents[task] = new int[counts[task]];
        }
        for (int task = inputs.length - 1; task >= 0; task--) {
            for (final int input : inputs[task]) {
                dependents[input][--counts[input]] = task;
            }
        }
    }

    private long graph() throws Exception {
        values = new int[inputs.length];
        missing = new AtomicIntegerArray(inputs.length);
        left = new CountDownLatch(inputs.length);
        for (int task = 0; task < inputs.length; task++) {
            missing.set(task, inputs[task].length);
        }
        for (int task = 0; task < inputs.length; task++) {
            if (inputs[task].length == 0) {
                start(task);
            }
        }
        left.await();
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        long sum = 0;
        for (int task = 0; task < inputs.length; task++) {
            if (dependents[task].length == 0) {
                sum += values[task];
            }
        }
        return sum;
    }

    /** Says that it is there, and runs once for each line. Arguments: version, graph, kind, layout, cores. */
    static void serve(final PrintStream out, final PeerDriver driver, final String... arguments) throws Exception {
        try (driver) {
            driver.read(Path.of(arguments[1]));
            final boolean isMap = arguments[2].equals("map");
            out.println("ready " + arguments[0]);
            final LinkedBlockingQueue<Boolean> orders = new LinkedBlockingQueue<>();
            final Thread reader = new Thread(() -> read(orders), "orders");
            reader.setDaemon(true);
            reader.start();
            while (orders.take()) {
                final long startNs = System.nanoTime();
                final long sum = isMap ? driver.map(driver.inputs.length) : driver.graph();
                final double seconds = (System.nanoTime() - startNs) / 1e9;
                out.println(String.format(Locale.ROOT, "%.9f %d", seconds, sum % MODULUS));
            }
        }
    }

    /** Puts true for each line, then false; a run that is under way then has some seconds left. */
    private static void read(final LinkedBlockingQueue<Boolean> orders) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
            while (lines.readLine() != null) {
                orders.add(true);
            }
            orders.add(false);
            TimeUnit.SECONDS.sleep(GRACE_S);
        } catch (final IOException | InterruptedException e) {
            e.printStackTrace();
        }
        Runtime.getRuntime().halt(1);
    }

    /** Takes standard output for answers: what libraries print goes to the errors. */
    static PrintStream answers() {
        final PrintStream out = System.out;
        System.setOut(System.err);
        return out;
    }

    /** A second JVM like this one, which is told to be the member, and says a word when it is. */
    static final class Member implements AutoCloseable {
        private final Process process;
        private final String word;

        Member(final Class<?> type, final String... arguments) throws IOException {
            final List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), type.getName(), "member"));
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            word = String.valueOf(process.inputReader().readLine());
        }

        /** What the member says of itself. */
        String word() {
            return word;
        }

        /** In the member: says a word, and waits until nobody wants it any more. */
        static void serve(final PrintStream out, final Object word) throws IOException {
            out.println(word);
            System.in.readAllBytes();
            Runtime.getRuntime().halt(0);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
