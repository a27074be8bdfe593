package io.muster.scheduler;

/** Muster's version, as its jar says. */
public final class Version {
    private Version() {}

    /**
     * The version of this build.
     *
     * @return for example {@code 0.1.0}; {@code development} where classes do not come from a jar
     */
    public static String current() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
