import Foundation
import JSON
import Testing

@testable import Plugins

@Suite("Packages of plugins")
struct PackagePackingTests {
    /// A folder with these files, which is removed afterwards.
    static func withFolder(
        _ files: [String: String],
        _ body: (String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString)")
        defer {
            // Packages are unpacked read-only.
            let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            for name in all {
                let path = folder.appending(path: name).path
                try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            }
            try? FileManager.default.removeItem(at: folder)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        try body(folder.path)
    }

    static let manifest =
        #"{"contract_version":1,"name":"weather","version":"1.0.0","command":["python3","weather.py"]}"#

    @Test("the same files give the same digest, whenever and wherever they are packed; other bytes another")
    func deterministic() throws {
        let files = [
            "manifest.json": Self.manifest, "weather.py": "pass", "lib/a.py": "1",
            "lib/\(String(repeating: "n", count: 150)).txt": "long", ".git/config": "secret", "__pycache__/x.pyc": "",
            "lib/__pycache__/y.pyc": "", ".env": "TOKEN=1",
        ]
        var digests: [String] = []
        for text in ["pass", "pass", "other"] {
            try Self.withFolder(files.merging(["weather.py": text]) { $1 }) { folder in
                let package = try PluginPacker.package(folder: folder)
                #expect(
                    package.entries.map(\.path).sorted()
                        == files.keys.filter { !$0.contains("/x") }
                        .filter { !$0.hasPrefix(".") && !$0.contains("__pycache__") }.sorted()
                )
                #expect(package.manifest.name.rawValue == "weather")
                digests.append(package.digest)
            }
        }
        #expect(digests[0] == digests[1])
        #expect(digests[0] != digests[2])
    }

    @Test("a link to a file of the folder is packed as that file; one that leads out, or to a folder, is refused")
    func links() throws {
        try Self.withFolder(["manifest.json": Self.manifest, "weather.py": "pass", "lib/a": "1"]) { folder in
            let files = FileManager.default
            try files.createSymbolicLink(atPath: "\(folder)/inside.py", withDestinationPath: "weather.py")
            let package = try PluginPacker.package(folder: folder)
            #expect(package.entries.first { $0.path == "inside.py" }?.bytes == Array("pass".utf8))
            for (target, code) in [
                ("/etc/passwd", PackageRefusal.Code.escapes), ("../", .escapes), ("nowhere", .escapes), ("lib", .link),
            ] {
                try files.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: target)
                let refusal = #expect(throws: PackageRefusal.self) { try PluginPacker.package(folder: folder) }
                #expect(refusal?.code == code)
                #expect(refusal?.place == "link")
                try files.removeItem(atPath: "\(folder)/link")
            }
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            let refusal = #expect(throws: PackageRefusal.self) { try PluginPacker.package(folder: folder) }
            #expect(refusal?.code == .specialFile)
        }
    }

    @Test("a file of Python gets a manifest by convention")
    func python() throws {
        try Self.withFolder(["My_Weather.py": "class A: pass", "天气.py": ""]) { folder in
            let plain = try PluginPacker.package(pythonFile: "\(folder)/My_Weather.py")
            #expect(plain.manifest.name.rawValue == "my-weather")
            #expect(plain.manifest.version.description == "0.1.0")
            #expect(plain.manifest.command == ["python3", "-m", "plugin_interface", "serve", "My_Weather.py"])
            #expect(plain.schema == nil)
            let named = try PluginPacker.package(
                pythonFile: "\(folder)/天气.py",
                name: PluginName("weather"),
                version: SemanticVersion("2.0.0"),
                schema: ["type": "object"]
            )
            #expect(named.manifest.name.rawValue == "weather")
            #expect(named.manifest.version.description == "2.0.0")
            #expect(named.schema == ["type": "object"])
            let refusal = #expect(throws: PackageRefusal.self) {
                try PluginPacker.package(pythonFile: "\(folder)/天气.py")
            }
            #expect(refusal?.description.contains("--name") == true)
            #expect(throws: PackageRefusal.self) { try PluginPacker.package(pythonFile: "\(folder)/absent.py") }
            #expect(throws: PackageRefusal.self) { try PluginPacker.package(pythonFile: "\(folder)/weather.js") }
        }
    }

    @Test("a package needs a manifest, a command and a schema that is one; each problem has its pointer")
    func contents() throws {
        func refusal(_ files: [(String, String)]) throws -> PackageRefusal? {
            var tar = SampleTar()
            for (name, text) in files { tar.add(name, text) }
            let packed = try tar.packed()
            return #expect(throws: PackageRefusal.self) { try PluginPackage(packed: packed) }
        }
        #expect(try refusal([("lib/manifest.json", Self.manifest)])?.code == .noManifest)
        #expect(try refusal([("manifest.json", "{")])?.code == .badManifest)
        let service = #"{"contract_version":1,"name":"weather","version":"1.0.0"}"#
        #expect(try refusal([("manifest.json", service)])?.problems.map(\.pointer) == ["/command"])
        let wrong = #"{"contract_version":2,"name":"W","version":"1","command":["x"]}"#
        let problems = try refusal([("manifest.json", wrong)])?.problems.map(\.pointer)
        #expect(problems == ["/contract_version", "/name", "/version"])
        let schema = try refusal([("manifest.json", Self.manifest), ("config_schema.json", #"{"type":"nonsense"}"#)])
        #expect(schema?.code == .badSchema)
        #expect(schema?.problems.map(\.pointer) == ["/type"])
    }

    @Test("another digest than the expected one is refused, in whatever form it is given")
    func digests() throws {
        var tar = SampleTar()
        tar.add("manifest.json", Self.manifest)
        let packed = try tar.packed()
        let package = try PluginPackage(packed: packed)
        for text in ["sha256:\(package.digest)", package.digest, package.digest.uppercased()] {
            #expect(throws: Never.self) { try PluginPackage(packed: packed, expectedDigest: text) }
        }
        let other = "sha256:" + String(repeating: "0", count: 64)
        for text in [other, "sha256:", "", "md5:\(package.digest)", String(package.digest.dropLast())] {
            let refusal = #expect(throws: PackageRefusal.self) {
                try PluginPackage(packed: packed, expectedDigest: text)
            }
            #expect(refusal?.code == .wrongDigest)
        }
    }

    @Test("unpacking gives exactly the files, read-only; what was changed there is put right")
    func unpacking() throws {
        try Self.withFolder([:]) { root in
            var tar = SampleTar()
            tar.add("manifest.json", Self.manifest)
            tar.add("lib/run.sh", "#!/bin/sh", mode: 0o755)
            let package = try PluginPackage(packed: try tar.packed())
            let files = FileManager.default
            let place = try package.unpack(into: "\(root)/plugins")
            #expect(place == "\(root)/plugins/\(package.digest)")
            func mode(_ name: String) throws -> Int? {
                try files.attributesOfItem(atPath: "\(place)/\(name)")[.posixPermissions] as? Int
            }
            #expect(
                try [mode("manifest.json"), mode("lib/run.sh"), mode("lib"), mode("")] == [0o444, 0o555, 0o555, 0o555]
            )
            let number = try files.attributesOfItem(atPath: place)[.systemFileNumber] as? Int
            #expect(try package.unpack(into: "\(root)/plugins") == place)
            #expect(try files.attributesOfItem(atPath: place)[.systemFileNumber] as? Int == number)
            let damages: [(String) throws -> Void] = [
                { try Data("#!/bin/su".utf8).write(to: URL(filePath: "\($0)/lib/run.sh")) },
                { try Data().write(to: URL(filePath: "\($0)/lib/extra.py")) },
                { try files.removeItem(atPath: "\($0)/lib/run.sh") },
                { try files.createDirectory(atPath: "\($0)/more", withIntermediateDirectories: true) },
                { path in
                    try files.removeItem(atPath: "\(path)/lib/run.sh")
                    try files.createSymbolicLink(atPath: "\(path)/lib/run.sh", withDestinationPath: "/bin/sh")
                },
                { try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: "\($0)/manifest.json") },
            ]
            for (index, damage) in damages.enumerated() {
                for name in ["", "lib", "lib/run.sh", "manifest.json"] {
                    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(place)/\(name)")
                }
                try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(place)/manifest.json")
                try damage(place)
                #expect(try package.unpack(into: "\(root)/plugins") == place)
                let names = try #require(files.subpaths(atPath: place)).sorted()
                #expect(names == ["lib", "lib/run.sh", "manifest.json"], "damage \(index)")
                #expect(files.contents(atPath: "\(place)/lib/run.sh") == Data("#!/bin/sh".utf8), "damage \(index)")
                #expect(
                    try files.attributesOfItem(atPath: "\(place)/lib/run.sh")[.type] as? FileAttributeType
                        == .typeRegular
                )
            }
            #expect(try files.contentsOfDirectory(atPath: "\(root)/plugins") == [package.digest])
        }
    }

    @Test("many who unpack at once all get the whole")
    func together() async throws {
        var tar = SampleTar()
        tar.add("manifest.json", Self.manifest)
        for index in 0..<50 { tar.add("lib/\(index).py", "\(index)") }
        let package = try PluginPackage(packed: try tar.packed())
        let root = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString)").path
        let places = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try package.unpack(into: root) } }
            var places: Set<String> = []
            for try await place in group { places.insert(place) }
            return places
        }
        #expect(places == ["\(root)/\(package.digest)"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == [package.digest])
        #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(package.digest)").count == 52)
        for folder in ["", "/lib"] {
            let path = "\(root)/\(package.digest)\(folder)"
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        try FileManager.default.removeItem(atPath: root)
    }
}
