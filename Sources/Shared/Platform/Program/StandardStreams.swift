/// The stream for results.
package enum StandardOutput {
    /// Writes all of it, at once as far as the system lets.
    package static func write(_ text: String) {
        LogOutput.standardOutput.write(Array(text.utf8))
    }
}

/// The stream for what went wrong.
package enum StandardError {
    /// Writes all of it, at once as far as the system lets.
    package static func write(_ text: String) {
        LogOutput.standardError.write(Array(text.utf8))
    }
}
