import JSON
import PluginKit

/// Counts the days that an office works: `/days 2026-12-01 2026-12-31`, `/days 2026-12-01 +10`.
@main struct Workdays: Plugin {
    static let manifest = Manifest(
        name: "workdays",
        version: "1.0.0",
        description: .init(chinese: "计算两个日期之间的工作日", english: "Counts the days of work between two dates"),
        triggers: [
            .command("days", aliases: ["工作日"]),
            .tool(
                name: "count_workdays",
                description: "Counts the days on which the office works, from one date to another, both included.",
                parameters: [
                    "type": "object", "required": ["from", "to"], "additionalProperties": false,
                    "properties": [
                        "from": ["type": "string", "format": "date"], "to": ["type": "string", "format": "date"],
                    ],
                ]
            ),
        ],
        isIdempotent: true
    )

    static let configurationSchema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "weekend": [
                "type": "array", "items": ["type": "integer", "minimum": 1, "maximum": 7], "default": [6, 7],
                "description": "Days of the week without work: 1 is Monday, 7 is Sunday",
            ],
            "holidays": [
                "type": "array", "items": ["type": "string", "format": "date"], "default": [],
                "description": "Further days without work",
            ],
            "extra_workdays": [
                "type": "array", "items": ["type": "string", "format": "date"], "default": [],
                "description": "Days of a weekend that are worked nevertheless",
            ],
        ],
    ]

    func handle(_ message: Message) async throws -> Reply {
        let calendar = try message.configuration(as: OfficeCalendar.self)
        if let tool = message.tool { return answer(tool, calendar) }
        let words = message.content.split { $0.isWhitespace || "~～到至".contains($0) }
        guard words.count == 2, let start = Day(words[0]) else { throw usage(message) }
        if words[1].hasPrefix("+") {
            guard let count = Int(words[1].dropFirst()), (1...1_000).contains(count) else { throw usage(message) }
            return try later(count, than: start, calendar, message)
        }
        guard let end = Day(words[1]) else { throw usage(message) }
        let days = min(start, end)...max(start, end)
        let all = days.upperBound.number - days.lowerBound.number + 1
        let worked = calendar.workdays(in: days)
        return .text(
            message.words(
                chinese: "\(days.lowerBound) 至 \(days.upperBound) 共 \(all) 天，其中工作日 \(worked) 天",
                english: "\(days.lowerBound) to \(days.upperBound): workdays: \(worked), all days: \(all)"
            )
        )
    }

    private func later(
        _ count: Int,
        than start: Day,
        _ calendar: OfficeCalendar,
        _ message: Message
    ) throws -> Reply {
        guard let day = calendar.day(count, after: start) else {
            throw PluginError(
                message.words(chinese: "十年之内没有那么多工作日", english: "There are not so many workdays in ten years")
            )
        }
        return .text(
            message.words(
                chinese: "\(start) 之后第 \(count) 个工作日是 \(day)",
                english: "Workday \(count) after \(start) is \(day)"
            )
        )
    }

    private func answer(_ tool: Message.ToolCall, _ calendar: OfficeCalendar) -> Reply {
        guard let start = Day(tool.arguments["from"]?.string ?? ""), let end = Day(tool.arguments["to"]?.string ?? ""),
            start <= end
        else { return .toolResult("expected two dates such as 2026-12-01, the earlier one first", isError: true) }
        return .toolResult("\(calendar.workdays(in: start...end))")
    }

    private func usage(_ message: Message) -> PluginError {
        PluginError(
            message.words(
                chinese: "请写两个日期，或一个日期和天数，例如：/days 2026-12-01 2026-12-31，/days 2026-12-01 +10",
                english: "Write two dates, or a date and a number of days: "
                    + "/days 2026-12-01 2026-12-31, /days 2026-12-01 +10"
            )
        )
    }
}
