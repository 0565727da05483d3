import Foundation

extension ProgramProcess {
    /// What it holds in memory (`VmRSS` of proc_pid_status(5)) and the part of it that no file backs (`RssAnon`), in
    /// bytes. Pages of the program come and go with what else the machine does; a leak is in the latter.
    ///
    /// - Throws: when it has ended.
    package func residentMemory() throws -> (all: Int, anonymous: Int) {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        var values: [String: Int] = [:]
        for line in status.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 1, let number = Int(words[1]) else { continue }
            values[String(words[0])] = number * 1_024
        }
        guard let all = values["VmRSS:"], let anonymous = values["RssAnon:"] else {
            throw Failure(description: "\(name) has ended")
        }
        return (all, anonymous)
    }
}
