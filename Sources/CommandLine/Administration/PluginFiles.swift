import FoundationEssentials
import Platform
import Plugins

/// Plugins on this machine, packed for Redis.
enum PluginFiles {
    /// The bytes of an archive: of a folder, a Python file, or one that is there already.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - name: What a Python file's plugin is called; nil for the file's name.
    ///   - version: A Python file's version.
    /// - Returns: A tar.gz.
    /// - Throws: `CommandFailure` that says what is wrong with it.
    static func packed(at path: String, name: String?, version: String?) throws(CommandFailure) -> [UInt8] {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure(.usage, "\(path): there is no such folder or file")
        }
        do throws(PackageRefusal) {
            if isFolder { return try PluginPacker.package(folder: path).packed }
            if path.hasSuffix(".py") {
                return try PluginPacker.package(
                    pythonFile: path,
                    name: name.flatMap { PluginName($0) },
                    version: version.flatMap { SemanticVersion($0) }
                ).packed
            }
        } catch {
            throw CommandFailure(.failed, "\(path): \(error)")
        }
        do {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            guard bytes.count <= PluginArchive.maximumPackedBytes else {
                throw CommandFailure(.failed, "\(path): is larger than \(PluginArchive.maximumPackedBytes) bytes")
            }
            return bytes
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.usage, "\(path): cannot be read")
        }
    }
}
