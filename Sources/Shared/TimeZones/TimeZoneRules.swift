import FoundationEssentials

/// How far clocks of a place are ahead of UTC at which time: the zone's file of the system's time zone database, RFC 8536.
///
/// `FoundationEssentials` knows no zones but fixed ones; the rest comes with ICU, which is 41 MB.
package struct TimeZoneRules: Sendable {
    /// From `since` on, in seconds since 1970, clocks are `offset` seconds ahead of UTC.
    struct Span: Sendable {
        let since: Int
        let offset: Int
    }

    /// Such as `Asia/Shanghai`.
    package let name: String
    let spans: [Span]
    /// Before the first span.
    let firstOffset: Int
    /// After the last.
    let rule: PosixTimeZone?

    /// A zone that is always so far ahead of UTC.
    package init(name: String, fixedOffset seconds: Int) {
        self.name = name
        spans = []
        firstOffset = seconds
        rule = nil
    }

    /// China's time, which has had no summer time since 1991: what there is without any database.
    package static let shanghai = TimeZoneRules(name: "Asia/Shanghai", fixedOffset: 8 * 3_600)

    /// A zone of the database, such as `Europe/Berlin`; nil where there is no such zone.
    package init?(named name: String, in directory: String = "/usr/share/zoneinfo") {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
        }
        guard isPlain, name.utf8.count <= 64 else { return nil }
        if name == "UTC" {
            self.init(name: name, fixedOffset: 0)
        } else if let data = try? Data(contentsOf: URL(filePath: "\(directory)/\(name)")), data.count <= 1 << 20 {
            self.init(name: name, file: [UInt8](data))
        } else if name == Self.shanghai.name {
            self = Self.shanghai
        } else {
            return nil
        }
    }

    /// nil where the file is none of version 2 or later, or is broken.
    init?(name: String, file: [UInt8]) {
        var reader = FileReader(bytes: file)
        // The first block has 32 bits a time and is skipped.
        guard let first = reader.header(), reader.skip(first.bytes(ofTime: 4)), let header = reader.header() else {
            return nil
        }
        guard let times = reader.numbers(header.times, size: 8), let kinds = reader.numbers(header.times, size: 1),
            let types = (0..<header.types).reduce(
                into: [Int]?.some([]),
                { types, _ in
                    let offset = reader.number(size: 4)
                    types = reader.skip(2) ? offset.flatMap { offset in types.map { $0 + [offset] } } : nil
                }
            ),
            let standard = types.first, kinds.allSatisfy(types.indices.contains),
            reader.skip(header.characters + header.leaps * 12 + header.standards + header.universals)
        else { return nil }
        self.name = name
        spans = zip(times, kinds).map { Span(since: $0, offset: types[$1]) }
        firstOffset = standard
        rule = PosixTimeZone(reader.rest.split(separator: 0x0A).first.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    /// Seconds that clocks are ahead of UTC.
    package func offset(at secondsSince1970: Int) -> Int {
        guard let last = spans.last, secondsSince1970 < last.since else {
            return rule?.offset(at: secondsSince1970) ?? spans.last?.offset ?? firstOffset
        }
        // The first that begins later; what holds is the one before.
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].since <= secondsSince1970 { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : spans[low - 1].offset
    }

    /// What clocks show then, which is in milliseconds since 1970.
    package func civil(at milliseconds: Int64) -> CivilTime {
        let seconds = Int((Double(milliseconds) / 1_000).rounded(.down))
        return CivilTime(secondsSince1970: seconds + offset(at: seconds))
    }

    /// When clocks show this, in milliseconds since 1970.
    ///
    /// Twice: the first time. Never, since clocks were set ahead over it: as much after the change as it would have been
    /// after that hour began.
    package func milliseconds(at civil: CivilTime) -> Int64 {
        let local = civil.secondsSince1970
        let before = local - offset(at: local - 86_400)
        if offset(at: before) == local - before { return Int64(before) * 1_000 }
        let after = local - offset(at: local + 86_400)
        if offset(at: after) == local - after { return Int64(after) * 1_000 }
        return Int64(before) * 1_000
    }
}

/// Reads the blocks of a zone's file, RFC 8536 section 3.
private struct FileReader {
    struct Header {
        let universals, standards, leaps, times, types, characters: Int

        /// Of the whole block.
        func bytes(ofTime size: Int) -> Int {
            times * (size + 1) + types * 6 + characters + leaps * (size + 4) + standards + universals
        }
    }

    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var rest: ArraySlice<UInt8> { bytes[min(place, bytes.count)...] }

    mutating func header() -> Header? {
        guard bytes.count >= place + 44, bytes[place..<(place + 4)].elementsEqual("TZif".utf8), bytes[place + 4] >= 0x32
        else { return nil }
        place += 20
        guard let counts = numbers(6, size: 4), counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        return Header(
            universals: counts[0],
            standards: counts[1],
            leaps: counts[2],
            times: counts[3],
            types: counts[4],
            characters: counts[5]
        )
    }

    mutating func skip(_ count: Int) -> Bool {
        place += count
        return place <= bytes.count
    }

    /// Big-endian and signed, but for single bytes.
    mutating func number(size: Int) -> Int? {
        guard place + size <= bytes.count else { return nil }
        let value = bytes[place..<(place + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        place += size
        return switch size {
        case 8: Int(truncatingIfNeeded: value)
        case 4: Int(Int32(truncatingIfNeeded: value))
        default: Int(value)
        }
    }

    mutating func numbers(_ count: Int, size: Int) -> [Int]? {
        var numbers: [Int] = []
        for _ in 0..<count {
            guard let number = number(size: size) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
