package io.muster.security;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Deletes a tree as far as it can and remembers the first failure. */
final class TreeDeleter extends SimpleFileVisitor<Path> {
    private @Nullable IOException failure;

    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        return delete(file);
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return failed(e);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
        return e == null ? delete(directory) : failed(e);
    }

    private FileVisitResult delete(Path path) {
        try {
            Files.deleteIfExists(path);
            return FileVisitResult.CONTINUE;
        } catch (IOException e) {
            return failed(e);
        }
    }

    FileVisitResult failed(IOException e) {
        if (failure == null && !(e instanceof NoSuchFileException)) {
            failure = e;
        }
        return FileVisitResult.CONTINUE;
    }
}
