package io.muster.bench.quality;

/** A scheduler of the published comparison. */
interface Policy {
    /** The workflow begins, or jobs have ended: jobs may be assigned to workers. */
    void decide(Imitation run);
}
