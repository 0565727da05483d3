import Testing

@testable import Plugins

@Suite("Names and versions of plugins")
struct VersionTests {
    @Test(
        "a name is lower-case letters, digits and '-' between them",
        arguments: [
            "a", "1", "weather", "feishu-adapter", "a--b", String(repeating: "a", count: 64),
        ]
    )
    func names(text: String) { #expect(PluginName(text)?.rawValue == text) }

    @Test(
        "what is no name is none",
        arguments: [
            "", "-a", "a-", "-", "A", "a_b", "a.b", "a b", "天气", "a\n", "ａ", "a\u{301}", "../a",
            String(repeating: "a", count: 65),
        ]
    )
    func noNames(text: String) { #expect(PluginName(text) == nil) }

    @Test(
        "a version is told as it was written",
        arguments: [
            "0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x-y-z.--", "1.0.0+001",
            "1.0.0-beta+exp.sha.5114f85", "1.0.0+21AF26D3---117B344092BD", "1.0.0--", "1.0.0-0a", "1.0.0-00a.0",
            "1.0.0-99999999999999999999999", "18446744073709551615.0.0",
        ]
    )
    func versions(text: String) { #expect(SemanticVersion(text)?.description == text) }

    @Test(
        "what is no version is none",
        arguments: [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.0.0", "1.00.0", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0-01",
            "1.0.0-a.00",
            "1.0.0+a+b", "1.0.0-ä", "1.0.0 ", " 1.0.0", "1.0.0\n", "-1.0.0", "+1.0.0", "1.-0.0", "1.0.0_1", "١.0.0",
            "18446744073709551616.0.0", "1.0.0-" + String(repeating: "a", count: 128),
        ]
    )
    func noVersions(text: String) { #expect(SemanticVersion(text) == nil) }

    @Test("the order is that of section 11 of Semantic Versioning")
    func order() throws {
        let ordered = try [
            "0.9.9", "1.0.0-0", "1.0.0-2", "1.0.0-10", "1.0.0-18446744073709551615", "1.0.0-18446744073709551616",
            "1.0.0--0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "1.10.0", "2.0.0", "2.1.0", "2.1.1", "10.0.0",
        ].map { try #require(SemanticVersion($0)) }
        for (index, version) in ordered.enumerated() {
            for (place, other) in ordered.enumerated() {
                #expect((version < other) == (index < place), "\(version) and \(other)")
            }
        }
        let builds = try ["1.0.0+a", "1.0.0+b"].map { try #require(SemanticVersion($0)) }
        #expect(!(builds[0] < builds[1]) && !(builds[1] < builds[0]))
    }

    @Test(
        "a range holds the versions for which all of its comparisons hold",
        arguments: [
            ("*", ["0.0.1", "9.9.9-a"], []), ("<2.0.0", ["1.9.9", "2.0.0-rc.1"], ["2.0.0", "2.0.1"]),
            (">=1.0.0 <2.0.0", ["1.0.0", "1.5.0"], ["0.9.0", "1.0.0-a", "2.0.0"]),
            ("<=1.0.0", ["1.0.0", "0.1.0"], ["1.0.1"]),
            (">1.0.0", ["1.0.1"], ["1.0.0", "1.0.0+b"]), ("=1.0.0", ["1.0.0", "1.0.0+b"], ["1.0.1", "1.0.0-a"]),
            ("1.0.0", ["1.0.0"], ["1.0.1"]), ("  <2.0.0   >1.0.0 ", ["1.5.0"], ["1.0.0"]),
        ] as [(String, [String], [String])]
    )
    func ranges(text: String, inside: [String], outside: [String]) throws {
        let range = try #require(VersionRange(text))
        for version in inside { #expect(range.contains(try #require(SemanticVersion(version))), "\(version)") }
        for version in outside { #expect(!range.contains(try #require(SemanticVersion(version))), "\(version)") }
    }

    @Test(
        "what is no range is none",
        arguments: [
            "", " ", "<", "< 2.0.0", "^1.0.0", "~1.0.0", "1.x", "<2", "<<2.0.0", "* <2.0.0", "<2.0.0,>1.0.0",
            String(repeating: "<1.0.0 ", count: 100),
        ]
    )
    func noRanges(text: String) { #expect(VersionRange(text) == nil) }
}
