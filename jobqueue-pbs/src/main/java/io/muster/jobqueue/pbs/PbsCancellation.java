package io.muster.jobqueue.pbs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What to name to {@code qdel}, one at a time: jobs, and runs of jobs of one array. */
final class PbsCancellation {
    private PbsCancellation() {}

    /** The jobs in runs of neighbours in one array. */
    static List<List<PbsId>> runs(final Collection<String> ids) {
        final List<PbsId> sorted = ids.stream()
                .map(PbsId::of)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(PbsId::server)
                        .thenComparing(PbsId::number)
                        .thenComparing(PbsId::place))
                .toList();
        final List<List<PbsId>> runs = new ArrayList<>();
        for (final PbsId id : sorted) {
            final List<PbsId> last = runs.isEmpty() ? List.of() : runs.get(runs.size() - 1);
            if (!last.isEmpty() && isNext(last.get(last.size() - 1), id)) {
                last.add(id);
            } else {
                runs.add(new ArrayList<>(List.of(id)));
            }
        }
        return runs;
    }

    /** One operand for a run, such as {@code 25[2-5].server}. */
    static String operand(final List<PbsId> run) {
        final PbsId first = run.get(0);
        if (run.size() == 1) {
            return first.toString();
        }
        return first.number() + "[" + first.place() + "-"
                + run.get(run.size() - 1).place() + "]" + first.server();
    }

    private static boolean isNext(final PbsId before, final PbsId id) {
        return before.isElement()
                && id.isElement()
                && before.number().equals(id.number())
                && before.server().equals(id.server())
                && before.place() + 1 == id.place();
    }
}
