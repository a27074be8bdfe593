package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import io.muster.config.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobSettingsTest {
    private static final JobSettings SETTINGS = JobSettings.of(new OneSystem());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=a\nb",
                "name=a\rb",
                "name=a\0b",
                "name=a'b",
                "name=a\"b",
                "name=$(id)",
                "name=`id`",
                "name=$HOME",
                "name=-n",
                "name=a b",
                "name=a/b",
                "name=ä",
                "name=a;b",
                "name=a\u0085b",
                "queue=a\n#SBATCH -x",
                "queue=-p",
                "queue=a b",
                "queue=$(id)",
                "partition=a'b",
                "account=a\nb",
                "account=-A",
                "account=a\"b",
                "project=$(id)",
                "project=a b",
                "log-directory=a b",
                "log-directory=-o",
                "log-directory=a\nb",
                "log-directory=$(id)",
                "interface=ib0 --x",
                "interface=$(id)",
                "local-directory=a\nb",
                "job-extra-directives=a\nb",
                "job-extra-directives=a\0",
                "worker-extra-args=a\nb",
                "job-directives-skip=a\nb",
                "job-script-prologue=a\0b",
                "job-script-epilogue=a\rb",
                "shebang=/bin/sh",
                "shebang=#!/bin/sh\nid",
                "shebang=#!/bin/csh -f",
                "shebang=#!/usr/bin/env tcsh",
                "java-home=jdk",
                "java-home=/a\nb",
                "memory=0",
                "memory=0GB",
                "memory=8 GBB",
                "memory=-1GB",
                "memory=lots",
                "cores=0",
                "cores=-1",
                "cores=1.5",
                "cores=99999999999",
                "processes=0",
                "death-timeout=0",
                "death-timeout=soon",
                "walltime=soon",
                "walltime=0",
                "walltime=00:30:00\n#ONE -x",
                "nanny=1"
            })
    void whatMustNotReachAScriptIsRefusedOnOneLineWithItsOrigin(final String argument) {
        final String key = argument.substring(0, argument.indexOf('='));

        assertThatThrownBy(() -> SETTINGS.withArgument(argument))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .startsWith(key + "=")
                .contains(" must be")
                .endsWith("(set by the command line)")
                .doesNotContainPattern("\\p{Cntrl}");
    }

    @Test
    void aRefusalSaysWhatWasGivenWhatIsRequiredAndWhatWouldDo() {
        assertThatThrownBy(() -> SETTINGS.withArgument("memory=8 GBB"))
                .hasMessage("memory=8 GBB must be > 0 and a number with a unit, such as 24GB or 24GiB; without a unit:"
                        + " bytes (set by the command line)");
        assertThatThrownBy(() -> SETTINGS.with(JobKeys.MEMORY, new MemorySize(0)))
                .hasMessageStartingWith("memory=0B must be > 0")
                .hasMessageEndingWith("(set by the program)");
        assertThatThrownBy(() -> SETTINGS.with(JobKeys.NAME, "a\n#SBATCH --uid=0"))
                .hasMessageStartingWith("name=a\\n#SBATCH --uid=0 must begin with");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=my_job-1.2+3",
                "queue=all.q@host,other",
                "queue=*@@gpu",
                "queue=a,b",
                "account=proj:sub",
                "log-directory=/home/a/%x/logs-$USER",
                "shebang=#!/bin/sh -l",
                "shebang=#! /usr/bin/bash",
                "memory=1.5TiB",
                "job-extra-directives=--constraint='haswell|skylake'",
                "local-directory=/scratch/$USER/my dir",
                "job-script-prologue=export A=\"$(date)\"",
                "death-timeout=5m",
                "interface=bond0.100"
            })
    void whatSitesUseIsTaken(final String argument) {
        assertThat(SETTINGS.withArgument(argument).notes()).isEmpty();
    }

    @Test
    void anArgumentSetsTextsListsAndNull() {
        assertThat(SETTINGS.withArgument("job-extra-directives=[-a, \"-b c\"]").get(JobKeys.JOB_EXTRA_DIRECTIVES))
                .isEqualTo(List.of("-a", "-b c"));
        assertThat(SETTINGS.withArgument("job_extra_directives=-a, -b").get(JobKeys.JOB_EXTRA_DIRECTIVES))
                .isEqualTo(List.of("-a, -b"));
        assertThat(SETTINGS.withArgument("walltime=").get(JobKeys.WALLTIME)).isNull();
        assertThat(SETTINGS.withArgument("walltime=null").get(JobKeys.WALLTIME)).isNull();
        assertThatThrownBy(() -> SETTINGS.withArgument("walltime")).hasMessageContaining("must be key=value");
        assertThatThrownBy(() -> SETTINGS.withArgument("walltme=1"))
                .hasMessage("the command line: one has no key walltme, the nearest is walltime");
    }

    @Test
    void coresAndMemoryAreRequired() {
        assertThatThrownBy(() -> JobSpec.of(SETTINGS.withArgument("cores=8"), Map.of()))
                .hasMessage("cores=8 and memory=null must both be set; say how much one job has, such as cores: 8 and"
                        + " memory: 24GB");
    }

    @Test
    void moreProcessesThanCoresRunOneTaskEach() {
        final JobSpec spec = JobSpec.of(
                SETTINGS.withArgument("cores=2").withArgument("memory=8GB").withArgument("processes=4"), Map.of());

        assertThat(spec.threadsPerProcess()).isEqualTo(1);
        assertThat(spec.notes()).singleElement().asString().startsWith("processes=4 is more than cores=2");
    }
}
