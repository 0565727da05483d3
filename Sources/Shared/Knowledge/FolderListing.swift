import Documents

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a folder holds that may be a document, with what tells that a file changed. Blocks, as the disk does.
struct FolderListing: Sendable, Equatable {
    /// What changes when a file does.
    struct Stamp: Sendable, Equatable {
        let seconds: Int
        let nanoseconds: Int
        let bytes: Int
        let file: UInt64
    }

    static let maximumDepth = 16

    /// By path inside the folder.
    private(set) var files: [String: Stamp] = [:]
    /// Whether there are more files than may be, or a folder that cannot be read.
    private(set) var isIncomplete = false

    /// - Parameters:
    ///   - folder: its path.
    ///   - maximumFiles: what is found beyond them is left out.
    /// - Throws: `FolderError` where the folder itself cannot be read.
    init(of folder: String, maximumFiles: Int) throws(FolderError) {
        guard let top = opendir(folder) else { throw FolderError(code: errno) }
        closedir(top)
        read(folder, under: "", depth: 0, maximumFiles)
    }

    /// Links are not followed: they lead out of the folder, or in circles. What begins with a point is hidden, and `~$` the
    /// mark of an Office document that is open.
    private mutating func read(_ folder: String, under path: String, depth: Int, _ maximumFiles: Int) {
        guard depth < Self.maximumDepth, let directory = opendir(folder) else {
            isIncomplete = true
            return
        }
        defer { closedir(directory) }
        var folders: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix("."), !name.hasPrefix("~$") else { continue }
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: folders.append(name)
            case S_IFREG where DocumentKind.isLikely(name: name):
                guard files.count < maximumFiles else {
                    isIncomplete = true
                    return
                }
                files[path + name] = Stamp(
                    seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec,
                    bytes: Int(status.st_size),
                    file: UInt64(status.st_ino)
                )
            default: break
            }
        }
        for name in folders.sorted() {
            read("\(folder)/\(name)", under: "\(path)\(name)/", depth: depth + 1, maximumFiles)
        }
    }
}

/// A folder or file that cannot be read; `errno`.
struct FolderError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { String(cString: strerror(code)) }

    /// The bytes of a file, no more than `limit` and one. Blocks.
    static func contents(of path: String, atMost limit: Int) throws(FolderError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw FolderError(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while bytes.count <= limit {
            let count = read(descriptor, &buffer, min(buffer.count, limit + 1 - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FolderError(code: errno) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
