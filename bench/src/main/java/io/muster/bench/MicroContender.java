package io.muster.bench;

/** What runs a small benchmark, as often as it is asked to. */
interface MicroContender extends AutoCloseable {
    Micro.Outcome run();

    @Override
    void close();
}
