/**
 * Reading and writing of settings. Start at {@link io.muster.config.Settings}, which holds a value of every option in
 * {@link io.muster.config.Options}; {@link io.muster.config.Json} is the JSON that Muster's own files are written in.
 */
@NullMarked
package io.muster.config;

import org.jspecify.annotations.NullMarked;
