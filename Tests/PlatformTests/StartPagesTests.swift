import Foundation
import Testing

@testable import Platform

/// Pages of code that are given back after the start.
@Suite struct StartPagesTests {
    @Test("only code of files that nothing can have written to is unmapped")
    func ranges() {
        let maps = """
            55d0a0000000-55d0a0001000 r--p 00000000 fe:00 1 /usr/bin/gateway
            55d0a0001000-55d0a0009000 r-xp 00001000 fe:00 1                    /usr/bin/a gateway
            55d0a0009000-55d0a000a000 rw-p 00009000 fe:00 1                    /usr/bin/gateway
            55d0a000a000-55d0a000b000 rwxp 00009000 fe:00 1                    /usr/bin/gateway
            7f0000000000-7f0000001000 r-xp 00000000 00:00 0
            7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                    [vdso]
            garbage r-xp 0 0 0 /x
            """
        #expect(StartPages.code(in: maps) == [0x55d0_a000_1000..<0x55d0_a000_9000])
    }

    @Test("what was mapped and is not used is mapped no more, and the program runs on")
    func release() throws {
        let range = try #require(
            StartPages.code(in: try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)).max {
                $0.count < $1.count
            }
        )
        // Touches each page of the largest mapping.
        var sum = 0
        for address in stride(from: range.lowerBound, to: range.upperBound, by: 4_096) {
            sum += Int(try #require(UnsafeRawPointer(bitPattern: address)).load(as: UInt8.self))
        }
        let before = try Self.residentKilobytes(of: range)
        StartPages.release()
        let after = try Self.residentKilobytes(of: range)
        #expect(sum > 0 && before >= range.count / 1_024 && after < before / 2)
    }

    private static func residentKilobytes(of range: Range<UInt>) throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/smaps", encoding: .utf8)
        let start = String(range.lowerBound, radix: 16) + "-"
        let lines = text.split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.hasPrefix(start) })
        let line = try #require(lines[first...].first { $0.hasPrefix("Rss:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
