import Cryptography
package import JSON
import JSONSchema

/// A plugin that is files: the archive, what identifies it, and what it says of itself.
package struct PluginPackage: Sendable {
    /// The file at the root that holds the manifest.
    package static let manifestFile = "manifest.json"
    /// The file at the root that holds the JSON Schema of its configuration, where there is one.
    package static let schemaFile = "config_schema.json"

    /// SHA-256 of the packed bytes, in hexadecimal.
    package let digest: String
    /// The tar.gz.
    package let packed: [UInt8]
    package let manifest: PluginManifest
    package let schema: JSONValue?
    package let entries: [PluginArchive.Entry]

    /// Reads and checks an archive.
    ///
    /// - Parameters:
    ///   - packed: The tar.gz.
    ///   - expectedDigest: What its digest has to be, as `sha256:` and 64 hexadecimal digits or the digits alone.
    /// - Throws: `PackageRefusal`; `.badManifest` also where the manifest has no `command`, as a package is run.
    package init(packed: [UInt8], expectedDigest: String? = nil) throws(PackageRefusal) {
        digest = Hex.encode(SHA256.hash(packed))
        if let expectedDigest { try Self.compare(expectedDigest, with: digest) }
        entries = try PluginArchive(packed: packed).entries
        self.packed = packed
        guard let file = entries.first(where: { $0.path == Self.manifestFile }) else {
            throw PackageRefusal(.noManifest, "there is no \(Self.manifestFile) at the root of the package")
        }
        let document = try Self.document(file, limit: ManifestReader.maximumBytes, code: .badManifest)
        do throws(ContractProblems) {
            manifest = try PluginManifest(document)
            if manifest.command.isEmpty {
                throw ContractProblems([ContractProblem("/command", "expected the program that serves the plugin")])
            }
        } catch {
            throw PackageRefusal(
                .badManifest,
                "is not as the contract wants it",
                at: Self.manifestFile,
                problems: error.problems
            )
        }
        guard let file = entries.first(where: { $0.path == Self.schemaFile }) else {
            schema = nil
            return
        }
        let schema = try Self.document(file, limit: SchemaBounds().bytes, code: .badSchema)
        do throws(ContractProblems) {
            _ = try ConfigurationSchema(schema)
        } catch {
            throw PackageRefusal(
                .badSchema,
                "is no JSON Schema of a configuration",
                at: Self.schemaFile,
                problems: error.problems
            )
        }
        self.schema = schema
    }

    private static func compare(_ expected: String, with digest: String) throws(PackageRefusal) {
        let prefix = "sha256:"
        let digits = (expected.hasPrefix(prefix) ? String(expected.dropFirst(prefix.count)) : expected).lowercased()
        guard let bytes = try? Hex.decode(digits), bytes.count == SHA256.byteCount else {
            throw PackageRefusal(.wrongDigest, "expected the digest as sha256: and 64 hexadecimal digits")
        }
        guard digits == digest else {
            throw PackageRefusal(.wrongDigest, "the archive has the digest sha256:\(digest), not the expected one")
        }
    }

    private static func document(
        _ file: PluginArchive.Entry,
        limit: Int,
        code: PackageRefusal.Code
    ) throws(PackageRefusal) -> JSONValue {
        guard file.bytes.count <= limit else {
            throw PackageRefusal(code, "is larger than \(limit) bytes", at: file.path)
        }
        do throws(JSONError) {
            return try JSONValue(parsing: file.bytes, maximumDepth: 64)
        } catch {
            throw PackageRefusal(code, "is not JSON: \(error)", at: file.path)
        }
    }
}
