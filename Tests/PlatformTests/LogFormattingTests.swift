import Foundation
import JSON
import Logging
import Testing

@testable import Platform

@Suite("Log lines")
struct LogFormattingTests {
    private let time = LogTimestamp(seconds: 1_795_453_509, microseconds: 123)

    private func event(_ message: Logger.Message) -> LogEvent {
        LogEvent(level: .warning, message: message, metadata: nil, source: "s", file: "f", function: "g", line: 1)
    }

    private func json(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) throws -> JSONValue {
        let line = LogFormatting.json(event(message), label: "gateway", metadata: metadata, at: time)
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
        return try JSONValue(parsing: Array(line.dropLast()))
    }

    @Test("is one JSON object with snake_case metadata and numbers as numbers")
    func jsonLine() throws {
        let value = try json(
            "job finished",
            ["taskID": "t1", "queue-name": "minutes", "attempt": .stringConvertible(3), "ok": .stringConvertible(true)]
        )
        #expect(
            value == [
                "timestamp": "2026-11-23T17:05:09.000123Z", "level": "warning", "label": "gateway",
                "message": "job finished",
                "metadata": ["attempt": 3, "ok": true, "queue_name": "minutes", "task_id": "t1"],
            ]
        )
    }

    @Test("escapes what could break the line or the terminal")
    func escaping() throws {
        let nasty = "a\"b\\c\nd\u{1B}[31m\u{0}\u{2028}é"
        #expect(try json("m", ["error": .string(nasty)])["metadata"]?["error"]?.string == nasty)
        let text = LogFormatting.text(event("two\nlines"), label: "x", metadata: ["e": .string(nasty)], at: time)
        #expect(!text.contains(0x1B))
        #expect(text.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test("cuts long texts at a character, deep nesting and endless metadata")
    func bounds() throws {
        let long = String(repeating: "会", count: 5_000)
        let cut = try #require(try json("m", ["long": .string(long)])["metadata"]?["long"]?.string)
        #expect(cut.utf8.count <= LogFormatting.maximumTextBytes + 3)
        #expect(cut.hasSuffix("会…"))

        var deep: Logger.MetadataValue = "x"
        for _ in 0..<1_000 { deep = .array([deep]) }
        _ = try json("m", ["deep": deep])

        let many = Dictionary(uniqueKeysWithValues: (0..<1_000).map { ("k\($0)", Logger.MetadataValue.string(long)) })
        let line = LogFormatting.json(event("m"), label: "l", metadata: many, at: time)
        #expect(line.count < 2 * LogFormatting.maximumLineBytes)
        #expect(try JSONValue(parsing: Array(line.dropLast()))["metadata"]?["truncated"] == true)
    }

    @Test("reads well as text")
    func textLine() {
        let line = LogFormatting.text(
            event("job retried"),
            label: "worker",
            metadata: ["taskID": "t1", "reason": "timed out", "delay": .stringConvertible(1.5)],
            at: time
        )
        let expected = "17:05:09.000123 warning worker: job retried delay=1.5 reason=\"timed out\" task_id=t1\n"
        #expect(String(decoding: line, as: UTF8.self) == expected)
    }

    @Test(
        "writes metadata keys in snake_case",
        arguments: [
            ("task_id", "task_id"), ("taskID", "task_id"), ("hb.request.id", "hb_request_id"), ("URL", "url"),
            ("Content-Type", "content_type"), ("a b", "a_b"),
        ]
    )
    func snakeCase(key: String, expected: String) {
        #expect(LogFormatting.snakeCase(key) == expected)
    }

    @Test(
        "writes times as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"), (-1, "1969-12-31T23:59:59.000000Z"),
        ]
    )
    func timestamp(seconds: Int, expected: String) {
        var line: [UInt8] = []
        LogTimestamp(seconds: seconds, microseconds: 0).append(to: &line)
        #expect(String(decoding: line, as: UTF8.self) == expected)
    }

    @Test("many writers never mix their lines, and a level below the configured one writes nothing")
    func handler() async throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let reading = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        let configuration = Configuration.Log(level: .info, format: .json)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    var logger = Logger(label: "w\(writer)") { label in
                        LineLogHandler(label: label, configuration: configuration, output: output)
                    }
                    logger[metadataKey: "own"] = "\(writer)"
                    for _ in 0..<100 {
                        logger.debug("not written")
                        logger.info("line", metadata: ["text": .string(String(repeating: "x", count: 300))])
                    }
                }
            }
        }
        try pipe.fileHandleForWriting.close()
        let lines = await reading.value.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 800)
        for line in lines {
            #expect(try JSONValue(parsing: Array(line))["metadata"]?["own"]?.string != nil)
        }
    }
}
