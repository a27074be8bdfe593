package io.muster.worker;

import java.util.ArrayList;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What several threads of a worker share, in all the orders in which a few of them can do a few things: nothing is lost, nothing is taken
 * twice, nobody waits for ever.
 */
@Tag("slow")
class InterleavingsTest {
    private static final int ITERATIONS = 5;
    private static final int INVOCATIONS = 100;

    @Test
    void runsThatAreAddedAreTakenOnceAndInOrder() {
        options().check(Queue.class);
    }

    @Test
    void aRunIsStartedOrGivenBackOrAbandonedAndNeverTwoOfThese() {
        options().check(Table.class);
    }

    @Test
    void aGateLetsThroughWhatItShould() {
        options().check(Gate.class);
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1);
    }

    private static Run run(final int number) {
        return new Run(number, number, 0, 1, 0, new long[0], new int[0], "payload", null);
    }

    /** The queue of runs that may start. */
    public static final class Queue {
        private final ReadyQueue queue = new ReadyQueue(new RecordingReports(false));

        @Operation
        public void add(@Param(gen = IntGen.class, conf = "1:3") final int number) {
            queue.add(run(number));
        }

        @Operation
        public long poll() {
            final Run run = queue.poll(queue.announce());
            return run == null ? -1 : run.runId;
        }
    }

    /** Two runs that threads start, the scheduler asks back, and clients cancel. */
    public static final class Table {
        private final RunTable table = new RunTable();
        private final Run[] runs = {run(0), run(1)};

        public Table() {
            for (final Run run : runs) {
                table.admit(run, new ArrayList<>());
            }
        }

        @Operation
        public boolean claim(@Param(gen = IntGen.class, conf = "0:1") final int which) {
            return table.claim(runs[which], 0);
        }

        @Operation
        public boolean giveUp(@Param(gen = IntGen.class, conf = "0:1") final int which) {
            return table.giveUp(which);
        }

        @Operation
        public boolean abandon(@Param(gen = IntGen.class, conf = "0:1") final int which) {
            return table.abandon(which) != null;
        }

        @Operation
        public boolean finish(@Param(gen = IntGen.class, conf = "0:1") final int which) {
            return table.isRunning(runs[which]) && table.finish(runs[which], 0, "value", 1, new ArrayList<>());
        }
    }

    /** A gate that nobody waits at. */
    public static final class Gate {
        private final StartGate gate = new StartGate();

        @Operation
        public void open() {
            gate.open();
        }

        @Operation
        public void shut() {
            gate.shut();
        }

        @Operation
        public boolean isOpen() {
            return gate.isOpen();
        }
    }
}
