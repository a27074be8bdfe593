/**
 * How workers come by classes that only clients have. Start at {@link io.muster.classes.ClientClasses}, a worker's side: it makes a class
 * loader for each client, which asks for what it lacks. {@link io.muster.classes.OfferedClasses} answers at the client; the scheduler
 * passes questions and answers on, and remembers these.
 */
@NullMarked
package io.muster.classes;

import org.jspecify.annotations.NullMarked;
