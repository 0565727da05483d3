import Glibc
import JSON

/// What the system tells of this process and this machine.
enum ProcessFigures {
    static var identifier: Int32 { getpid() }

    /// The load of the last one, five and fifteen minutes.
    static var loadAverages: JSONValue {
        var loads = [Double](repeating: 0, count: 3)
        guard getloadavg(&loads, 3) == 3 else { return [0.0, 0.0, 0.0] }
        return .array(loads.map { .double(($0 * 100).rounded() / 100) })
    }

    /// The resident size as Celery writes it, such as `57.66MB` (celery.utils.debug, `humanbytes`); nil where the
    /// system does not tell.
    static var residentSize: String? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        return humanBytes(pages * sysconf(Int32(_SC_PAGESIZE)))
    }

    static func humanBytes(_ bytes: Int) -> String {
        let units: [(size: Double, name: String)] = [
            (1_099_511_627_776, "TB"), (1_073_741_824, "GB"), (1_048_576, "MB"), (1_024, "KB"),
        ]
        guard let unit = units.first(where: { Double(bytes) >= $0.size }) else { return "\(bytes)b" }
        return "\((Double(bytes) / unit.size * 100).rounded() / 100)\(unit.name)"
    }

    /// What `getrusage` tells, as Python's `resource` names it.
    static var resourceUsage: JSONValue {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return [:] }
        func seconds(_ time: timeval) -> JSONValue { .double(Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000) }
        func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        return [
            "utime": seconds(usage.ru_utime), "stime": seconds(usage.ru_stime), "maxrss": count(usage.ru_maxrss),
            "ixrss": count(usage.ru_ixrss), "idrss": count(usage.ru_idrss), "isrss": count(usage.ru_isrss),
            "minflt": count(usage.ru_minflt), "majflt": count(usage.ru_majflt), "nswap": count(usage.ru_nswap),
            "inblock": count(usage.ru_inblock), "oublock": count(usage.ru_oublock), "msgsnd": count(usage.ru_msgsnd),
            "msgrcv": count(usage.ru_msgrcv), "nsignals": count(usage.ru_nsignals), "nvcsw": count(usage.ru_nvcsw),
            "nivcsw": count(usage.ru_nivcsw),
        ]
    }
}
