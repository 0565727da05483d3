package import Logging

/// Writes every event as one line, as JSON or for a person.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: Configuration.Log.Format
    private let output: LogOutput

    package init(
        label: String,
        configuration: Configuration.Log,
        output: LogOutput,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        logLevel = configuration.level
        format = configuration.format
        self.output = output
        self.metadataProvider = metadataProvider
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get(), !provided.isEmpty {
            merged.merge(provided) { _, new in new }
        }
        if let added = event.metadata, !added.isEmpty {
            merged.merge(added) { _, new in new }
        }
        if let error = event.error {
            merged["error"] = "\(error)"
        }
        let time = LogTimestamp.now()
        switch format {
        case .json: output.write(LogFormatting.json(event, label: label, metadata: merged, at: time))
        case .text: output.write(LogFormatting.text(event, label: label, metadata: merged, at: time))
        }
    }
}

/// Makes every logger of the process write lines. To be called once, before the first logger is made.
package func bootstrapLogging(_ configuration: Configuration.Log, output: LogOutput = .standardOutput) {
    LoggingSystem.bootstrap(
        { label, provider in
            LineLogHandler(label: label, configuration: configuration, output: output, metadataProvider: provider)
        },
        metadataProvider: nil
    )
}
