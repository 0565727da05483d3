import ArgumentParser
import JSON
import Platform

extension JobCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells why a task is where it is: what it waits for, who runs it since when, what it belongs to.",
            discussion: """
                Looks for the task as `job show` does. Exit status 1 where it is nowhere, or beyond the bound. Workers \
                tell since when they run what has been running for a second or more, every beat.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var search: SearchOptions

        func run() async throws {
            let job = try await AdminSession.with(admin) { session in
                try await session.ask("GET", "jobs", search.id, query: search.query)
            }
            let reasons = job["reasons"]?.array ?? []
            let canvas = job["family"]?["sentences"]?.array ?? []
            switch options.output {
            case .table:
                StandardOutput.write((reasons + canvas).map { CellText.of($0) + "\n" }.joined())
            case .json:
                let explanation: JSONValue = [
                    "reasons": .array(reasons), "running_since": job["running_since"] ?? .null,
                    "canvas": .array(canvas),
                ]
                StandardOutput.write(explanation.text + "\n")
            }
        }
    }
}
