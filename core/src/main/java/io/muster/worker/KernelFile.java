package io.muster.worker;

import java.io.IOException;
import java.io.RandomAccessFile;
import org.jspecify.annotations.Nullable;

/**
 * A small file in which the kernel tells figures, for one who reads it again and again: kept open, as to open it takes much longer than
 * to read it. It is closed when nobody refers to it any more.
 */
final class KernelFile {
    private static final int MAX_BYTES = 1024;

    private final byte[] bytes = new byte[MAX_BYTES];
    private final @Nullable RandomAccessFile file;
    private int first;
    private int end;

    /** Opens a file; if it can't be opened, it can't be read either. */
    KernelFile(final String path) {
        RandomAccessFile opened = null;
        try {
            opened = new RandomAccessFile(path, "r");
        } catch (final IOException e) {
            opened = null;
        }
        file = opened;
    }

    /** Looks what the file says now; false if that can't be told. */
    boolean read() {
        end = 0;
        if (file == null) {
            return false;
        }
        try {
            file.seek(0);
            end = Math.max(0, file.read(bytes));
        } catch (final IOException e) {
            return false;
        }
        first = 0;
        for (int i = 0; i < end; i++) {
            if (bytes[i] == ')') {
                first = i + 2;
            }
        }
        return end > 0;
    }

    /**
     * One of the words that were read.
     *
     * @param index from 0, after the name of a command in brackets if there is one
     * @return the number; -1 if there is none in that place
     */
    long number(final int index) {
        int at = first;
        for (int word = 0; word < index; at++) {
            if (at >= end) {
                return -1;
            }
            if (bytes[at] == ' ') {
                word++;
            }
        }
        long number = -1;
        for (; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            number = Math.max(0, number) * 10 + bytes[at] - '0';
        }
        return number;
    }
}
