import JSON
import Plugins
import Testing

@testable import PluginKit

@Suite("Manifests that authors write")
struct ManifestTests {
    private static let full = Manifest(
        name: "full",
        version: "1.2.3-rc.1+build.5",
        description: .init(chinese: "全", english: "All"),
        triggers: [
            .command("full", aliases: ["全"]), .keyword(["词"]), .pattern("^a (.+)$"),
            .event(["im.chat.member.user.added_v1"]),
            .schedule(name: "morning", cron: "0 8 * * *", chatIDs: ["oc_x"]),
            .tool(name: "full_tool", description: "Does all", isSensitive: true),
        ],
        permissions: Set(Permission.allCases),
        timeout: .milliseconds(2_500),
        concurrency: 3,
        isIdempotent: true,
        isSensitive: true,
        memoryBytes: 64 << 20,
        migrations: [.init(from: "<1.0.0", renamed: ["/key": "/api_key"], removed: ["/old"], set: ["/units": "metric"])]
    )

    @Test("mean to the assistant what they say")
    func fullManifest() throws {
        let read = try PluginManifest(.object(Self.full.document))
        #expect(read.version.description == "1.2.3-rc.1+build.5")
        #expect(read.chineseDescription == "全")
        #expect(read.englishDescription == "All")
        #expect(read.triggers.count == 6)
        #expect(read.tools.first?.isSensitive == true)
        #expect(read.permissions.count == Permission.allCases.count)
        #expect(read.timeout == .milliseconds(2_500))
        #expect(read.concurrency == 3)
        #expect(read.isIdempotent && read.isSensitive)
        #expect(read.memoryBytes == 64 << 20)
        let migrated = try #require(read.migrations.first).migrated(["key": "k", "old": 1])
        #expect(migrated == ["api_key": "k", "units": "metric"])
        #expect(Self.full.problems == [])
    }

    @Test("have the assistant's defaults where they say little")
    func defaults() throws {
        let read = try PluginManifest(.object(Manifest(name: "small", version: "0.1.0").document))
        let bare = try PluginManifest(["contract_version": 1, "name": "small", "version": "0.1.0"])
        #expect(read.triggers == bare.triggers)
        #expect(read.permissions == bare.permissions)
        #expect(read.timeout == bare.timeout)
        #expect(read.concurrency == bare.concurrency)
        #expect(read.memoryBytes == bare.memoryBytes)
        #expect(read.englishDescription == bare.englishDescription)
    }

    @Test(
        "are told what the assistant would refuse",
        arguments: [
            (Manifest(name: "Up", version: "1.0.0"), "/name"), (Manifest(name: "a-", version: "1.0.0"), "/name"),
            (Manifest(name: "a", version: "1.0"), "/version"), (Manifest(name: "a", version: "01.0.0"), "/version"),
            (Manifest(name: "a", version: "1.0.0-01"), "/version"),
            (Manifest(name: "a", version: "1.0.0+"), "/version"),
            (Manifest(name: "a", version: "1.0.0", timeout: .seconds(301)), "/timeout"),
            (Manifest(name: "a", version: "1.0.0", concurrency: 0), "/concurrency"),
            (Manifest(name: "a", version: "1.0.0", memoryBytes: 1), "/memory_bytes"),
            (Manifest(name: "a", version: "1.0.0", triggers: [.keyword([])]), "/triggers/0/words"),
        ]
    )
    func problems(manifest: Manifest, pointer: String) {
        #expect(manifest.problems.count == 1)
        #expect(manifest.problems.first?.hasPrefix("\(pointer): ") == true)
        #expect(throws: ContractProblems.self) { try PluginManifest(.object(manifest.document)) }
    }
}
