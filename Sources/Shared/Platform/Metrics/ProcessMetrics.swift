import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process as the system sees it, under the names every Prometheus client uses. Read when asked for.
///
/// Source: proc(5): `/proc/self/stat` fields 14, 15, 22, 23, 24, `/proc/stat` btime, `/proc/self/fd`.
enum ProcessMetrics {
    static func render(to page: inout String) {
        page.appendHeader("ai_assistant_build_info", "gauge", "which build this is")
        page.appendSample(
            "ai_assistant_build_info",
            MetricName.labels([("version", BuildInfo.version), ("swift", BuildInfo.swiftVersion)]),
            "1"
        )
        if let stat = Stat(ownStat()) {
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
            add("process_cpu_seconds_total", "counter", "user and system time", stat.cpuTicks / ticks, to: &page)
            add("process_resident_memory_bytes", "gauge", "memory in use", stat.residentPages * pageBytes, to: &page)
            add("process_virtual_memory_bytes", "gauge", "address space", stat.virtualBytes, to: &page)
            if let bootTime {
                let started = bootTime + stat.startTicks / ticks
                add("process_start_time_seconds", "gauge", "start, seconds since 1970", started, to: &page)
            }
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            add("process_open_fds", "gauge", "open file descriptors", Double(open), to: &page)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            add("process_max_fds", "gauge", "file descriptors at most", Double(limit.rlim_cur), to: &page)
        }
    }

    private static func add(_ name: String, _ type: String, _ help: String, _ value: Double, to page: inout String) {
        page.appendHeader(name, type, help)
        page.appendSample(name, "", PrometheusNumber.text(value))
    }

    private static func ownStat() -> String {
        (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    }

    /// When the machine started, in seconds since 1970.
    private static let bootTime: Double? = {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }()

    /// The fields of `/proc/self/stat` that are of use.
    struct Stat {
        let cpuTicks: Double
        let startTicks: Double
        let virtualBytes: Double
        let residentPages: Double

        init?(_ line: String) {
            // The name in parentheses may hold anything, so fields are counted from the last parenthesis.
            guard let end = line.lastIndex(of: ")") else { return nil }
            let fields = line[line.index(after: end)...].split(whereSeparator: \.isWhitespace)
            guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
                let start = Double(fields[19]), let virtual = Double(fields[20]), let resident = Double(fields[21])
            else { return nil }
            cpuTicks = user + system
            startTicks = start
            virtualBytes = virtual
            residentPages = resident
        }
    }
}
