import Cryptography
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PluginPackage {
    /// The folder of the package below `root`, named after its digest, with exactly its files and read-only.
    ///
    /// It is written beside and renamed, so it is there as a whole or not at all, whoever else unpacks it meanwhile. One
    /// that is there already is compared byte by byte, and replaced where it is not the same. Blocks while it does so.
    ///
    /// - Parameter root: Where packages are unpacked; made where it is missing.
    /// - Returns: The path of the folder.
    /// - Throws: `.fileSystem`, with what could not be done.
    package func unpack(into root: String) throws(PackageRefusal) -> String {
        let place = "\(root)/\(digest)"
        if isUnpacked(at: place) { return place }
        let draft = "\(root)/.\(digest.prefix(16)).\(Hex.encode(RandomBytes.generate(count: 8)))"
        defer { Self.remove(draft) }
        do {
            try write(to: draft)
        } catch {
            throw PackageRefusal(.fileSystem, "the package cannot be unpacked: \(error)", at: root)
        }
        if rename(draft, place) == 0 { return place }
        // Another was quicker, or something else stands there.
        if isUnpacked(at: place) { return place }
        let remains = "\(draft).old"
        defer { Self.remove(remains) }
        guard rename(place, remains) == 0, rename(draft, place) == 0 || isUnpacked(at: place) else {
            throw PackageRefusal(.fileSystem, "the package cannot be put in its place", at: place)
        }
        return place
    }

    private func write(to draft: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: draft, withIntermediateDirectories: true)
        for entry in entries {
            let path = "\(draft)/\(entry.path)"
            if let slash = entry.path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                try files.createDirectory(
                    atPath: "\(draft)/\(entry.path[..<slash])",
                    withIntermediateDirectories: true
                )
            }
            try Data(entry.bytes).write(to: URL(filePath: path))
            try files.setAttributes([.posixPermissions: entry.isExecutable ? 0o555 : 0o444], ofItemAtPath: path)
        }
        for folder in folders.sorted().reversed() + [""] {
            try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: "\(draft)/\(folder)")
        }
    }

    /// All folders that its files are in, by path.
    private var folders: Set<String> {
        var folders: Set<String> = []
        for entry in entries {
            var parts = entry.path.split(separator: "/").dropLast()
            while !parts.isEmpty {
                folders.insert(parts.joined(separator: "/"))
                parts.removeLast()
            }
        }
        return folders
    }

    /// Whether the folder has exactly these files, with these bytes.
    private func isUnpacked(at place: String) -> Bool {
        guard FileStatus(place)?.kind == .folder else { return false }
        let wanted = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0) })
        let folders = folders
        var seen = 0
        var open = [""]
        while let folder = open.popLast() {
            let path = folder.isEmpty ? place : "\(place)/\(folder)"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
            for name in names {
                let name = folder.isEmpty ? name : "\(folder)/\(name)"
                switch FileStatus("\(place)/\(name)")?.kind {
                case .folder where folders.contains(name): open.append(name)
                case .file:
                    guard let entry = wanted[name] else { return false }
                    let found = try? PackageFolder.entry(at: "\(place)/\(name)", as: name, bound: entry.bytes.count)
                    guard found == entry else { return false }
                    seen += 1
                default: return false
                }
            }
        }
        return seen == entries.count
    }

    /// Removes a folder of ours, the read-only ones in it made writable first.
    private static func remove(_ folder: String) {
        guard FileStatus(folder)?.kind == .folder else { return }
        var open = [folder]
        while let path = open.popLast() {
            chmod(path, 0o700)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            where FileStatus("\(path)/\(name)")?.kind == .folder {
                open.append("\(path)/\(name)")
            }
        }
        // What cannot be removed lies there under a name that nothing looks for.
        try? FileManager.default.removeItem(atPath: folder)
    }
}
