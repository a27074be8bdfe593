package io.muster.cli;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.config.Settings;
import io.muster.progress.Terminal;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs two small programs on a cluster, and checks what they find. */
@Command(
        name = "demo",
        description =
                "Runs two small programs on a cluster, on this host or in a batch queue, and checks what they find:"
                        + " darts estimates pi, wordcount counts the words in text files.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        versionProvider = VersionText.class)
final class DemoCommand implements Callable<Integer> {
    private static final String AERON = "aeron";
    private static final String TCP = "tcp";
    private static final String INPROC = "inproc";
    private static final String LOCAL = "local";
    private static final String MPI = "mpi";
    private static final int MAX_WORKERS = 1000;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            defaultValue = LOCAL,
            description =
                    "Where the workers are: local (default), jobs of slurm, pbs, lsf or sge, or mpi: ranks of this"
                            + " launch by mpirun or srun.")
    private String kind = LOCAL;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "With a batch system: how many jobs to submit (default: 2).")
    private @Nullable Integer jobs;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "With a batch system: the jobqueue.yaml to read, instead of ~/.config/muster/jobqueue.yaml.")
    private @Nullable Path config;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many workers to start (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--processes", description = "Workers are processes (default).")
    private boolean processes;

    @Option(names = "--threads", description = "Workers live in this process, which implies --transport inproc.")
    private boolean threads;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "What scheduler and workers talk over: aeron (default), tcp or inproc.")
    private @Nullable String transport;

    @Option(
            names = "--tolerate-worker-failure",
            description =
                    "With --cluster mpi: a worker's rank that fails ends with 0, so that Open MPI ends no others.")
    private boolean tolerateWorkerFailure;

    @Option(
            names = "--input",
            paramLabel = "DIR",
            description = "The folder whose text files are counted (default: that of Muster itself).")
    private @Nullable Path input;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set any setting, such as worker.fence=9s, or with a batch system any key of jobqueue.yaml; may be"
                            + " repeated.")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--json", description = "Print a line of JSON for each program.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (kind.equals(MPI)) {
            return inLaunch();
        }
        if (tolerateWorkerFailure) {
            throw bad("--tolerate-worker-failure needs --cluster mpi");
        }
        final List<TextFile> files = textFiles();
        return kind.equals(LOCAL) ? onThisHost(files) : inQueue(files);
    }

    /** All ranks come by here, so that files are read when the launch is over, and on the client's rank only. */
    private int inLaunch() {
        if (jobs != null || config != null || threads || processes || transport != null) {
            throw bad("--cluster=mpi takes its workers as mpirun or srun started them: leave out --jobs, --config,"
                    + " --threads, --processes and --transport");
        }
        return new MpiDemo(spec.commandLine().getOut(), json, tolerateWorkerFailure, arguments)
                .run((client, count) -> programs(client, textFiles(), count, kind));
    }

    private int onThisHost(final List<TextFile> files) {
        if (jobs != null || config != null) {
            throw bad("--jobs and --config need --cluster: slurm, pbs, lsf or sge");
        }
        final String via = checkedTransport();
        final LocalCluster cluster = start(via);
        final Shutdown shutdown = Shutdown.first(cluster::close);
        try (Client client = cluster.connect()) {
            client.awaitWorkers(workers, START_TIMEOUT);
            checkUsed(via, client.info());
            return programs(client, files, workers, via);
        } finally {
            shutdown.forget();
            cluster.close();
        }
    }

    private int inQueue(final List<TextFile> files) throws InterruptedException {
        if (threads || processes || transport != null) {
            throw bad("--threads, --processes and --transport are for --cluster local; --cluster=" + kind
                    + " takes what jobqueue.yaml says");
        }
        final QueueDemo demo = QueueDemo.start(kind, config, arguments, jobs == null ? 2 : jobs);
        final Shutdown shutdown = Shutdown.first(demo::close);
        try (Client client = demo.connect()) {
            final int count = demo.awaitWorkers(client, spec.commandLine().getErr());
            return programs(client, files, count, kind);
        } finally {
            shutdown.forget();
            demo.close();
        }
    }

    private int programs(final Client client, final List<TextFile> files, final int count, final String via) {
        final Watcher watcher =
                new Watcher(spec.commandLine().getErr(), Terminal.ofStandardError(System.getenv()), System::nanoTime);
        final boolean dartsAreRight = report(count, via, new Darts(client, watcher).run());
        final boolean wordsAreRight = report(count, via, new WordCount(client, watcher, files).run());
        return dartsAreRight && wordsAreRight ? 0 : 1;
    }

    private String checkedTransport() {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw bad("--workers=" + workers + " must be in 1.." + MAX_WORKERS);
        }
        if (threads && processes) {
            throw bad("--threads and --processes exclude each other");
        }
        final String usual = threads ? INPROC : AERON;
        final String chosen = transport == null ? usual : transport;
        if (!Set.of(AERON, TCP, INPROC).contains(chosen)) {
            throw bad("--transport=" + chosen + " must be one of aeron, tcp, inproc");
        }
        if (threads && !chosen.equals(INPROC)) {
            throw bad("--transport=" + chosen + " needs --processes: workers in one process use inproc");
        }
        if (processes && chosen.equals(INPROC)) {
            throw bad("--transport=inproc needs --threads: workers in processes use aeron or tcp");
        }
        return chosen;
    }

    private List<TextFile> textFiles() {
        final Path folder = input == null ? Home.folder() : input;
        if (!Files.isDirectory(folder)) {
            throw bad("--input=" + folder + " must be a folder");
        }
        final List<TextFile> files = TextFile.below(folder);
        if (files.isEmpty()) {
            throw bad("--input=" + folder + " must hold at least one text file");
        }
        return files;
    }

    private LocalCluster start(final String via) {
        final Settings settings = Settings.fromArguments(arguments);
        final int cores = Runtime.getRuntime().availableProcessors();
        final LocalCluster.Builder builder =
                LocalCluster.builder().workers(workers).threadsPerWorker(Math.max(1, cores / workers));
        for (final String argument : settings.toArguments()) {
            final int equals = argument.indexOf('=');
            builder.set(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return via.equals(INPROC)
                ? builder.processes(false).start()
                : builder.processes(true).transport(via).start();
    }

    /** A demonstration of one transport must not run on another one. */
    private static void checkUsed(final String via, final String info) {
        if (!(Json.parse(info) instanceof Map<?, ?> members) || !(members.get("workers") instanceof List<?> all)) {
            throw new MusterException("the scheduler's description must name its workers");
        }
        for (final Object worker : all) {
            if (worker instanceof Map<?, ?> map && !via.equals(map.get("transport"))) {
                throw new MusterException("worker=" + map.get("name") + " uses transport=" + map.get("transport")
                        + ", required is transport=" + via + "; its log says why");
            }
        }
    }

    private boolean report(final int count, final String via, final DemoResult result) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.write(result.json(count, via)) : result.text(count, via));
        out.flush();
        if (!result.right()) {
            final PrintWriter err = spec.commandLine().getErr();
            err.println("muster demo: the result of " + result.name() + " is wrong: " + result.summary());
            err.flush();
        }
        return result.right();
    }

    private ParameterException bad(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
