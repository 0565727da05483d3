import Glibc
import JobQueue
import TimeZones

/// Tells when cron expressions happen, for a check against another implementation.
///
/// Each line of the standard input is zone, moment (seconds since 1970), count and expression, separated by tabs. Each
/// line of the output has so many moments after that one, or `!` and what is wrong.
@main
struct CronProbe {
    static func main() {
        while let line = readLine() {
            let parts = line.split(separator: "\t", maxSplits: 3).map(String.init)
            guard parts.count == 4, let start = Int(parts[1]), let count = Int(parts[2]),
                let zone = TimeZoneRules(named: parts[0])
            else {
                print("! zone, moment, count and expression, please")
                continue
            }
            do {
                let cron = try CronExpression(parts[3])
                var moment = start
                var moments: [String] = []
                for _ in 0..<count {
                    guard let next = cron.next(after: moment, in: zone) else { break }
                    moments.append("\(next)")
                    moment = next
                }
                print(moments.joined(separator: " "))
            } catch {
                print("! \(error)")
            }
        }
    }
}
