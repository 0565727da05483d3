/// Why bytes, a folder or a file are no package of a plugin.
package struct PackageRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of reason it is, for code to branch on; the raw values are shown to programs.
    package enum Code: String, Sendable, CaseIterable {
        /// Packed, unpacked, or a file in it is over the bound.
        case tooLarge = "too_large"
        case tooManyFiles = "too_many_files"
        case tooDeep = "too_deep"
        /// No gzip stream, a wrong checksum, or a header that cannot be read.
        case damaged
        case truncated
        /// Something stands behind the end.
        case trailingBytes = "trailing_bytes"
        /// Not UTF-8, with control characters, or not in its plain form.
        case badName = "bad_name"
        case absolutePath = "absolute_path"
        /// A path, or a link, that leads out of the package.
        case escapes = "path_escape"
        case link
        /// A device, a pipe, or another kind of entry that is no file and no folder.
        case specialFile = "special_file"
        /// A set-user-ID or set-group-ID bit.
        case setIdentity = "set_identity"
        /// Two entries with one name, also where they differ in case only.
        case duplicate
        case noManifest = "no_manifest"
        case badManifest = "bad_manifest"
        case badSchema = "bad_schema"
        case wrongDigest = "wrong_digest"
        /// A file or folder of this machine that cannot be read or written.
        case fileSystem = "file_system"
    }

    package let code: Code
    /// The name of the entry or file, made printable; nil where it is about the whole.
    package let place: String?
    package let explanation: String
    /// What is wrong with a manifest or schema.
    package let problems: [ContractProblem]

    init(_ code: Code, _ explanation: String, at place: String? = nil, problems: [ContractProblem] = []) {
        self.code = code
        self.place = place.map { Self.printable($0) }
        self.explanation = explanation
        self.problems = problems
    }

    package var description: String {
        let lines = [(place.map { "\($0): " } ?? "") + explanation] + problems.map { "\(place ?? ""): \($0)" }
        return lines.joined(separator: "\n")
    }

    /// At most 200 characters, control characters as `?`: names come from whoever made the archive.
    private static func printable(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(200) {
            text.unicodeScalars.append(ArchivePath.isPlain(scalar) ? scalar : "?")
        }
        return text
    }
}
