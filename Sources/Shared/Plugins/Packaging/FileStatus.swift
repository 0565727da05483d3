#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a file is, links not being followed.
struct FileStatus {
    /// What is told apart here.
    enum Kind: Equatable {
        case file
        case folder
        case link
        case other
    }

    let kind: Kind
    let bytes: Int
    let isExecutable: Bool

    /// Nil where there is nothing, or it may not be looked at.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        bytes = Int(status.st_size)
        isExecutable = status.st_mode & 0o100 != 0
    }

    /// The path without links; nil where there is nothing.
    static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
