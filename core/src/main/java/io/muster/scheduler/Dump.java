package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.config.JsonException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * What a scheduler and its workers were doing at one time, out of a file: lines of JSON, compressed by gzip. Each line is an object that
 * says by {@code section} what it is: {@code dump}, the first, {@code scheduler}, {@code threads}, {@code finding}, {@code worker},
 * {@code task}, {@code transition}, and {@code end}, the last. It holds keys and the names of functions, but no arguments, no values and no secrets.
 */
public final class Dump {
    /** The version of the format that this release writes, and the newest that it reads. */
    public static final long FORMAT = 1;

    static final String END = "end";

    private static final long MAX_CHARS = 1L << 30;

    private final List<Map<?, ?>> lines;

    private Dump(final List<Map<?, ?>> lines) {
        this.lines = lines;
    }

    /**
     * Reads a dump.
     *
     * @param file written by {@code client.dump} or {@code muster dump}
     * @return the dump
     * @throws MusterException if there is none, it is damaged, something else, or of a newer release
     */
    public static Dump read(final Path file) {
        final List<Map<?, ?>> lines = new ArrayList<>();
        long chars = 0;
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                chars += line.length();
                if (chars > MAX_CHARS) {
                    throw new MusterException("dump=" + file + " is larger than any that Muster writes");
                }
                lines.add(Json.parse(line) instanceof Map<?, ?> members ? members : Map.of());
                if (lines.size() == 1) {
                    checkHead(file, lines.get(0));
                }
            }
        } catch (final EOFException e) {
            throw damaged(file, lines.isEmpty() ? "it has no beginning" : "it ends too early");
        } catch (final ZipException e) {
            throw lines.isEmpty() ? foreign(file) : damaged(file, String.valueOf(e.getMessage()));
        } catch (final IOException e) {
            throw new MusterException("can't read dump=" + file + ": " + e, e);
        } catch (final JsonException e) {
            throw lines.isEmpty() ? foreign(file) : damaged(file, "line " + (lines.size() + 1) + " is no JSON");
        }
        if (lines.isEmpty()) {
            throw foreign(file);
        }
        final Map<?, ?> last = lines.get(lines.size() - 1);
        if (!END.equals(last.get("section")) || !Long.valueOf(lines.size() - 1).equals(last.get("lines"))) {
            throw damaged(file, "it ends too early");
        }
        return new Dump(lines);
    }

    private static void checkHead(final Path file, final Map<?, ?> head) {
        if (!"dump".equals(head.get("section")) || !(head.get("format") instanceof Long format)) {
            throw foreign(file);
        }
        if (format > FORMAT) {
            throw new MusterException("dump=" + file + " has format=" + format + ", this release reads up to " + FORMAT
                    + ": it was written by Muster " + head.get("version") + ", use that one or a newer one");
        }
    }

    private static MusterException foreign(final Path file) {
        return new MusterException("dump=" + file + " must be a file that muster dump or client.dump wrote; it is not");
    }

    private static MusterException damaged(final Path file, final String how) {
        return new MusterException("dump=" + file + " is damaged: " + how + "; copy it again, or take another one");
    }

    /**
     * What the first line says: the format, the version of Muster, when it was taken, and whether the scheduler was stuck.
     *
     * @return its members
     */
    public Map<?, ?> head() {
        return lines.get(0);
    }

    /**
     * The lines of one kind.
     *
     * @param section {@code scheduler}, {@code threads}, {@code finding}, {@code worker},
     *     {@code task} or {@code transition}
     * @return their members, in the order of the file
     */
    public List<Map<?, ?>> section(final String section) {
        final List<Map<?, ?>> found = new ArrayList<>();
        for (final Map<?, ?> line : lines) {
            if (section.equals(line.get("section"))) {
                found.add(line);
            }
        }
        return found;
    }
}
