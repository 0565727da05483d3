import FoundationEssentials
import Glibc

/// The most memory that the process had since it was made, beside what it had then.
///
/// Source: proc(5): `VmHWM` and `VmRSS` of `/proc/self/status`; 5 in `/proc/self/clear_refs` sets the peak back.
struct PeakMemory {
    private let before: Int

    init() {
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        before = Self.kibibytes(of: "VmRSS:")
    }

    var mebibytes: Double { Double(max(Self.kibibytes(of: "VmHWM:") - before, 0)) / 1_024 }

    private static func kibibytes(of field: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
