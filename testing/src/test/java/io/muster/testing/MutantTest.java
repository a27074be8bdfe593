package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All mutants are tried by {@code muster simulate --mutants}; these are those that are found at once. */
@Tag("slow")
final class MutantTest {
    private static final Set<String> TRIED = Set.of(
            "INPUTS_IN_REVERSE_ORDER",
            "RESULTS_OUTLIVE_HOLDER",
            "ONE_REPLICA_FREED",
            "STARTS_WITHOUT_INPUTS",
            "RUN_NUMBER_REUSED");

    private final MutationGate gate = new MutationGate(500, Simulator.SMALL);

    static Stream<Mutant> all() {
        return Mutant.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyMutantCanStillBeMade(final Mutant mutant) {
        gate.compile(mutant);

        assertThat(mutant.note()).isNotEmpty();
    }

    @Test
    void thereAreManyAndEachHasItsOwnName() {
        assertThat(all().map(Mutant::name).collect(Collectors.toSet()))
                .hasSizeGreaterThanOrEqualTo(25)
                .hasSize((int) all().count());
    }

    @Test
    void theSimulatorNoticesPlantedBugs() {
        final List<MutationGate.Verdict> verdicts =
                gate.run(all().filter(mutant -> TRIED.contains(mutant.name())).toList(), 2, verdict -> {});

        assertThat(verdicts).hasSize(TRIED.size()).allMatch(MutationGate.Verdict::isKilled);
    }

    @Test
    void aMutantWhoseSourceHasChangedSaysSo() {
        final Mutant stale = new Mutant("STALE", "io.muster.scheduler.SchedulerCore", "note", false, "not there", "");

        assertThatThrownBy(stale::source)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mutant=STALE")
                .hasMessageContaining("is not there");
    }

    @Test
    void linesOfTheListMeanWhatItsCommentSays() {
        final String text = "# about it\n\nmutant A\nclass C\nnote n o\nbefore\n|  one\n|two\nafter\n|three\nend\n"
                + "mutant B\nclass D\nequivalent p\nbefore\n|four\nafter\nend\n";

        assertThat(Mutant.parse(text))
                .containsExactly(
                        new Mutant("A", "C", "n o", false, "  one\ntwo\n", "three\n"),
                        new Mutant("B", "D", "p", true, "four\n", ""));
    }
}
