import ArgumentParser
import FakeMinutesModel
import HTTPClient
import LanguageModel
import Logging
import MeetingMinutes
import TestSupport

/// Runs transcripts through parser, chunker and facts with a fake model in each of its modes, and holds what comes out
/// against the bars of `QualityReport`. Exits 1 where one is missed.
@main
struct MinutesQuality: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minutes-quality",
        abstract: "Measures minutes over a folder of meetings, with a fake model in twelve modes."
    )

    @Option(help: "A folder of meetings, one JSON file each.")
    var meetings: String

    @Option(help: "Only these modes; all of \(FakeMinutesModel.Mode.allCases.map(\.rawValue).joined(separator: ", ")).")
    var mode: [FakeMinutesModel.Mode] = []

    @Option(help: "A file for the schema and all facts, a line of JSON each.")
    var output: String?

    func run() async throws {
        let record = try output.map { try FactRecord(at: $0) }
        let files = try MeetingFile.all(in: meetings)
        let plain = files.map { Meeting($0, orders: false) }
        let ordering = files.map { Meeting($0, orders: true) }
        let extractions = plain.map { _ in RememberedExtraction() }
        let orderedExtractions = plain.map { _ in RememberedExtraction() }
        var report = QualityReport()
        let turns = plain.reduce(0) { $0 + $1.transcript.utterances.count }
        let joined = plain.reduce(0) { $0 + $1.joinedTurns }
        print("\(files.count) meetings, \(turns) utterances; \(joined) turns were taken for a part of the one before")
        print(QualityReport.heading)
        let http = HTTPClient()
        for mode in mode.isEmpty ? FakeMinutesModel.Mode.allCases : mode {
            let isOrdered = mode == .obeysTranscript
            let fake = FakeMinutesModel(mode)
            var tally = Tally()
            try await FakeModelServer.with(answering: fake.answer) { server in
                let model = Self.model(at: server.url, mode, http)
                for (index, meeting) in (isOrdered ? ordering : plain).enumerated() {
                    let extractor = (isOrdered ? orderedExtractions : extractions)[index]
                    let run = QualityRun(mode: mode, model: model, extractor: extractor, record: record)
                    await run.judge(meeting, into: &tally)
                }
            }
            print(report.add(mode, tally))
        }
        await http.shutdown()
        report.close()
        for miss in report.missed { print("missed: \(miss)") }
        if !report.missed.isEmpty { throw ExitCode(1) }
        print("all bars are met")
    }

    /// Asked once: what a later try would mend is told to the run, which tries again as a job does.
    private static func model(at url: String, _ mode: FakeMinutesModel.Mode, _ http: HTTPClient) -> OpenAIModel {
        let deadlines =
            mode == .timeout
            ? OpenAIConfiguration.Deadlines(firstToken: .milliseconds(60), total: .seconds(2)) : .init()
        let configuration = OpenAIConfiguration(
            baseURL: url,
            apiKey: nil,
            model: "fake-minutes",
            deadlines: deadlines,
            retries: .init(maximumTries: 1)
        )
        return OpenAIModel(configuration: configuration, http: http, logger: .silent)
    }
}

extension FakeMinutesModel.Mode: ExpressibleByArgument {}
