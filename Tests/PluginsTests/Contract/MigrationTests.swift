import JSON
import Testing

@testable import Plugins

@Suite("Configurations of older versions")
struct MigrationTests {
    private func migrate(_ configuration: JSONObject, _ members: JSONObject) throws -> JSONObject {
        var entry: JSONObject = ["from": "*"]
        for member in members.members { entry[member.key] = member.value }
        return try ConfigurationMigration(.object(entry), at: "/migrations/0").migrated(configuration)
    }

    @Test("members get new names, go away, and are set where they are missing")
    func steps() throws {
        let members: JSONObject = ["rename": ["/key": "/api_key"], "remove": ["/old"], "set": ["/units": "metric"]]
        #expect(
            try migrate(["key": "k", "old": 1, "city": "北京"], members) == [
                "city": "北京", "api_key": "k", "units": "metric",
            ]
        )
        #expect(try migrate(["units": "imperial"], members) == ["units": "imperial"])
        #expect(try migrate([:], members) == ["units": "metric"])
    }

    @Test("what is there under the new name stays")
    func taken() throws {
        #expect(try migrate(["key": "old", "api_key": "new"], ["rename": ["/key": "/api_key"]]) == ["api_key": "new"])
        #expect(try migrate(["key": nil], ["rename": ["/key": "/api_key"]]) == ["api_key": nil])
    }

    @Test("two can change their names, and names can move on by one")
    func swaps() throws {
        #expect(try migrate(["a": 1, "b": 2], ["rename": ["/a": "/b", "/b": "/a"]]) == ["b": 1, "a": 2])
        #expect(try migrate(["a": 1, "b": 2], ["rename": ["/a": "/b", "/b": "/c"]]) == ["b": 1, "c": 2])
    }

    @Test("names have their signs escaped, as in every pointer")
    func escapes() throws {
        #expect(try migrate(["a/b": 1, "~1": 2], ["rename": ["/a~1b": "/c"], "remove": ["/~01"]]) == ["c": 1])
    }

    @Test("it is for the versions of its range")
    func range() throws {
        let migration = try ConfigurationMigration(["from": "<2.0.0"], at: "")
        #expect(migration.from.contains(try #require(SemanticVersion("1.9.0"))))
        #expect(!migration.from.contains(try #require(SemanticVersion("2.0.0"))))
    }
}
