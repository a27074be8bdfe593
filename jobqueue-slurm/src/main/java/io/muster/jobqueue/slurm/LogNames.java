package io.muster.jobqueue.slurm;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobSpec;
import java.util.List;
import java.util.Objects;

/** Where the output of jobs goes. */
final class LogNames {
    private static final List<String> SUFFIXES = List.of(".out", ".err");

    private LogNames() {}

    /** What the files are called before the job's id. */
    static String stem(final JobSpec spec) {
        return Objects.requireNonNullElse(spec.name(), "worker");
    }

    /**
     * The options that say so where the script does not, or not well enough: its pattern would name the elements of an
     * array after ids that nobody has seen.
     */
    static List<String> options(final JobRequest request) {
        final String folder = request.spec().logDirectory();
        if (folder != null && request.count() == 1) {
            return List.of();
        }
        final String pattern = folder == null ? request.logFolder().replace("%", "%%") : folder;
        final String path = pattern + "/" + stem(request.spec()) + "-" + (request.count() > 1 ? "%A_%a" : "%j");
        return List.of("--output=" + path + ".out", "--error=" + path + ".err");
    }

    /** The files of a job, standard output first. */
    static List<String> files(final JobRequest request, final String id) {
        final String folder = request.spec().logDirectory();
        final String path = (folder == null ? request.logFolder() : expand(folder, request, id)) + "/"
                + stem(request.spec()) + "-" + id;
        return SUFFIXES.stream().map(suffix -> path + suffix).toList();
    }

    private static String expand(final String folder, final JobRequest request, final String id) {
        final StringBuilder path = new StringBuilder();
        for (int i = 0; i < folder.length(); i++) {
            final char c = folder.charAt(i);
            final boolean isPattern = c == '%' && i + 1 < folder.length();
            if (isPattern) {
                i++;
            }
            path.append(isPattern ? expand(folder.charAt(i), request, id) : String.valueOf(c));
        }
        return path.toString();
    }

    private static String expand(final char pattern, final JobRequest request, final String id) {
        return switch (pattern) {
            case '%' -> "%";
            case 'x' -> stem(request.spec());
            case 'A', 'j', 'J' -> JobIds.base(id);
            case 'a' -> id.substring(id.indexOf('_') + 1);
            default -> "%" + pattern;
        };
    }
}
