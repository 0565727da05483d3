import Deflate

/// The files of a tar.gz, read in memory and within bounds. Nothing of it that is no plain file or folder is passed over:
/// an archive with a link, a device or a path that leads out is refused as a whole, by name.
package struct PluginArchive: Sendable, Equatable {
    /// A file.
    package struct Entry: Sendable, Equatable {
        /// Relative, parts between `/`.
        package let path: String
        package let bytes: [UInt8]
        package let isExecutable: Bool

        package init(path: String, bytes: [UInt8], isExecutable: Bool = false) {
            self.path = path
            self.bytes = bytes
            self.isExecutable = isExecutable
        }
    }

    /// Of the tar.gz itself.
    package static let maximumPackedBytes = 8 << 20
    /// Of all files together.
    package static let maximumUnpackedBytes = 32 << 20
    /// Files and folders each.
    package static let maximumFiles = 1_000

    /// Sorted by path.
    package let entries: [Entry]

    /// - Parameter packed: The tar.gz.
    /// - Throws: `PackageRefusal`.
    package init(packed: [UInt8]) throws(PackageRefusal) {
        guard packed.count <= Self.maximumPackedBytes else {
            throw PackageRefusal(.tooLarge, "the archive is larger than \(Self.maximumPackedBytes) bytes")
        }
        var reader = TarReader(try Self.unzipped(packed))
        var names = ArchiveNames()
        var entries: [Entry] = []
        var folders = 0
        var total = 0
        while let member = try reader.next() {
            let isFolder = try Self.isFolder(member)
            let path = try ArchivePath(member.name, isFolder: isFolder)
            guard member.mode & 0o6000 == 0 else {
                throw PackageRefusal(.setIdentity, "has a set-user-ID or set-group-ID bit", at: path.text)
            }
            try names.take(path, isFolder: isFolder)
            if isFolder {
                folders += 1
            } else {
                total += member.bytes.count
                let isExecutable = member.mode & 0o100 != 0
                entries.append(Entry(path: path.text, bytes: Array(member.bytes), isExecutable: isExecutable))
            }
            guard entries.count <= Self.maximumFiles, folders <= Self.maximumFiles else {
                throw PackageRefusal(.tooManyFiles, "there are more than \(Self.maximumFiles) files or folders")
            }
            guard total <= Self.maximumUnpackedBytes else {
                throw PackageRefusal(.tooLarge, "the files are larger than \(Self.maximumUnpackedBytes) bytes")
            }
        }
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The tar archive, with room for the headers of all files beside their bytes.
    private static func unzipped(_ packed: [UInt8]) throws(PackageRefusal) -> [UInt8] {
        let headers = 4 * (maximumFiles + 1) * 2 * TarHeader.blockBytes
        do throws(DeflateStream.Fault) {
            return try DeflateStream.decompress(packed, as: .gzip, bound: maximumUnpackedBytes + headers)
        } catch {
            switch error {
            case .tooLarge:
                throw PackageRefusal(.tooLarge, "the archive unpacks to more than \(maximumUnpackedBytes) bytes")
            case .malformed:
                throw PackageRefusal(.damaged, "the archive is not one whole gzip stream")
            }
        }
    }

    /// Whether it is a folder rather than a file; every other kind is refused.
    private static func isFolder(_ member: TarReader.Member) throws(PackageRefusal) -> Bool {
        let name = String(decoding: member.name, as: UTF8.self)
        switch member.kind {
        case UInt8(ascii: "0"), 0: return false
        case UInt8(ascii: "5"): return true
        case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "K"):
            throw PackageRefusal(.link, "is a link", at: name)
        default:
            throw PackageRefusal(.specialFile, "is neither a file nor a folder", at: name)
        }
    }
}
