import FoundationEssentials

/// The Python package that plugins import, as our programs carry it: they write it to disk where Python is to find it, so
/// nothing has to be installed.
package enum PythonPackage {
    /// What is imported.
    package static let name = "plugin_interface"

    private static let files: [(name: String, bytes: [UInt8])] = [
        ("__init__.py", PackageResources.__init___py), ("__main__.py", PackageResources.__main___py),
        ("calls.py", PackageResources.calls_py), ("context.py", PackageResources.context_py),
        ("interface.py", PackageResources.interface_py), ("loading.py", PackageResources.loading_py),
        ("manifest.py", PackageResources.manifest_py), ("py.typed", PackageResources.py_typed),
        ("replies.py", PackageResources.replies_py), ("server.py", PackageResources.server_py),
        ("serving.py", PackageResources.serving_py), ("signature.py", PackageResources.signature_py),
        ("template.py", PackageResources.template_py), ("testing.py", PackageResources.testing_py),
    ]

    /// Writes the package, unless it is there as it should be.
    ///
    /// - Parameter root: The folder that `PYTHONPATH` is to name; made where it is missing, writable for us alone.
    /// - Returns: That folder.
    /// - Throws: What the file system said against it.
    package static func write(into root: String) throws -> String {
        let folder = "\(root)/\(name)"
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        for file in files {
            let url = URL(filePath: "\(folder)/\(file.name)")
            if let there = try? Data(contentsOf: url), there.elementsEqual(file.bytes) { continue }
            // Whole, or not at all: another process may be reading it.
            try Data(file.bytes).write(to: url, options: .atomic)
        }
        return root
    }
}
