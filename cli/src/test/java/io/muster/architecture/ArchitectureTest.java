package io.muster.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Which way the arrows between modules point, and what the scheduler core may not touch. */
@AnalyzeClasses(packages = "io.muster", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String SCHEDULER_CORE = "io.muster.scheduler.SchedulerCore";

    /** What each module may use besides itself. */
    private static final Map<String, Set<String>> MODULES = Map.ofEntries(
            entry("protocol", Set.of()),
            entry("core", Set.of("protocol")),
            entry("testing", Set.of("core")),
            entry("transport-aeron", Set.of("protocol", "core")),
            entry("jobqueue", Set.of("core")),
            entry("jobqueue-slurm", Set.of("core", "jobqueue")),
            entry("jobqueue-pbs", Set.of("core", "jobqueue")),
            entry("jobqueue-lsf", Set.of("core", "jobqueue")),
            entry("jobqueue-sge", Set.of("core", "jobqueue")),
            entry("mpi-launch", Set.of("core")),
            entry("dashboard", Set.of("core")),
            entry("bench", Set.of("protocol", "core", "testing", "transport-aeron")),
            entry("examples", Set.of("core", "jobqueue", "jobqueue-slurm", "mpi-launch")));

    /** The module that uses all others but the examples. */
    private static final String TOP = "cli";

    @ArchTest
    static final ArchRule arrowsBetweenModulesPointOneWay = classes()
            .that(describe("belong to Muster", type -> !moduleOf(type).isEmpty()))
            .should(new ArchCondition<>("use only the modules that theirs may use") {
                @Override
                public void check(final JavaClass type, final ConditionEvents events) {
                    type.getDirectDependenciesFromSelf().stream()
                            .filter(dependency -> !mayUse(moduleOf(type), moduleOf(dependency.getTargetClass())))
                            .forEach(dependency ->
                                    events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
                }
            });

    @ArchTest
    static final ArchRule examplesUseOnlyThePublicApi = noClasses()
            .that(belongTo("examples"))
            .should()
            .dependOnClassesThat(resideInAPackage("io.muster..")
                    .and(not(resideInAnyPackage(
                            "io.muster", "io.muster.jobqueue", "io.muster.jobqueue.slurm", "io.muster.mpi")))
                    .and(not(belongTo("examples"))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreNeedsNoFlags = noClasses()
            .that(belongTo("core").or(belongTo("protocol")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.aeron..", "org.agrona.concurrent..", "sun.misc..", "jdk.internal..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("org\\.agrona\\.(Unsafe.*|Expandable.*|IoUtil)");

    @ArchTest
    static final ArchRule theSchedulerCoreHasNoClockNoThreadNoChanceAndNoInputOrOutput = noClasses()
            .that(usedBySchedulerCore())
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .dependOnClassesThat(assignableTo(Thread.class)
                    .or(assignableTo(Executor.class))
                    .or(assignableTo(Clock.class))
                    .or(assignableTo(ThreadLocalRandom.class)))
            .orShould()
            .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file.."))
            .orShould()
            .dependOnClassesThat(resideInAPackage("java.io..")
                    .and(not(assignableTo(Throwable.class)))
                    .and(not(describe("Serializable", type -> type.getName().equals("java.io.Serializable")))))
            .allowEmptyShould(true);

    /** SchedulerCore, what is nested in it, and all that it uses in its own package, directly or not. */
    private static DescribedPredicate<JavaClass> usedBySchedulerCore() {
        return describe(
                "SchedulerCore uses in its package", type -> inSchedulerPackage(type) && isUsedBySchedulerCore(type));
    }

    private static boolean inSchedulerPackage(final JavaClass type) {
        return type.getPackageName().equals("io.muster.scheduler");
    }

    private static boolean isUsedBySchedulerCore(final JavaClass target) {
        final Set<JavaClass> seen = new LinkedHashSet<>();
        final Deque<JavaClass> open = new ArrayDeque<>();
        open.add(target);
        while (!open.isEmpty()) {
            final JavaClass type = open.remove();
            if (type.getName().equals(SCHEDULER_CORE) || type.getName().startsWith(SCHEDULER_CORE + "$")) {
                return true;
            }
            if (seen.add(type)) {
                type.getDirectDependenciesToSelf().stream()
                        .map(Dependency::getOriginClass)
                        .filter(ArchitectureTest::inSchedulerPackage)
                        .forEach(open::add);
            }
        }
        return false;
    }

    private static DescribedPredicate<JavaClass> belongTo(final String module) {
        return describe("belong to " + module, type -> moduleOf(type).equals(module));
    }

    private static boolean mayUse(final String module, final String other) {
        return other.isEmpty()
                || other.equals(module)
                || (module.equals(TOP)
                        ? !other.equals("examples")
                        : MODULES.get(module).contains(other));
    }

    /** The module whose folder or jar a class was read from; empty for what is not of Muster's modules. */
    private static String moduleOf(final JavaClass type) {
        if (!type.getPackageName().startsWith("io.muster")) {
            return "";
        }
        final String source =
                type.getSource().map(found -> found.getUri().toString()).orElse("");
        return Stream.concat(MODULES.keySet().stream(), Stream.of(TOP))
                .filter(module -> source.matches(".*/(muster-" + module + "-[0-9]|" + module + "/target/).*"))
                .findFirst()
                .orElse("");
    }
}
