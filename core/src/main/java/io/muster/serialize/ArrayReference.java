package io.muster.serialize;

import java.io.Serializable;

/** What stands in a JDK stream for an array that travels out of band. */
final class ArrayReference implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;

    ArrayReference(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }
}
