import ArgumentParser
import JSON
import JobQueue
import Platform

extension ScheduleCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a periodic job while the workers run.",
            discussion: """
                It stays until it is removed. What it tells under CLOCKS are the next three times, as the clocks of its \
                zone show them: where these are set, they differ from the expression. The times: five fields of cron (minute, hour, day of month, month, day of \
                week; where both days are given either will do), or @hourly, @daily, @weekly, @monthly, @yearly.

                Example: schedule add report --cron "0 9 * * 1-5" --zone Asia/Shanghai --task reports.daily --queue background
                Exit status 1 where there is one of that name.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "What to call it: letters, digits, -, _, . and :.")
        var name: String
        @Option(help: ArgumentHelp("When, as \"0 9 * * 1-5\" or @daily.", valueName: "expression"))
        var cron: String?
        @Option(help: ArgumentHelp("When, as 30s, 5m, 2h or 1d.", valueName: "span"))
        var every: TimeSpan?
        @Option(help: ArgumentHelp("Whose clocks --cron means (default: assistant.time_zone).", valueName: "zone"))
        var zone: String?
        @Option(help: ArgumentHelp("The task, such as minutes.generate.", valueName: "name"))
        var task: String
        @Option(help: ArgumentHelp("Its positional arguments, a JSON array.", valueName: "json"))
        var args: String?
        @Option(help: ArgumentHelp("Its arguments by name, a JSON object.", valueName: "json"))
        var kwargs: String?
        @Option(help: "Its queue.")
        var queue = "background"
        @Option(help: ArgumentHelp("0, the most urgent, to 9.", valueName: "n"))
        var priority: Int?
        @Option(help: ArgumentHelp("Not to run once so much time has passed, as 10m.", valueName: "span"))
        var expires: TimeSpan?
        @Option(help: ArgumentHelp("Run one at a time with others of this key.", valueName: "key"))
        var orderingKey: String?
        @Option(
            help: ArgumentHelp(
                "Of times that pass while no worker runs: skip, once (the last) or all (default: once).",
                valueName: "rule"
            )
        )
        var catchUp: String?
        @Option(help: ArgumentHelp("The most that --catch-up all makes up for, 1 to 60.", valueName: "n"))
        var atMost: Int?
        @Option(help: ArgumentHelp("Make up for what passed so long ago at most, as 30m.", valueName: "span"))
        var catchUpWithin: TimeSpan?
        @Option(help: ArgumentHelp("No sooner than this date, as 2026-12-01T09:00:00+08:00.", valueName: "date"))
        var start: String?
        @Option(help: ArgumentHelp("No later than this date.", valueName: "date"))
        var end: String?
        @Option(help: ArgumentHelp("Put each off by a part of this span.", valueName: "span"))
        var jitter: TimeSpan?
        @Flag(help: "Take the place of a job of that name that was added like this.")
        var replace = false
        @Flag(help: "Only tell when it would happen; nothing is stored.")
        var dryRun = false

        func validate() throws {
            // What is wrong by itself is told with how this command is used; the zone of the settings is not known yet.
            _ = try job(zone: "UTC")
        }

        func run() async throws {
            let body = body
            let job = try await AdminSession.with(admin) { session in
                if dryRun { return try await session.ask("POST", "schedules", name, "preview", body: body) }
                return try await session.ask(
                    "PUT",
                    "schedules",
                    name,
                    body: body,
                    headers: replace ? [:] : ["if-none-match": "*"],
                    failures: ["exists": .jobExists(name)]
                )
            }
            write(job)
        }

        /// What was given, by the clocks of `zone` unless it names another.
        private func job(zone: String) throws -> PeriodicJob {
            do throws(ScheduleProblem) {
                return try PeriodicJob(fields: fields, zone: zone, source: .runTime)
            } catch {
                let option = "--" + error.field.replacing("_", with: "-")
                throw ValidationError(
                    "\(error.field == "name" ? "NAME" : option): \(TerminalText.line(error.explanation, limit: 400))"
                )
            }
        }

        private func write(_ job: JSONValue) {
            var details = Details()
            details.add("NAME", name)
            details.add("WHEN", job["when"])
            details.add("NEXT", job["next"])
            // What its zone's clocks show then, and the two times after it: whether the expression is what was meant.
            let clocks = job["clocks"]?.array ?? []
            let line = JSONValue.string(clocks.compactMap(\.string).joined(separator: ", "))
            details.add("CLOCKS", clocks.isEmpty ? nil : options.output == .json ? .array(clocks) : line)
            StandardOutput.write(details.text(as: options.output))
            if job["next"]?.string == nil { StandardError.write("it never happens: its end is over\n") }
        }

        /// The same as the API takes it; `validate` has seen that it can be read.
        private var body: JSONValue {
            var body = JSONObject()
            for (name, text) in fields where name != "name" {
                switch name {
                case "args", "kwargs": body[name] = try? JSONValue(parsing: text)
                case "priority", "at_most": body[name] = Int64(text).map { .integer($0) }
                default: body[name] = .string(text)
                }
            }
            return .object(body)
        }

        /// What was given, as a configuration would describe it.
        private var fields: [String: String] {
            func seconds(_ span: TimeSpan?) -> String? { span.map { String($0.duration.milliseconds / 1_000) } }
            let given: [(String, String?)] = [
                ("name", name), ("cron", cron), ("every", seconds(every)), ("zone", zone), ("task", task),
                ("args", args), ("kwargs", kwargs), ("queue", queue), ("priority", priority.map(String.init)),
                ("expires", seconds(expires)), ("ordering_key", orderingKey), ("catch_up", catchUp),
                ("at_most", atMost.map(String.init)), ("catch_up_within", seconds(catchUpWithin)), ("start", start),
                ("end", end), ("jitter", seconds(jitter)),
            ]
            return Dictionary(given.compactMap { name, text in text.map { (name, $0) } }) { first, _ in first }
        }
    }
}

extension CommandFailure {
    fileprivate static func jobExists(_ name: String) -> CommandFailure {
        CommandFailure(.failed, "there is a periodic job \(name); --replace takes its place")
    }
}
