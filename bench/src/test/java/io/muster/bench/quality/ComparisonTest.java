package io.muster.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    /** Tasks and longest paths, in jobs, as published. */
    @ParameterizedTest
    @CsvSource({
        "plain1n, 380, 1", "plain1e, 380, 1", "plain1cpus, 380, 1", "triplets, 330, 3", "merge_neighbours, 214, 2",
        "merge_triplets, 148, 2", "merge_small_big, 240, 2", "fork1, 300, 2", "fork2, 300, 2", "bigmerge, 321, 2",
        "duration_stairs, 380, 1", "size_stairs, 191, 2", "splitters, 255, 8", "conflux, 255, 8", "grid, 361, 37",
        "fern, 401, 201", "gridcat, 401, 4", "crossv, 94, 5", "crossvx, 200, 5", "fastcrossv, 94, 5",
        "mapreduce, 321, 3", "nestedcrossv, 266, 8", "montage, 77, 6", "cybershake, 104, 4", "epigenomics, 204, 8",
        "ligo, 186, 6", "sipht, 64, 5"
    })
    void aWorkflowHasTheTasksOfThePublication(final String name, final int tasks, final int longestPath) {
        final Workflow flow = Workflows.of(name, 1);
        final int[] paths = new int[tasks];
        int longest = 0;
        for (final Job job : flow.jobs) {
            paths[job.id] = 1;
            job.before().forEach(before -> paths[job.id] = Math.max(paths[job.id], paths[before.id] + 1));
            longest = Math.max(longest, paths[job.id]);
        }

        assertThat(flow.jobs).hasSize(tasks);
        assertThat(longest).isEqualTo(longestPath);
    }

    @ParameterizedTest
    @CsvSource({
        "grid, 1.05",
        "fern, 1.05",
        "montage, 1.05",
        "sipht, 1.05",
        "ligo, 1.15",
        "cybershake, 1.10",
        "merge_neighbours, 1.10"
    })
    void musterIsNearTheBestOfTheOthers(final String graph, final double ratio) {
        final Map<String, Comparison> found = Comparison.of(graph, 8, 4, 256, 42);

        for (final Comparison one : found.values()) {
            assertThat(one.others()).hasSize(11);
            assertThat(one.others().values())
                    .as(one.knowledge())
                    .allSatisfy(seconds -> assertThat(seconds).isGreaterThanOrEqualTo(one.lowerBound() * 0.999_999));
            assertThat(one.cold()).isGreaterThanOrEqualTo(one.lowerBound() * 0.999_999);
            assertThat(one.cold() / one.bestSeconds()).as(one.knowledge()).isLessThanOrEqualTo(ratio);
        }
    }

    @Test
    void theSameComesOutEveryTime() {
        assertThat(Comparison.of("gridcat", 8, 4, 256, 42)).isEqualTo(Comparison.of("gridcat", 8, 4, 256, 42));
    }
}
