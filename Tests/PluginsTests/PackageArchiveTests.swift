import Deflate
import Testing

@testable import Plugins

@Suite("Archives of plugins")
struct PackageArchiveTests {
    static func archive(_ fill: (inout SampleTar) -> Void) throws -> PluginArchive {
        var tar = SampleTar()
        fill(&tar)
        return try PluginArchive(packed: try tar.packed())
    }

    /// Expects a refusal for this reason, which names the place.
    static func expect(
        _ code: PackageRefusal.Code,
        at place: String? = nil,
        _ packed: [UInt8],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let refusal = #expect(throws: PackageRefusal.self, sourceLocation: sourceLocation) {
            try PluginArchive(packed: packed)
        }
        #expect(refusal?.code == code, sourceLocation: sourceLocation)
        #expect(refusal?.place == place, sourceLocation: sourceLocation)
        #expect(refusal?.description.isEmpty == false)
    }

    static func expect(
        _ code: PackageRefusal.Code,
        at place: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ fill: (inout SampleTar) -> Void
    ) throws {
        var tar = SampleTar()
        fill(&tar)
        expect(code, at: place, try tar.packed(), sourceLocation: sourceLocation)
    }

    @Test("files come sorted, with their bytes and whether they are programs; folders are only passed through")
    func files() throws {
        let archive = try Self.archive { tar in
            tar.add("./", kind: "5", mode: 0o755)
            tar.add("./run.sh", "#!/bin/sh", mode: 0o755)
            tar.add("lib/", kind: "5", mode: 0o755)
            tar.add("lib/天气.py", "pass")
            tar.add("empty", "", kind: "\0")
        }
        #expect(archive.entries.map(\.path) == ["empty", "lib/天气.py", "run.sh"])
        #expect(archive.entries.map { String(decoding: $0.bytes, as: UTF8.self) } == ["", "pass", "#!/bin/sh"])
        #expect(archive.entries.map(\.isExecutable) == [false, false, true])
    }

    @Test("a prefix, a pax path and size, and a long name of GNU tar are understood")
    func longNames() throws {
        let long = "deep/" + String(repeating: "n", count: 200)
        let archive = try Self.archive { tar in
            tar.add("name", "1", prefix: "some/folder")
            tar.add("x", SampleTar.record("path", long) + SampleTar.record("size", "3"), kind: "x")
            tar.add("short", "abc", size: "0")
            tar.add("././@LongLink", "other/" + long + "\0", kind: "L", magic: "ustar  \0")
            tar.add("cut", "2", prefix: "01234", magic: "ustar  \0")
            tar.add("pax_global_header", SampleTar.record("comment", "made by git"), kind: "g")
            tar.add("last", "3")
        }
        #expect(archive.entries.map(\.path) == [long, "last", "other/" + long, "some/folder/name"])
        #expect(archive.entries.map { String(decoding: $0.bytes, as: UTF8.self) } == ["abc", "3", "2", "1"])
    }

    @Test(
        "names that lead out, hide something or are not plain are refused",
        arguments: [
            ("/etc/passwd", PackageRefusal.Code.absolutePath), ("..", .escapes), ("../x", .escapes),
            ("a/../../x", .escapes), ("a/..", .escapes), ("./../x", .escapes), ("a//b", .badName),
            ("a/./b", .badName), ("a/", .badName), ("", .badName), (".", .badName), ("a\\b", .badName),
            ("a\nb", .badName), ("a\u{7F}", .badName), ("a\u{1B}[2J", .badName), ("\u{202E}gnp.exe", .badName),
            ("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", .tooDeep),
        ]
    )
    func names(_ name: String, _ code: PackageRefusal.Code) throws {
        var tar = SampleTar()
        tar.add(name, "x")
        let packed = try tar.packed()
        let refusal = #expect(throws: PackageRefusal.self) { try PluginArchive(packed: packed) }
        #expect(refusal?.code == code)
        #expect(refusal?.description.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E } == false)
        // The same by way of an extended header.
        guard !name.isEmpty else { return }
        var extended = SampleTar()
        extended.add("x", SampleTar.record("path", name), kind: "x")
        extended.add("harmless", "x")
        let hidden = try extended.packed()
        let second = #expect(throws: PackageRefusal.self) { try PluginArchive(packed: hidden) }
        #expect(second?.code == code)
    }

    @Test("16 levels are allowed; names that are not UTF-8 or have a zero byte are not")
    func edges() throws {
        let deep = "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"
        #expect(try Self.archive { $0.add(deep, "x") }.entries.map(\.path) == [deep])
        try Self.expect(.badName, at: "\u{FFFD}a") { $0.add([0xFF, 0x61], [0x78]) }
        try Self.expect(.badName, at: "a?b") { tar in
            tar.add("x", SampleTar.record("path", "a\0b"), kind: "x")
            tar.add("harmless", "x")
        }
    }

    @Test(
        "links, devices, pipes and whatever else is no file are refused",
        arguments: [
            ("1", PackageRefusal.Code.link), ("2", .link), ("K", .link), ("3", .specialFile), ("4", .specialFile),
            ("6", .specialFile), ("7", .specialFile), ("S", .specialFile), ("V", .specialFile),
        ] as [(Unicode.Scalar, PackageRefusal.Code)]
    )
    func kinds(_ kind: Unicode.Scalar, _ code: PackageRefusal.Code) throws {
        try Self.expect(code, at: "odd") { $0.add("odd", kind: kind, link: "/etc/passwd") }
    }

    @Test("set-user-ID and set-group-ID bits are refused", arguments: [0o4755, 0o2755, 0o6644])
    func identity(_ mode: Int) throws {
        try Self.expect(.setIdentity, at: "su") { $0.add("su", "x", mode: mode) }
        try Self.expect(.setIdentity, at: "folder") { $0.add("folder/", kind: "5", mode: mode) }
    }

    @Test("two entries with one name are refused, also in another spelling or as file and folder")
    func duplicates() throws {
        let pairs: [(String, String)] = [
            ("a", "a"), ("Read.me", "READ.ME"), ("a", "a/b"),
            ("a/b", "a"), ("Lib/x", "lib/y"), ("\u{E9}", "e\u{301}"), ("./a", "a"),
        ]
        for (first, second) in pairs {
            var tar = SampleTar()
            tar.add(first, "1")
            tar.add(second, "2")
            let packed = try tar.packed()
            let refusal = #expect(throws: PackageRefusal.self) { try PluginArchive(packed: packed) }
            #expect(refusal?.code == .duplicate, "\(first) and \(second)")
        }
        #expect(throws: Never.self) {
            try Self.archive { tar in
                tar.add("a/", kind: "5", mode: 0o755)
                tar.add("a/b", "1")
                tar.add("a/", kind: "5", mode: 0o755)
            }
        }
    }

    @Test("as many files as may be, and not one more; as large as may be, and not a byte more")
    func bounds() throws {
        let most = try Self.archive { tar in for index in 0..<1_000 { tar.add("f\(index)") } }
        #expect(most.entries.count == 1_000)
        try Self.expect(.tooManyFiles) { tar in for index in 0...1_000 { tar.add("f\(index)") } }
        try Self.expect(.tooManyFiles) { tar in for index in 0...1_000 { tar.add("f\(index)/", kind: "5") } }
        let half = [UInt8](repeating: 0, count: 16 << 20)
        var whole = SampleTar()
        whole.add(Array("a".utf8), half)
        whole.add(Array("b".utf8), half)
        #expect(try PluginArchive(packed: try whole.packed()).entries.count == 2)
        whole.add("c", "x")
        Self.expect(.tooLarge, try whole.packed())
        var single = SampleTar()
        single.add(Array("a".utf8), half + half + [0])
        Self.expect(.tooLarge, at: "a", try single.packed())
    }

    @Test("a bomb is given up at the bound, and an archive that is too large is not unpacked at all")
    func bombs() throws {
        let zeros = [UInt8](repeating: 0, count: 200 << 20)
        let bomb = try #require(DeflateStream.compress(zeros, as: .gzip, level: 9, bound: 8 << 20))
        Self.expect(.tooLarge, bomb)
        Self.expect(.tooLarge, [UInt8](repeating: 0, count: (8 << 20) + 1))
    }

    @Test("sizes that lie are refused: beyond the end, not octal, in base 256, over the bound, negative")
    func sizes() throws {
        try Self.expect(.truncated, at: "a") { $0.add("a", "x", size: "10000") }
        try Self.expect(.damaged, at: "a") { $0.add("a", "x", size: "9") }
        try Self.expect(.damaged, at: "a") { $0.add("a", "x", size: "-1") }
        try Self.expect(.tooLarge, at: "a") { $0.add("a", "x", size: "77777777777") }
        var tar = SampleTar()
        tar.add("a", "x", size: "\u{0}")
        var bytes = tar.bytes
        bytes[124] = 0x80
        bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = Array(String(bytes[..<512].reduce(0) { $0 + Int($1) }, radix: 8).utf8)
        bytes.replaceSubrange(148..<156, with: sum + [UInt8](repeating: 0, count: 8 - sum.count))
        let end = [UInt8](repeating: 0, count: 1_024)
        Self.expect(
            .damaged,
            at: "a",
            try #require(DeflateStream.compress(bytes + end, as: .gzip, level: 1, bound: 1 << 20))
        )
        for size in ["-1", "x", "99999999999999999999", ""] {
            try Self.expect(.damaged, at: "a") { tar in
                tar.add("x", SampleTar.record("size", size), kind: "x")
                tar.add("a", "x")
            }
        }
    }

    @Test("damaged headers, records and streams are refused")
    func damage() throws {
        try Self.expect(.damaged, at: "a") { $0.add("a", "x", checksum: 1) }
        try Self.expect(.damaged, at: "a") { $0.add("a", "x", magic: "other\u{0}00") }
        for record in ["12 path=a", "3 p", "99 path=a\n", "path=a\n", "0 \n", " =\n", "5", "-9 path=a\n"] {
            try Self.expect(.damaged) { tar in
                tar.add("x", record, kind: "x")
                tar.add("a", "x")
            }
        }
        try Self.expect(.damaged) { $0.add("x", SampleTar.record("path", "a"), kind: "x") }
        try Self.expect(.damaged) { tar in
            tar.add("x", SampleTar.record("path", "a"), kind: "g")
            tar.add("b", "x")
        }
        try Self.expect(.specialFile) { tar in
            tar.add("x", SampleTar.record("GNU.sparse.major", "1"), kind: "x")
            tar.add("b", "x")
        }
        try Self.expect(.tooLarge) { tar in
            tar.add("x", SampleTar.record("path", String(repeating: "a", count: 70_000)), kind: "x")
            tar.add("b", "x")
        }
        Self.expect(.damaged, [])
        Self.expect(.damaged, Array("PK\u{3}\u{4} this is no gzip".utf8))
    }

    @Test("every cut and every changed byte of an archive is noticed, or changes nothing")
    func cuts() throws {
        var tar = SampleTar()
        tar.add("manifest.json", #"{"name":"weather"}"#)
        tar.add("weather.py", "print()", mode: 0o755)
        let packed = try tar.packed()
        let whole = try PluginArchive(packed: packed)
        for length in packed.indices {
            #expect(throws: PackageRefusal.self) { try PluginArchive(packed: Array(packed.prefix(length))) }
        }
        Self.expect(.damaged, packed + [0])
        for index in packed.indices {
            var changed = packed
            changed[index] ^= 0x41
            guard let read = try? PluginArchive(packed: changed) else { continue }
            #expect(read == whole, "byte \(index)")
        }
    }

    @Test("an archive needs its end, and nothing stands behind it")
    func ends() throws {
        var tar = SampleTar()
        tar.add("a", "x")
        Self.expect(.truncated, try tar.packed(end: []))
        Self.expect(.truncated, try tar.packed(end: [UInt8](repeating: 0, count: 512)))
        let zeros = [UInt8](repeating: 0, count: 10_240)
        #expect(throws: Never.self) { try PluginArchive(packed: try tar.packed(end: zeros)) }
        Self.expect(.trailingBytes, try tar.packed(end: zeros + [1]))
        Self.expect(.trailingBytes, try tar.packed(end: [UInt8](repeating: 0, count: 512) + tar.bytes))
    }
}
