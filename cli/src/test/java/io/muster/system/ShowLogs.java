package io.muster.system;

import io.muster.LocalCluster;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Prints what the processes of a cluster wrote when a test on it fails. */
final class ShowLogs implements AfterTestExecutionCallback {
    /** A test that runs on a cluster. */
    interface OnCluster {
        /** The cluster whose logs tell what went wrong. */
        LocalCluster cluster();
    }

    @Override
    public void afterTestExecution(final ExtensionContext context) {
        final boolean failed = context.getExecutionException()
                .filter(e -> !(e instanceof TestAbortedException))
                .isPresent();
        if (failed && context.getRequiredTestInstance() instanceof OnCluster test) {
            System.err.println("=== " + context.getDisplayName() + " failed on " + test.cluster() + "\n"
                    + test.cluster().logs());
        }
    }
}
