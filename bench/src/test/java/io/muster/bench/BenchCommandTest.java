package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(120)
@Tag("slow")
final class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({"inproc, aeron, inproc", "processes, aeron, aeron", "processes, tcp, tcp"})
    void overheadTellsTheRateOfTasks(final String cluster, final String transport, final String told) {
        final Map<String, Object> result =
                result("overhead", "--tasks=100", "--cluster=" + cluster, "--transport=" + transport);

        assertThat(result)
                .containsOnlyKeys(
                        "bench", "cluster", "transport", "array", "workers", "tasks", "seconds", "tasks_per_s");
        assertThat(result)
                .containsEntry("bench", "overhead")
                .containsEntry("cluster", cluster)
                .containsEntry("transport", told)
                .containsEntry("tasks", 100L);
        assertPositive(result, "seconds", "tasks_per_s");
    }

    @Test
    void zeroWorkerTellsWhatATaskCostsTheScheduler() {
        final Map<String, Object> result = result("zero-worker", "--tasks=20000", "--workers=3");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "tasks",
                        "seconds",
                        "tasks_per_s",
                        "scheduler_cpu_us_per_task",
                        "submit_seconds",
                        "heap_bytes_per_task");
        assertThat(result).containsEntry("bench", "zero-worker").containsEntry("tasks", 20_000L);
        assertPositive(result, "seconds", "tasks_per_s", "heap_bytes_per_task");
        assertThat(number(result, "scheduler_cpu_us_per_task")).isNotNegative();
    }

    @Test
    void latencyTellsOneLineForEachKindOfCluster() {
        final List<Map<String, Object>> results = results("latency", "--busy", "--samples=50", "--warm-up=0");

        assertThat(results)
                .extracting(result -> result.get("cluster"))
                .containsExactly("inproc", "processes", "processes");
        assertThat(results).extracting(result -> result.get("transport")).containsExactly("inproc", "tcp", "aeron");
        assertThat(results).allSatisfy(result -> {
            assertThat(result).containsOnlyKeys("bench", "cluster", "transport", "busy", "p50_us", "p99_us");
            assertThat(result).containsEntry("bench", "latency").containsEntry("busy", true);
            assertPositive(result, "p50_us", "p99_us");
        });
    }

    @Test
    void idleTellsTheProcessorTimeOfTheWholeCluster() {
        final Map<String, Object> result = result("idle", "--seconds=1", "--workers=2");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "transport",
                        "workers",
                        "seconds",
                        "cpu_percent",
                        "compiler_percent",
                        "fresh_percent",
                        "fresh_compiler_percent",
                        "calm_seconds");
        assertThat(result).containsEntry("bench", "idle").containsEntry("transport", "aeron");
        assertPositive(result, "seconds");
        assertThat(number(result, "cpu_percent")).isNotNegative();
    }

    @Test
    void transferTellsRateAndMemory() {
        final Map<String, Object> result = result("transfer", "--bytes=8000000", "--rounds=2");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "bytes",
                        "seconds",
                        "mb_per_s",
                        "cold_seconds",
                        "socket_seconds",
                        "ratio",
                        "sender_peak_rss_bytes",
                        "receiver_peak_rss_bytes");
        assertThat(result).containsEntry("bench", "transfer").containsEntry("bytes", 8_000_000L);
        assertPositive(result, "seconds", "cold_seconds", "socket_seconds", "ratio", "mb_per_s");
        assertPositive(result, "sender_peak_rss_bytes", "receiver_peak_rss_bytes");
    }

    @Test
    void graphTellsWhatItsTasksCostTheScheduler() {
        final Map<String, Object> result = result("graph", "join", "--tasks=673", "--workers=3", "--warm-ups=1");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "graph",
                        "tasks",
                        "edges",
                        "workers",
                        "cold_seconds",
                        "seconds",
                        "tasks_per_s",
                        "scheduler_cpu_us_per_task",
                        "scheduler_loop_us_per_task");
        assertThat(result)
                .containsEntry("graph", "join")
                .containsEntry("tasks", 673L)
                .containsEntry("edges", 1224L);
        assertPositive(result, "cold_seconds", "seconds", "tasks_per_s");
    }

    @Test
    void stagesTellWhereTheTimeOfATaskGoes() {
        final Map<String, Object> result =
                result("stages", "groupby", "--tasks=2000", "--workers=3", "--warm-ups=1", "--rounds=2");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "graph",
                        "tasks",
                        "edges",
                        "workers",
                        "submit_ns",
                        "decode_ns",
                        "ready_ns",
                        "assign_ns",
                        "encode_ns",
                        "run_ns",
                        "finish_ns",
                        "notify_ns",
                        "scheduler_ns",
                        "allocated_bytes");
        assertPositive(result, "submit_ns", "decode_ns", "run_ns", "finish_ns", "scheduler_ns", "allocated_bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "merge", "bag"})
    void compareTellsARatioAndItsInterval(final String graph) {
        final Map<String, Object> result = result(
                "compare",
                "--peer=executor",
                "--graph=" + graph,
                "--tasks=400",
                "--rounds=3",
                "--warm-up=0",
                "--cluster=inproc");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "peer",
                        "peer_version",
                        "graph",
                        "tasks",
                        "nodes",
                        "cluster",
                        "muster_seconds",
                        "peer_seconds",
                        "muster_cold_seconds",
                        "peer_cold_seconds",
                        "ratio",
                        "ci95");
        assertThat(result).containsEntry("bench", "compare").containsEntry("peer", "executor");
        assertThat(result).containsEntry("graph", graph).containsEntry("tasks", 400L);
        assertPositive(result, "muster_seconds", "peer_seconds", "muster_cold_seconds", "peer_cold_seconds", "ratio");
    }

    @ParameterizedTest
    @CsvSource({
        "dask, module=distributed",
        "hyperqueue, module=hyperqueue",
        "ray, module=ray",
        "hazelcast, artifact=com.hazelcast:hazelcast:5.7.0",
        "ignite, artifact=org.apache.ignite:ignite-core:2.18.0",
        "pekko, artifact=org.apache.pekko:pekko-cluster_2.13:1.7.0"
    })
    void aPeerThatIsNotInstalledIsAskedFor(final String peer, final String what, @TempDir final Path folder) {
        assertThat(run("compare", "--peer=" + peer, "--peer-home=" + folder)).isNotZero();
        assertThat(err.toString()).contains(what + " must be installed in " + folder, "--install", "--peer-home");
    }

    @ParameterizedTest
    @CsvSource({
        "compare --peer=slurm, peer=slurm must be one of executor; dask",
        "compare --peer=spark, peer=spark must be one that runs graphs of tasks",
        "compare --peer=all --peer-home=x, peer-home=x must not be given for many peers",
        "metg --peer=ray, peer=ray must be dask or spark",
        "micro --peer=ray, peer=ray must be dask",
        "micro nothing, micro=nothing must be one of single_future"
    })
    void aPeerThatCanNotDoItIsRefused(final String command, final String refusal) {
        assertThat(run(command.split(" "))).isNotZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains(refusal.replace(';', ','));
    }

    @Test
    void microTellsMovesWhereTasksMayMove() {
        final List<Map<String, Object>> results =
                results("micro", "single_future", "trivial_work_not_stolen", "--rounds=1");

        assertThat(results)
                .extracting(result -> result.get("name"))
                .containsExactly("single_future", "trivial_work_not_stolen");
        assertThat(results.get(0)).containsOnlyKeys("bench", "name", "tasks", "workers", "threads", "seconds");
        assertThat(results.get(1)).containsOnlyKeys("bench", "name", "tasks", "workers", "threads", "seconds", "moves");
        assertThat(results).allSatisfy(result -> assertPositive(result, "tasks", "workers", "threads", "seconds"));
    }

    @Test
    void microTellsTheIdealOfSleepsAndTheMostThatWasThereAtOnce() {
        final Map<String, Object> result = result("micro", "memory_efficient", "--rounds=1");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "name",
                        "tasks",
                        "workers",
                        "threads",
                        "seconds",
                        "ideal_seconds",
                        "over_ideal",
                        "peak_bytes");
        assertThat(number(result, "over_ideal")).isGreaterThanOrEqualTo(1);
        assertThat(number(result, "peak_bytes")).isBetween(4e6, 4e8);
    }

    @Test
    void floorTellsWhatTheMachineDoesAtBest() {
        final Map<String, Object> result = result("floor");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "cores",
                        "load",
                        "os",
                        "muster",
                        "java",
                        "flags",
                        "spin_us",
                        "futex_us",
                        "loopback_us");
        assertPositive(result, "cores", "spin_us", "futex_us", "loopback_us");
    }

    @Test
    void taskbenchTakesTheOptionsOfTheOriginal() {
        assertThat(run(
                        "taskbench --cluster=processes -type stencil_1d -steps 9 -width 4 -kernel busy_wait -iter 8 -and -type fft"
                                .split(" ")))
                .as(() -> err.toString())
                .isZero();
        assertThat(out.toString().lines())
                .startsWith("Running Task Benchmark", "  Configuration:", "    Task Graph 1:", "      Time Steps: 9")
                .contains("Total Tasks 52", "Total Dependencies 108", "Total FLOPs 0");
    }

    @Test
    void metgTellsTheGranularity() {
        final Map<String, Object> result = result("metg", "--steps=20", "--most-iterations=4096", "--warm-up=0");

        assertThat(result)
                .containsOnlyKeys(
                        "bench",
                        "cluster",
                        "transport",
                        "workers",
                        "type",
                        "radix",
                        "steps",
                        "width",
                        "cores",
                        "peak_flops",
                        "metg_us",
                        "reached",
                        "least_wall_us_per_task",
                        "granularities_us",
                        "efficiencies");
        assertThat(result).containsEntry("bench", "metg").containsEntry("type", "stencil_1d");
        assertPositive(result, "peak_flops", "metg_us", "least_wall_us_per_task");
    }

    @Test
    void scaleTellsWhatATaskCostsWithManyWorkers() {
        final List<Map<String, Object>> results =
                results("scale", "--workers=24,300", "--tasks=3000", "--warm-ups=2", "--runs=2", "--idle=0");

        assertThat(results).extracting(result -> result.get("workers")).containsExactly(24L, 300L);
        assertThat(results).extracting(result -> result.get("sessions")).containsExactly(24L, 24L);
        assertThat(results)
                .allSatisfy(result -> assertPositive(
                        result,
                        "registered_seconds",
                        "cold_seconds",
                        "seconds",
                        "tasks_per_s",
                        "cost_against",
                        "scheduler_bytes_per_worker"));
    }

    @Test
    void virtualTellsWhatATaskCostsTheCore() {
        final Map<String, Object> result =
                result("virtual", "--tasks=20000", "--workers=100", "--threads=2", "--graph=tree");

        assertThat(result).containsEntry("bench", "virtual").containsEntry("tasks", 16_383L);
        assertPositive(result, "submit_seconds", "heap_bytes", "ns_per_task", "virtual_seconds");
        assertThat(number(result, "efficiency")).isBetween(0.5, 1.0);
    }

    @Test
    void resultsAreReportedAsTablesAndPlots(@TempDir final Path folder) throws IOException {
        final Path results = folder.resolve("results.jsonl");
        Files.writeString(results, """
                {"bench":"floor","os":"<Linux>","spin_us":0.2}
                {"bench":"scale","graph":"merge","workers":24,"tasks_per_s":1000000.0}
                {"bench":"scale","graph":"merge","workers":100000,"tasks_per_s":800000.0}
                {"bench":"metg","cluster":"inproc","type":"stencil_1d","granularities_us":[100.0,10.0],"efficiencies":[1.0,0.4]}
                {"bench":"compare","peer":"dask","graph":"map","tasks":1000,"ratio":300.0,"ci95":[250.0,333.0]}
                """);

        assertThat(run("report", results.toString(), "--out=" + folder.resolve("out")))
                .as(() -> err.toString())
                .isZero();

        assertThat(folder.resolve("out/workers.svg"))
                .content()
                .startsWith("<svg")
                .contains(">merge<", ">10 k<");
        assertThat(folder.resolve("out/metg.svg")).content().contains(">muster, inproc: stencil_1d<");
        assertThat(folder.resolve("out/peers.svg")).content().contains(">dask: map of 1000<");
        assertThat(folder.resolve("out/report.html"))
                .content()
                .contains("<svg", "<td class=\"text\">&lt;Linux&gt;</td>", "<td>800000.0</td>");
    }

    @Test
    void aLineThatIsNoResultIsRefused(@TempDir final Path folder) throws IOException {
        final Path results = Files.writeString(folder.resolve("results.jsonl"), "[1]\n");

        assertThat(run("report", results.toString(), "--out=" + folder)).isNotZero();
        assertThat(err.toString()).contains("each line must be a result", "[1]");
    }

    @Test
    void orderTellsWhatIsHeldBesideDaskAndHowFastItIs() {
        final List<Map<String, Object>> results = results("order", "--graph=tree-1024-2");
        final Map<String, Object> sum = results.get(results.size() - 2);
        final Map<String, Object> timed = results.get(results.size() - 1);

        assertThat(sum).containsOnlyKeys("bench", "peer", "graphs", "above", "equal", "below");
        assertThat(sum).containsEntry("above", 0L);
        assertThat(timed).containsEntry("graph", "tree-1024-2").containsEntry("nodes", 2047L);
        assertPositive(timed, "seconds", "nodes_per_s");
    }

    @Test
    void qualityTellsMakespansBesideTheBestOfOthers() {
        final List<Map<String, Object>> results =
                results("quality", "--graph=montage", "--cluster=8x4", "--bandwidth=256");

        assertThat(results).hasSize(3 + 9);
        assertThat(results.subList(0, 3)).allSatisfy(result -> {
            assertThat(result).containsEntry("graph", "montage").containsEntry("cluster", "8x4");
            assertPositive(result, "lower_bound_s", "best_s", "cold_s", "warm_s", "told_s", "told_ratio");
        });
        assertThat(results.subList(3, 12)).allSatisfy(sum -> assertPositive(sum, "cases", "geometric_mean", "worst"));
        assertThat(run("quality", "--cluster=many")).isNotZero();
        assertThat(err.toString()).contains("cluster=many must be workers and cores");
    }

    @Test
    void allRunsEachBenchmark() {
        final CommandLine command = new CommandLine(new BenchCommand());

        final List<String> runs = AllCommand.runs(command);
        assertThat(runs).allSatisfy(run -> command.parseArgs(run.split(" ")));
        assertThat(runs)
                .extracting(run -> run.split(" ")[0])
                .containsAll(command.getSubcommands().keySet().stream()
                        .filter(name -> !name.equals("all") && !name.equals("report"))
                        .toList());
    }

    @Test
    void latencyMeasuresTheClusterThatIsAskedFor() {
        assertThat(results("latency", "--cluster=inproc", "--samples=50", "--warm-up=0"))
                .singleElement()
                .satisfies(result -> assertThat(result).containsEntry("cluster", "inproc"));
        assertThat(run("latency", "--cluster=cloud")).isNotZero();
        assertThat(err.toString()).contains("cluster=cloud must be inproc or processes");
    }

    @Test
    void anUnknownClusterIsRefused() {
        assertThat(run("overhead", "--cluster=cloud")).isNotZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("cluster=cloud must be inproc or processes");
    }

    @Test
    void withoutJsonPeopleCanReadIt() {
        assertThat(run("overhead", "--tasks=1000", "--cluster=inproc")).isZero();
        assertThat(out.toString())
                .startsWith("floor: cores=")
                .contains(
                        "\noverhead: cluster=inproc  transport=inproc  array=false  workers=1  tasks=1,000  seconds=");
    }

    private Map<String, Object> result(final String... arguments) {
        final List<Map<String, Object>> results = results(arguments);
        assertThat(results).hasSize(1);
        return results.get(0);
    }

    /** The results, without the round trip between cores that each has. */
    private List<Map<String, Object>> results(final String... arguments) {
        final String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        assertThat(run(all)).as(() -> err.toString()).isZero();
        final List<Map<String, Object>> results =
                out.toString().lines().map(BenchCommandTest::parsed).toList();
        assertThat(err.toString())
                .satisfiesAnyOf(
                        told -> assertThat(arguments[0]).isEqualTo("floor"),
                        told -> assertThat(told.lines()).anyMatch(line -> line.startsWith("{\"bench\":\"floor\"")));
        if (!arguments[0].equals("floor")) {
            assertThat(results).allSatisfy(result -> assertPositive(result, "spin_us"));
            results.forEach(result -> result.remove("spin_us"));
        }
        return results;
    }

    private int run(final String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private static Map<String, Object> parsed(final String line) {
        final Map<String, Object> result = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(Json.parse(line)))
                .forEach((name, value) -> result.put(String.valueOf(name), value));
        return result;
    }

    private static double number(final Map<String, Object> result, final String name) {
        return ((Number) result.get(name)).doubleValue();
    }

    private static void assertPositive(final Map<String, Object> result, final String... names) {
        assertThat(names).allSatisfy(name -> assertThat(number(result, name)).isPositive());
    }
}
