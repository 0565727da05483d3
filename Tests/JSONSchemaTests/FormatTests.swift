import JSON
import JSONSchema
import Testing

@Suite("Formats of JSON Schema")
struct FormatTests {
    @Test(
        "text is held to its format, and other values are left alone",
        arguments: [
            (
                "date-time",
                [
                    "2026-11-27T08:00:00Z", "2024-02-29t23:59:60.123z", "2026-11-27T08:00:00.5+08:00",
                    "1990-12-31T15:59:60-08:00",
                ],
                [
                    "2026-11-27", "2026-11-27 08:00:00Z", "2025-02-29T00:00:00Z", "2026-11-27T08:00:00",
                    "2026-11-27T12:00:60Z", "2026-11-27T24:00:00Z", "2026-11-27T08:00:00.Z", "２026-11-27T08:00:00Z",
                ]
            ),
            (
                "date", ["2026-11-27", "2000-02-29"],
                ["2026-11-31", "1900-02-29", "2026-1-1", "2026-13-01", "2026-11-27x"]
            ),
            ("time", ["08:00:00Z", "08:00:00.25-23:59"], ["08:00Z", "08:60:00Z", "08:00:00", "08:00:00+8:00"]),
            (
                "email", ["a@example.org", "a.b+c@x", "\"a b\"@x.org", "a@[192.0.2.1]", "a@[IPv6:::1]"],
                ["a", "@x", "a@", ".a@x", "a..b@x", "a b@x", "a@x..y", "a@-x.org", "a@[1.2.3]"]
            ),
            (
                "hostname", ["localhost", "a-b.example", "1.2"],
                ["", "a_b", "-a", "a-", "a..b", String(repeating: "a", count: 64), "a."]
            ),
            (
                "ipv4", ["192.0.2.1", "0.0.0.0"],
                ["1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.", "+1.2.3.4", "0x1.2.3.4"]
            ),
            (
                "ipv6", ["::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1::8"],
                [
                    "1:2:3:4:5:6:7", "1::2::3", "12345::", "::g", ":::", "1:2:3:4:5:6:7:8:9", "::1.2.3",
                    "1:2:3:4:5:6:7:8::", "fe80::1%eth0", "1.2.3.4::",
                ]
            ),
            (
                "uri", ["https://example.org/a?b=c#d", "urn:x:y", "mailto:a@b", "http://[::1]:80/", "http://u:p@h"],
                [
                    "/a", "a", "http://a b", "http://a/%zz", "http://a/#b#c", "1a:b", "http://a/\\", "http://[::1",
                    "http://a:b", ":x", "http://a/文",
                ]
            ),
            (
                "uuid", ["123e4567-E89B-12d3-a456-426614174000"],
                [
                    "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400",
                    "123e4567-e89b-12d3-a456-42661417400g",
                ]
            ),
            ("regex", ["^a(b|c)+$", "\\p{L}"], ["(", "a{2,1}", "(?=a)"]),
            ("something-else", ["anything"], []),
        ] as [(String, [String], [String])]
    )
    func formats(name: String, valid: [String], invalid: [String]) throws {
        let schema = try JSONSchema(["format": .string(name)])
        for text in valid { #expect(schema.problems(in: .string(text)) == [], "\(text)") }
        for text in invalid { #expect(schema.problems(in: .string(text)).map(\.keyword) == ["format"], "\(text)") }
        #expect(schema.problems(in: 1) == [] && schema.problems(in: nil) == [])
    }
}
