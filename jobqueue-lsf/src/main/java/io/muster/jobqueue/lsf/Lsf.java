package io.muster.jobqueue.lsf;

import io.muster.MemorySize;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.Directives;
import io.muster.jobqueue.JobKey;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.WalltimeForms;
import io.muster.jobqueue.command.CommandRunner;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The batch system LSF. */
public final class Lsf implements BatchSystem {
    /** The cores that a job gets, if not its cores. */
    public static final JobKey<Integer> NCPUS = JobKey.number("ncpus", 1, 65_536);

    /** The memory that a job is limited to, if not its memory. */
    public static final JobKey<MemorySize> MEM = JobKey.memory("mem");

    /** The unit of memory that the site's LSF takes. */
    public static final JobKey<String> LSF_UNITS =
            JobKey.text("lsf-units", "[kmgtpezKMGTPEZ][bB]?", "must be one of kb, mb, gb, tb, pb, eb, zb");

    /** Whether the script goes to {@code bsub} on its standard input. */
    public static final JobKey<Boolean> USE_STDIN = JobKey.flag("use-stdin", true);

    /** Whether memory is reserved, not only limited; Muster's own. */
    public static final JobKey<Boolean> RESERVE_MEMORY = JobKey.flag("reserve-memory", false);

    private static final JobKey<?> WALLTIME = JobKey.walltime(
            new WalltimeForms(List.of("H:M", "M"), "(?:/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254})?", Set.of()));
    private static final String QUOTED_NAME = "[A-Za-z0-9_][A-Za-z0-9_ .,@:+/=-]{0,999}";
    private static final String QUOTED_RULE = "must be a name of letters, digits, spaces and _ . , @ : + / = -";
    private static final String UNITS = "kmgtpez";

    /** Makes one. */
    public Lsf() {}

    @Override
    public String name() {
        return "lsf";
    }

    @Override
    public List<JobKey<?>> keys() {
        return List.of(
                NCPUS,
                MEM,
                LSF_UNITS,
                USE_STDIN,
                RESERVE_MEMORY,
                WALLTIME,
                JobKey.text("project", QUOTED_NAME, QUOTED_RULE),
                JobKey.text("account", QUOTED_NAME, QUOTED_RULE));
    }

    @Override
    public JobSettings completed(final JobSettings settings, final Map<String, String> environment) {
        final LsfConf conf = LsfConf.of(environment);
        return settings.withFallback(LSF_UNITS, conf.units(), conf.toString());
    }

    @Override
    public List<String> headerLines(final JobSpec spec) {
        final int cores = Objects.requireNonNullElse(spec.get(NCPUS), spec.cores());
        final String memory = memory(
                Objects.requireNonNullElse(spec.get(MEM), spec.memory()),
                Objects.requireNonNullElse(spec.get(LSF_UNITS), "kb"));
        final boolean isReserved = Boolean.TRUE.equals(spec.get(RESERVE_MEMORY));
        final String name = Objects.requireNonNullElse(spec.name(), "worker");
        return new Directives("#BSUB")
                .add("-J", spec.name())
                .add("-e", "%s/" + name + "-%%J.err", spec.logDirectory())
                .add("-o", "%s/" + name + "-%%J.out", spec.logDirectory())
                .add("-q", spec.queue())
                .add("-P", "\"%s\"", spec.account())
                .add("-n", cores)
                .add("-R", cores > 1 ? "\"span[hosts=1]\"" : null)
                .add("-R", "\"rusage[mem=%s]\"", isReserved ? memory : null)
                .add("-M", memory)
                .add("-W", spec.walltime())
                .add("-gpu", spec.gpus() > 0 ? "\"num=" + spec.gpus() + "\"" : null)
                .lines(spec);
    }

    @Override
    public List<String> jobIdLines() {
        return List.of(
                "muster_job=${LSB_JOBID:-$$}",
                "if [ \"${LSB_JOBINDEX:-0}\" != 0 ]; then",
                "    muster_job=\"${muster_job}[${LSB_JOBINDEX}]\"",
                "fi");
    }

    @Override
    public List<String> commandVariables() {
        return List.of("LSF_ENVDIR", "LSF_BINDIR", "LSF_LIBDIR", "LSF_SERVERDIR");
    }

    @Override
    public BatchQueue queue(final CommandRunner runner) {
        return new LsfQueue(runner, Clock.systemUTC(), ZoneId.systemDefault());
    }

    /** Rounded up, in the unit given; a unit is a power of 1000. */
    static String memory(final MemorySize size, final String units) {
        final int exponent = UNITS.indexOf(units.toLowerCase(Locale.ROOT).charAt(0)) + 1;
        return BigDecimal.valueOf(size.bytes())
                .movePointLeft(3 * exponent)
                .setScale(0, RoundingMode.CEILING)
                .toPlainString();
    }
}
