#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A copy of the log as JSON lines, of mode 0600, which several processes of a machine may write.
///
/// Each write opens the file anew, so one that was rotated away is followed by a new one. While it is written the file
/// is locked (flock(2)), and it is on the disk when the call returns. All of it blocks.
struct AuditFile: Sendable {
    /// What became of records that were to be added.
    enum Added: Equatable {
        case done
        /// The file ends with this number, and the records between are to come first. Nothing was written.
        case behind(Int64)
        /// They were written, although the file ends with other records: Redis' history is another than the file's.
        case forked
    }

    /// How much of the end is read to find the last record, at first; then twice as much, again and again.
    private static let tailBytes = 8_192
    /// More than a record has: how much is read at most.
    private static let maximumTailBytes = 4 * AuditRecord.maximumBytes

    let path: String

    /// Adds the records that the file does not have yet.
    ///
    /// - Parameters:
    ///   - records: One after the other, without gaps but those of the log itself.
    ///   - remembered: The last record that went into the file before it was rotated away.
    ///   - isComplete: Whether these are all the records that there are behind the file's last one.
    /// - Returns: What became of them.
    /// - Throws: `AuditError`, `.file`; the file is then as before.
    func add(_ records: [AuditRecord], remembered: AuditLink?, isComplete: Bool) throws(AuditError) -> Added {
        guard let first = records.first, let final = records.last else { return .done }
        let descriptor = try openLocked()
        defer { close(descriptor) }
        var added = Added.done
        var wanted = records[...]
        if let last = try last(in: descriptor)?.link ?? remembered {
            if final.seq <= last.seq {
                if try contains(final, descriptor) { return .done }
                added = .forked
            } else {
                if first.seq > last.seq + 1, !isComplete { return .behind(last.seq) }
                wanted = wanted.drop { $0.seq <= last.seq }
                if let next = wanted.first, next.seq == last.seq + 1, next.previous != last.hash { added = .forked }
            }
        }
        var bytes: [UInt8] = []
        for record in wanted { bytes += record.line + [UInt8(ascii: "\n")] }
        try write(bytes, to: descriptor)
        return added
    }

    /// The number of the last record in the file; nil where there is none.
    ///
    /// - Throws: `AuditError`, `.file`.
    func lastNumber() throws(AuditError) -> Int64? {
        let descriptor = try openLocked()
        defer { close(descriptor) }
        return try last(in: descriptor)?.seq
    }

    /// Opens and locks the file that has the name now; another may have got it while we waited for the lock.
    private func openLocked() throws(AuditError) -> Int32 {
        while true {
            let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw AuditLines.failure("opened") }
            var opened = stat()
            var named = stat()
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    defer { close(descriptor) }
                    throw AuditLines.failure("locked")
                }
            }
            guard fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw AuditError(.file, "the file is not a regular file")
            }
            if stat(path, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev {
                return descriptor
            }
            close(descriptor)
        }
    }

    /// The last record of the file; nil where there is none.
    private func last(in descriptor: Int32) throws(AuditError) -> AuditRecord? {
        var size = Self.tailBytes
        while true {
            let tail = try tail(of: descriptor, bytes: size)
            for line in tail.lines.reversed() {
                if let record = try? AuditRecord(line: Array(line)) { return record }
            }
            guard !tail.isAll, size < Self.maximumTailBytes else { return nil }
            size *= 2
        }
    }

    /// Whether the record is among the last of the file. One from before these counts as there.
    private func contains(_ record: AuditRecord, _ descriptor: Int32) throws(AuditError) -> Bool {
        let wanted = record.line[...]
        var size = Self.tailBytes
        while true {
            let tail = try tail(of: descriptor, bytes: size)
            if tail.lines.contains(wanted) { return true }
            let first = tail.lines.first.flatMap { try? AuditRecord(line: Array($0)) }
            if tail.isAll { return false }
            if let first, first.seq <= record.seq { return false }
            guard size < Self.maximumTailBytes else { return true }
            size *= 2
        }
    }

    /// The whole lines among the last bytes, after what a crash left of an unfinished one was removed.
    private func tail(
        of descriptor: Int32,
        bytes limit: Int
    ) throws(AuditError) -> (lines: [ArraySlice<UInt8>], isAll: Bool) {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw AuditLines.failure("read") }
        let start = max(0, size - off_t(limit))
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, start + off_t(filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AuditLines.failure("read") }
            filled += count
        }
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if whole < bytes.count, whole > 0 || start == 0 {
            guard ftruncate(descriptor, start + off_t(whole)) == 0 else { throw AuditLines.failure("written") }
        }
        var lines = bytes[..<whole].split(separator: UInt8(ascii: "\n"))
        // The first is whole only where the file begins.
        if start > 0, !lines.isEmpty { lines.removeFirst() }
        return (lines, start == 0)
    }

    /// Writes all bytes and has them on the disk, or none.
    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(AuditError) {
        guard !bytes.isEmpty else { return }
        let size = lseek(descriptor, 0, SEEK_END)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = AuditLines.failure("written")
                // What is left of a line is removed before the next write, too, should this fail.
                _ = ftruncate(descriptor, size)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw AuditLines.failure("written to the disk") }
    }
}

/// `write` of the C library, out of reach inside a type that has a method of that name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
