import io.muster.bench.taskbench.PointTask;
import io.muster.bench.taskbench.TaskBench;
import io.muster.bench.taskbench.TaskGraph;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Task Bench on Spark, in one process with a thread for each core. A row of tasks is a collection keyed by column; each
 * task sends its output to those that need it, by a shuffle, as in the original. Each line that comes has the options of
 * a graph.
 */
final class SparkPeer {
    private SparkPeer() {}

    public static void main(final String[] arguments) throws Exception {
        final PrintStream out = System.out;
        System.setOut(System.err);
        final int cores = Integer.parseInt(arguments[1]);
        final SparkConf conf = new SparkConf()
                .setAppName("taskbench")
                .setMaster("local[" + cores + "]")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.shuffle.compress", "false")
                .set("spark.log.level", "OFF");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            out.println("ready " + arguments[0]);
            final BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                final long startNs = System.nanoTime();
                final long tasks = run(spark, new Shape(line), cores);
                out.println(String.format(Locale.ROOT, "%.9f %d", (System.nanoTime() - startNs) / 1e9, tasks));
            }
        }
    }

    /** Returns how many tasks the last row has. */
    private static long run(final JavaSparkContext spark, final Shape shape, final int cores) {
        final TaskGraph graph = shape.graph();
        final HashPartitioner partitioner = new HashPartitioner(cores);
        final List<Tuple2<Long, List<byte[]>>> first = new ArrayList<>();
        for (long p = 0; p < graph.width(0); p++) {
            first.add(new Tuple2<>(graph.offset(0) + p, List.of()));
        }
        JavaPairRDD<Long, byte[]> row = spark.parallelizePairs(first, cores)
                .partitionBy(partitioner)
                .mapToPair(task -> new Tuple2<>(task._1, new PointTask(shape.graph(), 0, task._1).apply(task._2)));
        for (long t = 1; t < graph.timesteps(); t++) {
            row = next(shape, t, row, partitioner);
        }
        return row.count();
    }

    private static JavaPairRDD<Long, byte[]> next(
            final Shape shape,
            final long t,
            final JavaPairRDD<Long, byte[]> before,
            final HashPartitioner partitioner) {
        return before.flatMapToPair(task -> {
                    final TaskGraph graph = shape.graph();
                    final List<Tuple2<Long, Tuple2<Long, byte[]>>> sent = new ArrayList<>();
                    final long last = graph.offset(t) + graph.width(t);
                    for (final long to : graph.reverseDependencies(graph.dependenceSet(t), task._1)) {
                        if (to >= graph.offset(t) && to < last) {
                            sent.add(new Tuple2<>(to, task));
                        }
                    }
                    return sent.iterator();
                })
                .groupByKey(partitioner)
                .mapToPair(task -> {
                    final TaskGraph graph = shape.graph();
                    final List<Tuple2<Long, byte[]>> received = new ArrayList<>();
                    task._2.forEach(received::add);
                    final List<byte[]> inputs = new ArrayList<>();
                    for (final long from : graph.inputs(t, task._1)) {
                        received.stream().filter(each -> each._1 == from).forEach(each -> inputs.add(each._2));
                    }
                    return new Tuple2<>(task._1, new PointTask(graph, t, task._1).apply(inputs));
                });
    }

    /** A graph that is sent as its options. */
    private static final class Shape implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String options;
        private transient TaskGraph graph;

        Shape(final String options) {
            this.options = options;
        }

        TaskGraph graph() {
            if (graph == null) {
                graph = TaskBench.parse(List.of(options.split(" "))).graphs().get(0);
            }
            return graph;
        }
    }
}
