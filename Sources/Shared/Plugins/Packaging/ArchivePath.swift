/// The name of an entry, taken apart and checked: relative, in its plain form, and inside of the package.
struct ArchivePath {
    private static let deepest = 16
    /// Of one part, as most file systems have it.
    private static let mostPartBytes = 255

    /// None for the package's own folder (`./`).
    let parts: [String]

    var text: String { parts.joined(separator: "/") }

    /// Checks a name.
    ///
    /// - Parameters:
    ///   - bytes: As it stands in the archive; `./` at the front is left out.
    ///   - isFolder: Whether `/` may stand at the end.
    /// - Throws: `PackageRefusal` that names it.
    init(_ bytes: some Collection<UInt8>, isFolder: Bool) throws(PackageRefusal) {
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw PackageRefusal(.badName, "is not UTF-8", at: String(decoding: bytes, as: UTF8.self))
        }
        guard name.unicodeScalars.allSatisfy(Self.isPlain), !name.utf8.contains(UInt8(ascii: "\\")) else {
            throw PackageRefusal(.badName, "has a control character, an invisible one or a backslash", at: name)
        }
        guard name.utf8.first != UInt8(ascii: "/") else {
            throw PackageRefusal(.absolutePath, "is an absolute path", at: name)
        }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if isFolder, parts.last == "" { parts.removeLast() }
        if parts.first == "." { parts.removeFirst() }
        guard !parts.contains("..") else {
            throw PackageRefusal(.escapes, "has '..' in its path", at: name)
        }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0.utf8.count <= Self.mostPartBytes }),
            isFolder || !parts.isEmpty
        else { throw PackageRefusal(.badName, "is not a path in its plain form", at: name) }
        guard parts.count <= Self.deepest else {
            throw PackageRefusal(.tooDeep, "is more than \(Self.deepest) levels deep", at: name)
        }
        self.parts = parts
    }

    /// Whether a character may stand in a name: neither a control character nor one that turns the direction of writing.
    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}

/// The names of an archive, each once: as a file or as a folder, and in one spelling of upper and lower case.
struct ArchiveNames {
    private enum Kind: Equatable {
        case file
        case folder
    }

    private var taken: [String: (name: String, kind: Kind)] = [:]

    /// Takes note of an entry and of the folders above it.
    ///
    /// - Throws: `.duplicate` where a file has the name, or anything has it in another spelling.
    mutating func take(_ path: ArchivePath, isFolder: Bool) throws(PackageRefusal) {
        for depth in path.parts.indices {
            let name = path.parts[...depth].joined(separator: "/")
            let kind: Kind = depth < path.parts.count - 1 || isFolder ? .folder : .file
            // Equal strings are those that are canonically equivalent, so two forms of one letter are one name.
            let known = taken.updateValue((name, kind), forKey: name.lowercased())
            guard let known else { continue }
            guard known.kind == .folder, kind == .folder, Array(known.name.utf8) == Array(name.utf8) else {
                throw PackageRefusal(.duplicate, "stands there twice, as \(known.name) before", at: name)
            }
        }
    }
}
