import FoundationEssentials
import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where the private redis-server keeps its file, used by one run at a time.
struct DataDirectory {
    /// Absolute path.
    let path: String
    /// Holds the lock. Redis inherits it, so that even after we are killed nobody starts a second one on its files.
    let lock: Int32

    /// Creates the directory where it is missing and locks it.
    ///
    /// - Throws: `CommandFailure` when another run uses it, or it cannot be made.
    init(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CommandFailure(.failed, "cannot make \(path): \(error)")
        }
        guard let absolute = realpath(path, nil) else {
            throw CommandFailure(.failed, "cannot find \(path)")
        }
        defer { free(absolute) }
        self.path = String(cString: absolute)
        lock = open("\(self.path)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure(.failed, "\(self.path) is in use: is another `ai-assistant dev` running here?")
        }
    }

    /// Where Redis listens. A socket's path is at most 107 bytes (unix(7)), so a deep directory gets one elsewhere.
    ///
    /// - Throws: `CommandFailure` when no directory for it can be made.
    func socketPath() throws(CommandFailure) -> String {
        let inside = "\(path)/redis.sock"
        if inside.utf8.count <= 100 { return inside }
        var template = Array("/tmp/ai-assistant-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure(.failed, "cannot make a directory in /tmp") }
        return template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/redis.sock"
        }
    }
}
