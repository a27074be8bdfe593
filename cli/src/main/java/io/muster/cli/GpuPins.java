package io.muster.cli;

import io.muster.config.ConfigurationException;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Shares out the GPUs that a batch system gave to a job: each worker process sees some of its own and offers them as the resource
 * {@code gpu}.
 */
final class GpuPins {
    private static final String CUDA = "CUDA_VISIBLE_DEVICES";
    private static final List<String> LISTS = List.of(CUDA, "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK");
    private static final List<String> NO_DEVICES = List.of("NoDevFiles", "-1");
    private static final String RESOURCE = "gpu=";

    private final int perProcess;
    private final Map<String, List<String>> lists = new LinkedHashMap<>();

    private GpuPins(final int perProcess) {
        this.perProcess = perProcess;
    }

    /**
     * Looks at what there is.
     *
     * @param settings say how many devices each process gets
     * @param environment what the batch system set
     * @param processes how many processes share them
     * @return the shares
     * @throws ConfigurationException if there are too few devices
     */
    static GpuPins of(final Settings settings, final Map<String, String> environment, final int processes) {
        final int perProcess = settings.get(Options.WORKER_GPUS_PER_PROCESS);
        final GpuPins pins = new GpuPins(perProcess);
        if (perProcess == 0) {
            return pins;
        }
        for (final String name : LISTS) {
            final String list = environment.get(name);
            if (list != null) {
                pins.lists.put(name, devices(name, list, processes, perProcess));
            }
        }
        if (pins.lists.isEmpty()) {
            pins.lists.put(
                    CUDA,
                    IntStream.range(0, processes * perProcess)
                            .mapToObj(Integer::toString)
                            .toList());
        }
        return pins;
    }

    /** The variables of a process. */
    Map<String, String> environment(final int process) {
        return lists.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        list -> String.join(
                                ",", list.getValue().subList(process * perProcess, (process + 1) * perProcess))));
    }

    /** The settings of each process: what it offers includes its devices, unless the user says how many they count. */
    Settings offering(final Settings settings) {
        final List<String> resources = new ArrayList<>(settings.get(Options.WORKER_RESOURCES));
        if (perProcess == 0 || resources.stream().anyMatch(resource -> resource.startsWith(RESOURCE))) {
            return settings;
        }
        resources.add(RESOURCE + perProcess);
        return settings.with(Options.WORKER_RESOURCES, resources);
    }

    private static List<String> devices(
            final String name, final String list, final int processes, final int perProcess) {
        final List<String> devices = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(device -> !device.isEmpty() && !NO_DEVICES.contains(device))
                .toList();
        if (devices.size() < processes * perProcess) {
            throw new ConfigurationException(name + "=" + list + " has devices=" + devices.size()
                    + ", must be >= " + processes * perProcess + " for processes=" + processes + " with "
                    + Options.WORKER_GPUS_PER_PROCESS + "=" + perProcess
                    + " each; ask the batch system for more GPUs, or run fewer processes");
        }
        return devices;
    }
}
