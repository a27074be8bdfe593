package io.muster.jobqueue.pbs;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.util.Map;

/** Requests for tests. */
final class Requests {
    static final String TOKEN = "7f3a-1";

    private Requests() {}

    static JobSpec spec(final String... arguments) {
        JobSettings settings = JobSettings.of(new Pbs()).withArgument("cores=1").withArgument("memory=1GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobSpec.of(settings, Map.of());
    }

    static JobRequest request(final int count, final String... arguments) {
        return request(spec(arguments), "/logs", count, "true");
    }

    static JobRequest request(final JobSpec spec, final String logFolder, final int count, final String command) {
        return request(spec, logFolder, count, command, TOKEN);
    }

    static JobRequest request(
            final JobSpec spec, final String logFolder, final int count, final String command, final String token) {
        final String header = String.join("\n", new Pbs().headerLines(spec));
        return new JobRequest(spec, "#!/bin/bash\n\n" + header + "\n\n" + command + "\n", token, count, logFolder);
    }
}
