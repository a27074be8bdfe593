package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.util.List;
import java.util.Map;

/** Submissions to test with. */
final class Requests {
    private Requests() {}

    static JobRequest request(
            final String token,
            final int count,
            final String logFolder,
            final String body,
            final List<String> arguments) {
        JobSettings settings = JobSettings.of(new Sge()).withArgument("cores=1").withArgument("memory=1GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        final JobSpec spec = JobSpec.of(settings, Map.of());
        final String header = String.join("\n", new Sge().headerLines(spec));
        return new JobRequest(spec, "#!/usr/bin/env bash\n\n" + header + "\n\n" + body + "\n", token, count, logFolder);
    }

    static JobRequest request(final int count, final String... arguments) {
        return request("token-1", count, "/home/ada/logs", "exit 0", List.of(arguments));
    }
}
