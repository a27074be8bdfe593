package io.muster.config;

/** Whether the results that a worker sends to other hosts are compressed. */
public enum CompressionChoice {
    /** Where a sample and the speed of the link say that it is faster. */
    AUTO,
    /** Where it makes them smaller. */
    LZ4,
    /** Never. */
    NONE
}
