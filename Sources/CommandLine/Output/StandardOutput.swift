import Platform

/// The stream for results.
enum StandardOutput {
    static func write(_ text: String) {
        LogOutput.standardOutput.write(Array(text.utf8))
    }
}
