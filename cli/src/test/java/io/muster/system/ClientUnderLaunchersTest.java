package io.muster.system;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** What a client can do, on clusters that MPI launchers start; skipped for those that this machine has not. */
@Tag("slow")
final class ClientUnderLaunchersTest extends ClientTest {
    ClientUnderLaunchersTest(final ClusterKind kind) {
        super(kind);
    }

    /** Hides the kinds of the other class. */
    static List<ClusterKind> kinds() {
        return List.of(ClusterKind.OPEN_MPI, ClusterKind.MPICH, ClusterKind.SRUN, ClusterKind.MPJ_EXPRESS);
    }
}
