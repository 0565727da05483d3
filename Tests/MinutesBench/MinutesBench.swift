import FoundationEssentials
import MeetingMinutes

/// Measures the steps of minutes beside a model's time: of 44,000 Chinese characters in 1,800 utterances, and of six hours.
///
/// Prints one line for each: meeting, step, milliseconds (of `rounds` runs the median), MiB that the step took at most
/// beside what was there before it (in a first run of its own, as later ones find the allocator's memory). `sum` is all
/// steps after one another, with the memory of all. `Benchmarks/run minutes` reads that; by hand:
/// `minutes-bench [FILE…]` measures these transcripts instead.
@main
enum MinutesBench {
    private static let rounds = 9

    static func main() throws {
        let files = CommandLine.arguments.dropFirst()
        let meetings =
            files.isEmpty
            ? [("44,000 characters", BenchMeeting.chinese), ("six hours", BenchMeeting.sixHours)]
            : try files.map { ($0, try String(contentsOfFile: $0, encoding: .utf8)) }
        for (name, text) in meetings { measure(name, text) }
    }

    private static func measure(_ meeting: String, _ text: String) {
        var memory: [Double] = []
        var work = BenchWork(text: text)
        let before = PeakMemory()
        for stage in BenchWork.stages {
            let own = PeakMemory()
            stage.run(&work)
            memory.append(own.mebibytes)
        }
        let all = before.mebibytes
        var times = [[Double]](repeating: [], count: BenchWork.stages.count)
        for _ in 0..<rounds {
            var work = BenchWork(text: text)
            for (index, stage) in BenchWork.stages.enumerated() {
                let time = ContinuousClock().measure { stage.run(&work) }
                times[index].append(Double(time / .microseconds(1)) / 1_000)
            }
        }
        let medians = times.map { $0.sorted()[rounds / 2] }
        for (index, stage) in BenchWork.stages.enumerated() {
            report(meeting, stage.name, medians[index], memory[index])
        }
        report(meeting, "sum", medians.reduce(0, +), max(all, memory.max() ?? 0))
    }

    private static func report(_ meeting: String, _ stage: String, _ milliseconds: Double, _ mebibytes: Double) {
        print("\(meeting)\t\(stage)\t\((milliseconds * 100).rounded() / 100)\t\((mebibytes * 100).rounded() / 100)")
    }
}
