import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Gives back the pages of the program's code that only its start took.
///
/// The start of a program runs through much of its code once, by dynamic casts alone, and the kernel maps 16 pages around
/// each that is touched: more than half of what an idle program of ours would hold. They are unmapped once it runs; those
/// that are used again are mapped again from the kernel's cache of the file, without reading the disk.
struct StartPages: Service {
    /// How long a start takes at most.
    private let delay: Duration
    private let clock: any Clock<Duration>

    init(after delay: Duration = .seconds(2), clock: any Clock<Duration> = ContinuousClock()) {
        self.delay = delay
        self.clock = clock
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            Self.release()
        }
        try await gracefulShutdown()
    }

    /// Unmaps the pages of code that are mapped, see madvise(2), `MADV_DONTNEED`.
    static func release() {
        for range in code(in: maps) {
            // What is executable and cannot be written is the file's content as it stands: nothing is lost by it.
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// `/proc/self/maps`, which has no size and comes in pieces; empty where it cannot be read.
    static var maps: String {
        guard let file = fopen("/proc/self/maps", "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where code of files is mapped, which nothing can have written to.
    ///
    /// - Parameter maps: `/proc/PID/maps`, see proc(5).
    /// - Returns: The ranges of addresses.
    static func code(in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else {
                return nil
            }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] > 0 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
