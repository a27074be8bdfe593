package io.muster.bench.quality;

/** What a scheduler knows of durations and sizes before jobs have run. */
enum Knowledge {
    /** All of them. */
    EXACT,
    /** What a user would say: the means of the distributions. */
    USER,
    /** The mean over the whole workflow. */
    MEAN
}
