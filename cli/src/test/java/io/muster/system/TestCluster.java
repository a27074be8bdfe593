package io.muster.system;

import io.muster.Client;
import io.muster.LocalCluster;

/** A cluster of whatever kind that a client's tests run on. */
interface TestCluster extends AutoCloseable {
    /** A new client of it. */
    Client connect();

    /** What its processes wrote. */
    String logs();

    @Override
    void close();

    /** One on this host. */
    static TestCluster of(final LocalCluster cluster) {
        return new TestCluster() {
            @Override
            public Client connect() {
                return cluster.connect();
            }

            @Override
            public String logs() {
                return cluster + "\n" + cluster.logs();
            }

            @Override
            public void close() {
                cluster.close();
            }
        };
    }
}
