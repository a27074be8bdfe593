package io.muster.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What this machine does at best, alone. */
@Command(
        name = Floor.NAME,
        description = {
            "Round trips between two threads: by spinning, by the kernel's waiting (futex), by TCP over loopback.",
            "Medians; what else the machine does shows in them. All other benchmarks print this first."
        })
final class FloorCommand implements Callable<Integer> {
    @Mixin
    private BenchOutput output = new BenchOutput();

    @Override
    public Integer call() {
        output.printFloor();
        return 0;
    }
}
