package io.muster.jobqueue.slurm;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.util.Map;
import java.util.UUID;

/** Submissions for tests: one core, 100 MB, ten minutes, unless said otherwise. */
record Requests(String body, String folder, int count, JobSettings settings) {
    static Requests of(final String body, final String folder) {
        return new Requests(
                body,
                folder,
                1,
                JobSettings.of(new Slurm())
                        .withArgument("cores=1")
                        .withArgument("memory=100MB")
                        .withArgument("walltime=10"));
    }

    Requests with(final String argument) {
        return new Requests(body, folder, count, settings.withArgument(argument));
    }

    Requests times(final int number) {
        return new Requests(body, folder, number, settings);
    }

    JobRequest build() {
        final JobSpec spec = JobSpec.of(settings, Map.of());
        final String script = "#!/bin/bash\n" + String.join("\n", spec.system().headerLines(spec)) + "\n" + body + "\n";
        return new JobRequest(spec, script, "t-" + UUID.randomUUID(), count, folder);
    }
}
