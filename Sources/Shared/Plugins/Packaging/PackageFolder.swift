import FoundationEssentials

/// Reads the files of a folder that is to be packed.
struct PackageFolder {
    private let root: String
    private(set) var entries: [PluginArchive.Entry] = []
    private var total = 0

    /// - Parameter path: The folder.
    /// - Throws: `PackageRefusal` for what cannot be read, is too much, is no file, or is a link that leads out.
    init(_ path: String) throws(PackageRefusal) {
        guard let root = FileStatus.resolved(path), FileStatus(root)?.kind == .folder else {
            throw PackageRefusal(.fileSystem, "is not a folder that can be read", at: path)
        }
        self.root = root
        try read(folder: "")
    }

    /// Names that begin with a dot, and what Python keeps of compiled files, stay out.
    private static func isLeftOut(_ name: String) -> Bool { name.hasPrefix(".") || name == "__pycache__" }

    private mutating func read(folder: String) throws(PackageRefusal) {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw PackageRefusal(.fileSystem, "the folder cannot be read", at: path)
        }
        for entry in names.sorted() where !Self.isLeftOut(entry) {
            let name = folder.isEmpty ? entry : "\(folder)/\(entry)"
            // Checked before anything below is read, so that the depth of folders is bounded.
            _ = try ArchivePath(name.utf8, isFolder: false)
            switch FileStatus("\(root)/\(name)")?.kind {
            case .folder: try read(folder: name)
            case .file: try read(file: "\(root)/\(name)", as: name)
            case .link: try read(link: "\(root)/\(name)", as: name)
            case .other: throw PackageRefusal(.specialFile, "is neither a file nor a folder", at: name)
            case nil: throw PackageRefusal(.fileSystem, "cannot be read", at: name)
            }
        }
    }

    /// A link to a file of the folder is packed as that file.
    private mutating func read(link path: String, as name: String) throws(PackageRefusal) {
        guard let target = FileStatus.resolved(path), target.hasPrefix("\(root)/") else {
            throw PackageRefusal(.escapes, "is a link that leads out of the folder", at: name)
        }
        guard FileStatus(target)?.kind == .file else {
            throw PackageRefusal(.link, "is a link to something other than a file", at: name)
        }
        try read(file: target, as: name)
    }

    private mutating func read(file path: String, as name: String) throws(PackageRefusal) {
        guard entries.count < PluginArchive.maximumFiles else {
            throw PackageRefusal(.tooManyFiles, "there are more than \(PluginArchive.maximumFiles) files")
        }
        let entry = try Self.entry(at: path, as: name, bound: PluginArchive.maximumUnpackedBytes - total)
        total += entry.bytes.count
        entries.append(entry)
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - name: What it is called in the package.
    ///   - bound: The most bytes that it may have.
    /// - Returns: The file.
    /// - Throws: `.tooLarge`, `.fileSystem`.
    static func entry(at path: String, as name: String, bound: Int) throws(PackageRefusal) -> PluginArchive.Entry {
        guard let status = FileStatus(path), status.kind == .file else {
            throw PackageRefusal(.fileSystem, "is not a file that can be read", at: name)
        }
        guard status.bytes <= bound else {
            throw PackageRefusal(.tooLarge, "the files are larger than \(PluginArchive.maximumUnpackedBytes) bytes")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= bound else {
            throw PackageRefusal(.fileSystem, "the file cannot be read", at: name)
        }
        return PluginArchive.Entry(path: name, bytes: [UInt8](data), isExecutable: status.isExecutable)
    }
}
