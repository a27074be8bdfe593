package io.muster.cli;

import io.muster.scheduler.Version;
import picocli.CommandLine.IVersionProvider;

/** Says which Muster this is, and on which Java it runs. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "muster " + Version.current(),
            "Java " + System.getProperty("java.version") + " in " + System.getProperty("java.home")
        };
    }
}
