import Deflate
package import JSON

/// Makes packages: the same files give the same bytes, and so the same digest.
package enum PluginPacker {
    /// The version of a single file that names none.
    private static let firstVersion = "0.1.0"

    /// Packs a folder, without names that begin with a dot and without `__pycache__`.
    ///
    /// Blocks while it reads.
    ///
    /// - Parameter folder: Its path.
    /// - Returns: The package.
    /// - Throws: `PackageRefusal` for the same as when the package is read, and for files that cannot be.
    package static func package(folder: String) throws(PackageRefusal) -> PluginPackage {
        try package(of: try PackageFolder(folder).entries)
    }

    /// Packs one file of Python that has a class of `PluginInterface`, with a manifest by convention.
    ///
    /// - Parameters:
    ///   - file: Its path, which ends in `.py`.
    ///   - name: What the plugin is called; nil for the name of the file, `_` as `-`.
    ///   - version: Nil for 0.1.0.
    ///   - schema: What its `get_config_schema` returns, where the caller has asked it.
    /// - Returns: The package.
    /// - Throws: `PackageRefusal`; `.badManifest` where the name of the file is no name for a plugin.
    package static func package(
        pythonFile file: String,
        name: PluginName? = nil,
        version: SemanticVersion? = nil,
        schema: JSONValue? = nil
    ) throws(PackageRefusal) -> PluginPackage {
        let base = String(file.split(separator: "/").last ?? "")
        let ending = ".py"
        guard base.hasSuffix(ending) else {
            throw PackageRefusal(.badManifest, "expected a file of Python, whose name ends in \(ending)", at: base)
        }
        let stem = base.dropLast(ending.count).lowercased().replacing("_", with: "-")
        guard let name = name ?? PluginName(stem) else {
            throw PackageRefusal(.badManifest, "is not called like a plugin: give it a name with --name", at: base)
        }
        let program = try PackageFolder.entry(at: file, as: base, bound: PluginArchive.maximumUnpackedBytes)
        let manifest: JSONValue = [
            "contract_version": .integer(PluginManifest.contractVersion), "name": .string(name.rawValue),
            "version": .string(version?.description ?? firstVersion),
            "command": ["python3", "-m", "plugin_interface", "serve", .string(base)],
            // The context of the classic interface has all of these.
            "permissions": .array(classicPermissions.map { .string($0.rawValue) }),
        ]
        var entries = [
            PluginArchive.Entry(path: base, bytes: program.bytes),
            PluginArchive.Entry(path: PluginPackage.manifestFile, bytes: manifest.bytes),
        ]
        if let schema { entries.append(PluginArchive.Entry(path: PluginPackage.schemaFile, bytes: schema.bytes)) }
        return try package(of: entries)
    }

    private static let classicPermissions: [PluginPermission] = [
        .messageText, .messageSender, .messageChat, .configurationSecrets,
    ]

    private static func package(of entries: [PluginArchive.Entry]) throws(PackageRefusal) -> PluginPackage {
        let archive = TarWriter.archive(of: entries)
        let bound = PluginArchive.maximumPackedBytes
        guard let packed = DeflateStream.compress(archive, as: .gzip, level: 9, bound: bound) else {
            throw PackageRefusal(.tooLarge, "the package would be larger than \(bound) bytes")
        }
        return try PluginPackage(packed: packed)
    }
}
