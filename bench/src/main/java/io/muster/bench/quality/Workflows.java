package io.muster.bench.quality;

import io.muster.MusterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The 27 workflows of "Analysis of workflow schedulers in simulated distributed environments" (Beránek, Böhm, Cima; J. Supercomputing
 * 2022), by their published distributions: seconds and MiB. The numbers are drawn by a generator of our own, so that single ones differ
 * from those of the paper.
 */
final class Workflows {
    private static final Map<String, Consumer<Workflow>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("plain1n", flow -> plain(flow, 1));
        BY_NAME.put("plain1e", Workflows::plainExponential);
        BY_NAME.put("plain1cpus", flow -> plain(flow, 3));
        BY_NAME.put("triplets", Workflows::triplets);
        BY_NAME.put("merge_neighbours", Workflows::mergeNeighbours);
        BY_NAME.put("merge_triplets", Workflows::mergeTriplets);
        BY_NAME.put("merge_small_big", Workflows::mergeSmallBig);
        BY_NAME.put("fork1", flow -> fork(flow, 1));
        BY_NAME.put("fork2", flow -> fork(flow, 2));
        BY_NAME.put("bigmerge", Workflows::bigMerge);
        BY_NAME.put("duration_stairs", Workflows::durationStairs);
        BY_NAME.put("size_stairs", Workflows::sizeStairs);
        BY_NAME.put("splitters", Workflows::splitters);
        BY_NAME.put("conflux", Workflows::conflux);
        BY_NAME.put("grid", Workflows::grid);
        BY_NAME.put("fern", Workflows::fern);
        BY_NAME.put("gridcat", Workflows::gridCat);
        BY_NAME.put("crossv", flow -> crossValidation(flow, 8, 4, 1));
        BY_NAME.put("crossvx", Workflows::fourCrossValidations);
        BY_NAME.put("fastcrossv", flow -> crossValidation(flow, 8, 1, 0.02));
        BY_NAME.put("mapreduce", Workflows::mapReduce);
        BY_NAME.put("nestedcrossv", Workflows::nestedCrossValidation);
        BY_NAME.put("montage", Workflows::montage);
        BY_NAME.put("cybershake", Workflows::cybershake);
        BY_NAME.put("epigenomics", Workflows::epigenomics);
        BY_NAME.put("ligo", Workflows::ligo);
        BY_NAME.put("sipht", Workflows::sipht);
    }

    private Workflows() {}

    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /**
     * A workflow, always the same for the same seed.
     *
     * @throws MusterException if there is none of this name
     */
    static Workflow of(final String name, final long seed) {
        final Consumer<Workflow> maker = BY_NAME.get(name);
        if (maker == null) {
            throw new MusterException("graph=" + name + " must be one of " + String.join(", ", names()));
        }
        final Workflow flow = new Workflow(name, seed);
        maker.accept(flow);
        return flow;
    }

    private static void plain(final Workflow flow, final int maxCores) {
        final int[] means = {10, 20, 60, 180};
        for (int i = 0; i < 380; i++) {
            final int mean = means[flow.below(4)];
            flow.add("t" + mean, flow.normal(mean, mean / 10.0), mean, 1 + flow.below(maxCores));
        }
    }

    private static void plainExponential(final Workflow flow) {
        for (int i = 0; i < 380; i++) {
            flow.add("t", flow.exponential(60), 60);
        }
    }

    private static void triplets(final Workflow flow) {
        for (int i = 0; i < 110; i++) {
            final Job a = flow.add("a", flow.normal(5, 1.5), 5).gives(40);
            final Job b = flow.add("b", flow.normal(120, 20), 120, 4).gives(120).needs(a);
            flow.add("c", flow.normal(32, 3), 32).needs(b);
        }
    }

    private static List<Job> level(
            final Workflow flow, final int count, final String name, final double mean, final double deviation) {
        final List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(flow.add(name, flow.normal(mean, deviation), mean));
        }
        return jobs;
    }

    private static List<Job> inputs(final Workflow flow, final int count) {
        final List<Job> jobs = level(flow, count, "a", 15, 3);
        jobs.forEach(job -> job.gives(flow.normal(99, 2.5), 100));
        return jobs;
    }

    private static void mergeNeighbours(final Workflow flow) {
        final List<Job> as = inputs(flow, 107);
        for (int i = 0; i < 107; i++) {
            flow.add("b", flow.normal(15, 2), 15).needs(as.get(i)).needs(as.get((i + 1) % 107));
        }
    }

    private static void mergeTriplets(final Workflow flow) {
        final List<Job> as = inputs(flow, 111);
        for (int i = 0; i < 111; i += 3) {
            flow.add("b", flow.normal(15, 2), 15).needs(as.subList(i, i + 3));
        }
    }

    private static void mergeSmallBig(final Workflow flow) {
        final List<Job> small = level(flow, 80, "a", 11, 3);
        small.forEach(job -> job.gives(0.5));
        final List<Job> big = level(flow, 80, "b", 15, 3);
        big.forEach(job -> job.gives(flow.normal(99, 2.5), 100));
        for (int i = 0; i < 80; i++) {
            flow.add("c", flow.normal(10, 1), 10).needs(small.get(i)).needs(big.get(i));
        }
    }

    private static void fork(final Workflow flow, final int outputs) {
        final List<Job> as = level(flow, 100, "a", 17, 3);
        for (final Job a : as) {
            for (int i = 0; i < outputs; i++) {
                a.gives(100);
            }
            flow.add("b", flow.normal(15, 2), 15).needs(a.outputs.get(0));
            flow.add("c", flow.normal(15, 2), 15).needs(a.outputs.get(outputs - 1));
        }
    }

    private static void bigMerge(final Workflow flow) {
        final List<Job> as = level(flow, 320, "a", 17, 3);
        as.forEach(job -> job.gives(100));
        flow.add("m", 40, 40).needs(as);
    }

    private static void durationStairs(final Workflow flow) {
        for (int i = 0; i < 190; i++) {
            flow.add("a" + i, i, i);
            flow.add("b" + i, i, i);
        }
    }

    private static void sizeStairs(final Workflow flow) {
        final Job a = flow.add("a", 0.1, 0.1);
        for (int i = 0; i < 190; i++) {
            a.gives(i);
        }
        for (int i = 0; i < 190; i++) {
            flow.add("b", 20, 20).needs(a.outputs.get(i));
        }
    }

    private static void splitters(final Workflow flow) {
        List<Job> level = List.of(flow.add("root", 1, 1).gives(512));
        for (int depth = 0; depth < 7; depth++) {
            final List<Job> next = level(flow, level.size() * 2, "a" + depth, 20, 1);
            for (int i = 0; i < next.size(); i++) {
                next.get(i).gives(128).needs(level.get(i / 2));
            }
            level = next;
        }
    }

    private static void conflux(final Workflow flow) {
        List<Job> level = level(flow, 128, "top", 20, 1.5);
        level.forEach(job -> job.gives(128));
        for (int depth = 0; depth < 7; depth++) {
            final List<Job> next = level(flow, level.size() / 2, "a" + depth, 20, 1);
            for (int i = 0; i < next.size(); i++) {
                next.get(i).gives(128).needs(level.subList(2 * i, 2 * i + 2));
            }
            level = next;
        }
    }

    private static void grid(final Workflow flow) {
        List<Job> above = List.of();
        for (int row = 0; row < 19; row++) {
            final List<Job> here = new ArrayList<>();
            for (int i = 0; i < 19; i++) {
                final Job job = flow.add("a", flow.normal(20, 1), 20).gives(128);
                if (row > 0) {
                    job.needs(above.get(i));
                }
                if (i > 0) {
                    job.needs(here.get(i - 1));
                }
                here.add(job);
            }
            above = here;
        }
    }

    private static void fern(final Workflow flow) {
        Job last = flow.add("init", flow.normal(20, 1), 20).gives(5);
        for (int i = 0; i < 200; i++) {
            final Job b = flow.add("b", flow.normal(35, 3), 35).gives(flow.normal(42, 2), 42);
            last = flow.add("a", flow.normal(17 + i / 10.0, 3), 17 + i / 10.0)
                    .gives(flow.normal(5 + i / 10.0, i / 100.0), 5 + i / 10.0)
                    .needs(last)
                    .needs(b);
        }
    }

    private static void gridCat(final Workflow flow) {
        final double small = 16 / 1024.0 / 1024.0;
        final List<Job> opens = level(flow, 20, "input", 0.01, 0.001);
        opens.forEach(job -> job.gives(flow.normal(300, 25)));
        final List<Job> hashes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (int j = i + 1; j < 20; j++) {
                final double size =
                        opens.get(i).outputs.get(0).mib + opens.get(j).outputs.get(0).mib;
                final Job cat = flow.add("cat", flow.normal(0.2, 0.01) + size / 1000, 0.2 + size / 1000)
                        .gives(size)
                        .needs(opens.get(i))
                        .needs(opens.get(j));
                hashes.add(flow.add("hash", flow.normal(0.2, 0.01) + size / 500, 0.2 + size / 500)
                        .gives(small)
                        .needs(cat));
            }
        }
        flow.add("merge", 0.1, 0.1).gives(small).needs(hashes);
    }

    private static void fourCrossValidations(final Workflow flow) {
        for (int i = 0; i < 4; i++) {
            crossValidation(flow, 4, 4, 1);
        }
    }

    private static List<Job> without(final Workflow flow, final List<Output> chunks) {
        final List<Job> merges = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            final Job merge = flow.add("merge", flow.normal(1.1, 0.02), 1.1).gives(320 * (chunks.size() - 1));
            for (int j = 0; j < chunks.size(); j++) {
                if (i != j) {
                    merge.needs(chunks.get(j));
                }
            }
            merges.add(merge);
        }
        return merges;
    }

    private static List<Output> chunks(final Workflow flow) {
        final Job generator = flow.add("generator", flow.normal(5, 0.5), 5);
        for (int i = 0; i < 5; i++) {
            generator.gives(320);
        }
        return generator.outputs;
    }

    private static Job evaluated(
            final Workflow flow,
            final Job merge,
            final Output chunk,
            final int cores,
            final double factor,
            final String name,
            final double trained) {
        final Job train = flow.add("train" + name, flow.exponential(trained), trained, cores)
                .gives(18)
                .needs(merge);
        return flow.add("eval", flow.normal(34 * factor, 3), 34 * factor, cores)
                .gives(0.0001)
                .needs(train)
                .needs(chunk);
    }

    private static void crossValidation(final Workflow flow, final int inner, final int cores, final double factor) {
        final List<Output> chunks = chunks(flow);
        final List<Job> merges = without(flow, chunks);
        for (int i = 0; i < inner; i++) {
            final List<Job> results = new ArrayList<>();
            for (int j = 0; j < chunks.size(); j++) {
                results.add(evaluated(flow, merges.get(j), chunks.get(j), cores, factor, "", 680 * factor));
            }
            flow.add("final", 0.2, 0.2).needs(results);
        }
    }

    private static void nestedCrossValidation(final Workflow flow) {
        final List<Output> folds = chunks(flow);
        for (int out = 0; out < folds.size(); out++) {
            final List<Output> inner = new ArrayList<>(folds);
            inner.remove(out);
            final List<Job> merges = without(flow, inner);
            final List<Job> scores = new ArrayList<>();
            for (int p = 1; p <= 5; p++) {
                final List<Job> results = new ArrayList<>();
                for (int i = 0; i < inner.size(); i++) {
                    results.add(evaluated(flow, merges.get(i), inner.get(i), 4, 1, "" + p, 680 * p));
                }
                scores.add(flow.add("score", 0.2, 0.2).gives(0.0001).needs(results));
            }
            final Job best = flow.add("best", 0.2, 0.2).gives(0.0001).needs(scores);
            final Job merge = flow.add("merge all", flow.normal(1, 0.02), 1).gives(320 * inner.size());
            inner.forEach(merge::needs);
            final Job train = flow.add("train", flow.exponential(680), 680, 4)
                    .gives(18)
                    .needs(merge)
                    .needs(best);
            flow.add("eval all", flow.normal(38, 3), 38, 4)
                    .gives(0.0001)
                    .needs(train)
                    .needs(folds.get(out));
        }
    }

    private static void mapReduce(final Workflow flow) {
        final int count = 160;
        final Job splitter = flow.add("splitter", 10, 10);
        for (int i = 0; i < count; i++) {
            splitter.gives(2.5 * 1024);
        }
        final List<Job> maps = level(flow, count, "map", 50, 10);
        for (int i = 0; i < count; i++) {
            maps.get(i).needs(splitter.outputs.get(i));
            for (int j = 0; j < count; j++) {
                maps.get(i).gives(flow.normal(250.0 / count, 20.0 / count), 250.0 / count);
            }
        }
        for (int i = 0; i < count; i++) {
            double size = 0;
            for (final Job map : maps) {
                size += map.outputs.get(i).mib;
            }
            final Job reduce = flow.add("reduce", flow.normal(size / 25, 5), 10);
            for (final Job map : maps) {
                reduce.needs(map.outputs.get(i));
            }
        }
    }

    private static void montage(final Workflow flow) {
        final int width = 50;
        final List<Job> tops = level(flow, width / 4, "mProjectPP", 15, 3);
        tops.forEach(job -> job.gives(flow.normal(4, 1)).gives(flow.normal(4, 1)));
        final List<Job> middle = level(flow, width, "mDiffFit", 10, 1);
        middle.forEach(job -> job.gives(flow.normal(0.2, 0.1)).gives(flow.normal(0.2, 0.1)));
        for (int i = 0; i < tops.size(); i++) {
            for (int j = Math.max(0, 4 * i - 2); j < Math.min(width, 4 * i + 2); j++) {
                middle.get(j).needs(tops.get(i).outputs.get(flow.below(2)));
            }
        }
        final Job concat =
                flow.add("mConcatFit", flow.normal(13, 2), 13).gives(0.01).needs(middle);
        final Job model =
                flow.add("mBgModel", flow.normal(11, 1), 11).gives(0.01).needs(concat);
        final List<Job> backgrounds = level(flow, width / 4, "mBackground", 10, 1);
        for (int i = 0; i < backgrounds.size(); i++) {
            backgrounds
                    .get(i)
                    .gives(flow.normal(4, 1))
                    .gives(flow.normal(4, 1))
                    .needs(model)
                    .needs(tops.get(i).outputs.get(flow.below(2)));
        }
        flow.add("mImgTbl", 8, 8).needs(backgrounds);
    }

    private static void cybershake(final Workflow flow) {
        final List<Job> tops = level(flow, 2, "ExtractGST", 100, 50);
        tops.forEach(job -> job.gives(flow.normal(220, 80)).gives(flow.normal(220, 80)));
        final List<Job> synthesis = level(flow, 50, "SeismogramSynthesis", 45, 10);
        for (int i = 0; i < 50; i++) {
            synthesis.get(i).gives(flow.normal(0.02, 0.01)).needs(tops.get(i / 25));
        }
        flow.add("ZipSeis", flow.normal(0.5, 0.2), 0.5)
                .gives(flow.normal(0.2, 0.1))
                .needs(synthesis);
        final List<Job> peaks = level(flow, 50, "PeakValCalcOkaya", 1, 0.5);
        for (int i = 0; i < 50; i++) {
            peaks.get(i).gives(0.01).needs(synthesis.get(i));
        }
        flow.add("ZipPSA", flow.normal(0.5, 0.2), 0.5).gives(0.1).needs(peaks);
    }

    private static void epigenomics(final Workflow flow) {
        final Job split = flow.add("fastqSplit", flow.normal(35, 5), 35);
        final List<Job> maps = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            split.gives(flow.normal(10, 5));
            final Job filter = flow.add("filter", flow.normal(1.5, 1), 1.5)
                    .gives(flow.normal(5, 2))
                    .gives(flow.normal(5, 2))
                    .needs(split.outputs.get(i));
            final Job sol = flow.add("sol2sanger", flow.normal(0.3, 0.2), 0.3)
                    .gives(flow.normal(5, 2))
                    .needs(filter);
            final Job fast = flow.add("fastq2bfq", flow.normal(1, 0.2), 1)
                    .gives(flow.normal(1, 0.5))
                    .needs(sol);
            maps.add(flow.add("map", flow.normal(15000, 2500), 15000)
                    .gives(flow.normal(1, 0.5))
                    .needs(fast));
        }
        final Job merge = flow.add("mapMerge", flow.normal(10, 2), 10)
                .gives(flow.normal(20, 2))
                .gives(0.5)
                .gives(0.1)
                .needs(maps);
        final Job index = flow.add("maqindex", 0.02, 0.02).gives(0.4).needs(merge.outputs.get(0));
        flow.add("pileup", flow.normal(6000, 200), 6000).gives(3).needs(index);
    }

    private static void ligo(final Workflow flow) {
        for (final int width : new int[] {20, 10, 15}) {
            Job parent = null;
            for (int half = 0; half < 2; half++) {
                final List<Job> inspirals = new ArrayList<>();
                for (int i = 0; i < width; i++) {
                    final Job top =
                            flow.add("TmpItBank", flow.normal(19, 0.1), 19).gives(flow.normal(0.9, 0.1));
                    if (parent != null) {
                        top.needs(parent);
                    }
                    inspirals.add(flow.add("Inspiral", flow.normal(400, 100), 400)
                            .gives(flow.normal(0.4, 0.1))
                            .needs(top));
                }
                parent = flow.add("Thinca", flow.normal(5, 1), 5).gives(0.02).needs(inspirals);
            }
        }
    }

    private static void sipht(final Workflow flow) {
        for (int copy = 0; copy < 2; copy++) {
            final List<Job> parsers = level(flow, 20, "Parser", 1, 0.2);
            parsers.forEach(job -> job.gives(flow.normal(0.1, 0.02)));
            final Job concat = flow.add("Parser-concat", 0.05, 0.05)
                    .gives(flow.normal(1.5, 0.1))
                    .needs(parsers);
            final Job term = flow.add("Findterm", flow.normal(1800, 100), 1800);
            for (final double size : new double[] {0, 0, 20, 0.2, 0, 4, 4, 6}) {
                term.gives(size == 0 ? 0 : flow.normal(size, size == 0.2 ? 0.1 : 1));
            }
            final Job motif =
                    flow.add("RNAMotif", flow.normal(38, 2), 38).gives(0).gives(1);
            final Job trans =
                    flow.add("Transterm", flow.normal(50, 2), 50).gives(0).gives(0.5);
            final Job blast = flow.add("Blast", flow.normal(1900, 100), 1900)
                    .gives(0)
                    .gives(0)
                    .gives(4.5);
            final Job srna = flow.add("SRNA", flow.normal(450, 50), 450).needs(List.of(term, motif, trans, blast));
            for (int i = 0; i < 10; i++) {
                srna.gives(flow.normal(0.5, 0.2));
            }
            final Output last = srna.outputs.get(9);
            final Job qrna = flow.add("BlastQRNA", flow.normal(1200, 100), 1200).needs(last);
            for (int i = 0; i < 8; i++) {
                qrna.gives(flow.normal(0.5, 1));
            }
            final Job paralogues = flow.add("Blast_paralogues", flow.normal(5, 1), 5)
                    .gives(0.9)
                    .needs(last);
            final Job parse =
                    flow.add("FFN_Parse", flow.normal(1, 1), 1).gives(0.9).needs(last);
            final Job synteny = flow.add("Blast_synteny", flow.normal(30, 5), 30)
                    .gives(1)
                    .needs(parse)
                    .needs(last);
            final Job candidate = flow.add("Blast_candidate", flow.normal(6, 1), 6)
                    .gives(0)
                    .gives(0)
                    .gives(0)
                    .needs(last);
            final Job annotate = flow.add("SRNA_annotate", flow.normal(1, 2), 1).needs(last);
            for (int i = 0; i < 8; i++) {
                annotate.gives(flow.normal(0.5, 0.2));
            }
            for (final Job job : List.of(qrna, paralogues, parse, synteny, candidate)) {
                annotate.needs(job.outputs.get(0));
            }
            annotate.needs(concat);
        }
    }
}
