package io.muster.jobqueue;

import java.util.regex.Pattern;

/** What a cluster's own folder is called, and what is in it. */
public final class ClusterFolder {
    /** The scheduler file's name; it is there as long as the cluster is. */
    public static final String SCHEDULER_FILE = "scheduler.json";

    private static final Pattern NAME = Pattern.compile("[a-z]+-[0-9a-f]{12}");

    private ClusterFolder() {}

    /**
     * Whether a folder may be that of a cluster.
     *
     * @param name its name, without those that it is in
     * @return true for such as {@code slurm-5150531c2ee5}
     */
    public static boolean isName(final String name) {
        return NAME.matcher(name).matches();
    }
}
