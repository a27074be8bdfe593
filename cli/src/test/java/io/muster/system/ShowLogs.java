package io.muster.system;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Prints what the processes of a cluster wrote when a test on it fails. */
final class ShowLogs implements AfterTestExecutionCallback {
    /** A test that runs on a cluster. */
    interface OnCluster {
        /** What the processes of the cluster wrote, to tell what went wrong. */
        String logs();
    }

    @Override
    public void afterTestExecution(final ExtensionContext context) {
        final boolean failed = context.getExecutionException()
                .filter(e -> !(e instanceof TestAbortedException))
                .isPresent();
        if (failed && context.getRequiredTestInstance() instanceof OnCluster test) {
            System.err.println("=== " + context.getDisplayName() + " failed on " + test.logs());
        }
    }
}
