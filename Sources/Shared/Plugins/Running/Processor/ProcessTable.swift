import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads processes from /proc, see proc(5).
enum ProcessTable {
    private static let tick = Duration.seconds(1) / max(1, sysconf(Int32(_SC_CLK_TCK)))

    /// The processes of these groups; none where /proc cannot be read.
    static func processes(ofGroups groups: Set<Int32>) -> [ProcessTimes] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        // Asking for the group is cheap; of most processes nothing else is read.
        return names.compactMap { Int32($0) }.filter { groups.contains(getpgid($0)) }
            .compactMap { number in text(ofFile: "/proc/\(number)/stat").flatMap { times($0) } }
    }

    /// - Parameter line: A process' `stat`.
    /// - Returns: Nil where it is none.
    static func times(_ line: String) -> ProcessTimes? {
        // The program's name is in parentheses, and may have some itself.
        guard let number = line.split(separator: " ", maxSplits: 1).first.flatMap({ Int32($0) }),
            let end = line.lastIndex(of: ")")
        else { return nil }
        let fields = line[end...].split(separator: " ").dropFirst().map(String.init)
        guard fields.count > 19, let parent = Int32(fields[1]), let group = Int32(fields[2]),
            let start = UInt64(fields[19])
        else { return nil }
        let ticks = fields[11...14].compactMap { Int64($0) }
        guard ticks.count == 4 else { return nil }
        return ProcessTimes(
            process: number,
            parent: parent,
            group: group,
            start: start,
            own: tick * Double(ticks[0] + ticks[1]),
            reaped: tick * Double(ticks[2] + ticks[3])
        )
    }

    private static func text(ofFile path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let count = read(file, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
