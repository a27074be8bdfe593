package io.muster.jobqueue.manager;

import io.muster.config.ConfigurationException;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.BatchSystems;
import io.muster.jobqueue.JobRecord;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobScript;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.Walltime;
import io.muster.jobqueue.WorkerLaunch;
import io.muster.jobqueue.command.LocalCommandRunner;
import io.muster.security.RandomName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batch queue of a cluster, with all that is needed to submit jobs of its groups: specs, scripts, folders, tokens. */
final class ManagedQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedQueue.class);

    private final BatchSystem system;
    private final BatchQueue queue;
    private final Path directory;
    private final WorkerLaunch launch;
    private final String tokenPrefix;
    private final Map<String, JobSpec> specs = new ConcurrentHashMap<>();
    private final Map<String, JobRequest> requests = new ConcurrentHashMap<>();

    private ManagedQueue(final BatchSystem system, final Path directory, final WorkerLaunch launch) {
        this.system = system;
        this.queue = system.queue(new LocalCommandRunner());
        this.directory = directory;
        this.launch = launch;
        this.tokenPrefix = "muster-" + RandomName.hex(6);
    }

    /** As a program describes it. */
    static ManagedQueue of(final Map<?, ?> request, final Path schedulerFile) {
        if (!(request.get("system") instanceof String system)
                || !(request.get("directory") instanceof String directory)
                || !(request.get("launch") instanceof Map<?, ?> command)
                || !(command.get("program") instanceof List<?> program)
                || !(command.get("class_path") instanceof String classPath)) {
            throw new ConfigurationException("a request to start must have system, directory and launch");
        }
        return new ManagedQueue(
                BatchSystems.byName(system),
                Path.of(directory),
                new WorkerLaunch(
                        program.stream().map(String::valueOf).toList(),
                        schedulerFile,
                        command.get("java_home") instanceof String home ? Path.of(home) : null,
                        classPath));
    }

    /** Adds a group as a program describes it. */
    JobGroup add(final Map<?, ?> group) {
        if (!(group.get("name") instanceof String name) || !(group.get("settings") instanceof Map<?, ?> settings)) {
            throw new ConfigurationException("group=" + group + " must have name and settings");
        }
        if (specs.containsKey(name)) {
            throw new ConfigurationException("group=" + name + " is there already; choose another name");
        }
        final JobSpec spec = JobSpec.of(JobSettings.ofJson(system, settings), System.getenv());
        JobScript.ofWorkers(spec, launch, "").notes().forEach(note -> LOG.info("group {}: {}", name, note));
        final Walltime walltime = spec.walltime();
        final JobGroup shape = new JobGroup(
                name,
                spec.name() == null ? "" : spec.name(),
                spec.processes(),
                spec.threadsPerProcess(),
                spec.resources(),
                walltime == null ? null : walltime.duration(),
                JobLimits.NONE);
        specs.put(name, spec);
        return shape;
    }

    BatchQueue queue() {
        return queue;
    }

    String system() {
        return system.name();
    }

    Path directory() {
        return directory;
    }

    String tokenPrefix() {
        return tokenPrefix;
    }

    /** How many jobs of a group have so many worker processes. */
    int jobsFor(final String group, final int workers) {
        final int processes = spec(group).processes();
        return workers < 0 ? workers : (int) (((long) workers + processes - 1) / processes);
    }

    /** The submission of jobs. */
    JobRequest request(final String group, final String token, final int count) {
        final JobSpec spec = spec(group);
        return requests.compute(
                token,
                (key, before) -> new JobRequest(
                        spec,
                        JobScript.ofWorkers(spec, launch, token).text(),
                        token,
                        count,
                        directory.resolve("logs").toString()));
    }

    /** Where a job's output is; none if the job is not one of this queue. */
    List<String> logFiles(final String token, final String id) {
        final JobRequest request = requests.get(token);
        return request == null || id.isEmpty() ? List.of() : queue.logFiles(request, id);
    }

    Map<String, Object> describe() {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("system", system.name());
        json.put("directory", directory.toString());
        return json;
    }

    /** Notes down which jobs there are, for when this process is killed. */
    void record(final List<String> living) {
        try {
            JobRecord.write(directory, system.name(), living);
        } catch (final IOException e) {
            LOG.warn("the list of jobs can't be written to {}: {}", directory, e.toString());
        }
    }

    private JobSpec spec(final String group) {
        final @Nullable JobSpec spec = specs.get(group);
        if (spec == null) {
            throw new ConfigurationException("group=" + group + " must be one of " + String.join(", ", specs.keySet()));
        }
        return spec;
    }
}
