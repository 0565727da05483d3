import Logging

/// Keeps the messages of a log, without what they carry.
struct RecordedLog: LogHandler {
    let record: Record
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    static func logger(_ record: Record) -> Logger { Logger(label: "test") { _ in RecordedLog(record: record) } }

    func log(event: LogEvent) { record.add("\(event.message)") }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
