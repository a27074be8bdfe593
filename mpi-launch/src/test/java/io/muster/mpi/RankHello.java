package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.util.List;
import java.util.zip.CRC32;

/** A program for launchers: its ranks tell each other bytes, and print what they heard. */
public final class RankHello {
    private RankHello() {}

    /** Prints one line, such as {@code rank=0 size=3 by=pmi-1 local=0/3 heard=ab12cd34,ef56 arguments=[a, b]}. */
    public static void main(final String[] arguments) {
        final Launch launch = new Launch(System.getenv(), List.of(arguments));
        final RankTransport transport = RankTransports.open(launch);
        try (transport) {
            final int last = transport.size() - 1;
            final String first = checksum(transport.broadcast(said(transport.rank(), PlacedTransport.MAX_BYTES), 0));
            transport.barrier();
            final String second = checksum(transport.broadcast(said(transport.rank(), 3), last));
            final String third = checksum(transport.broadcast(said(transport.rank(), 0), 0));
            transport.barrier();
            System.out.println(line(transport, launch, first + "," + second + "," + third));
        }
    }

    /** What all ranks must hear in a launch of the given size. */
    static String heard(final int size) {
        return checksum(said(0, PlacedTransport.MAX_BYTES)) + "," + checksum(said(size - 1, 3)) + ","
                + checksum(said(0, 0));
    }

    private static String line(final RankTransport transport, final Launch launch, final String heard) {
        return "rank=" + transport.rank() + " size=" + transport.size() + " by=" + transport.name() + " local="
                + transport.localRank() + "/" + transport.localSize() + " heard=" + heard + " arguments="
                + RankTransports.programArguments(launch);
    }

    private static byte[] said(final int rank, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (31 * i + rank);
        }
        return bytes;
    }

    private static String checksum(final byte[] bytes) {
        final CRC32 sum = new CRC32();
        sum.update(bytes);
        return bytes.length + ":" + Long.toHexString(sum.getValue());
    }
}
