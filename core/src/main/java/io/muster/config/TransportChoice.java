package io.muster.config;

/** What the sessions between scheduler and workers run on. */
public enum TransportChoice {
    /** Aeron where both sides can, else TCP. */
    AUTO,
    /** Aeron; a side that cannot use it fails. */
    AERON,
    /** The TCP connection that every session begins on. */
    TCP
}
