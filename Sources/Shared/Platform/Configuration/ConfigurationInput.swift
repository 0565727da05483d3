import FoundationEssentials

/// Everything configuration is made of, before any of it is understood.
package struct ConfigurationInput: Sendable {
    /// Values of the command line, by key. They win over everything.
    package var flags: [String: String]
    /// The process's environment. An empty variable counts as not set.
    package var environment: [String: String]
    /// The configuration file that a flag named; else `AI_ASSISTANT_CONFIG` names it, else there is none.
    package var path: String?
    /// Whether logs go to a person's terminal, which changes the default format.
    package var isTerminal: Bool
    /// Reads a file of at most `limit` bytes as UTF-8 text; nil when that cannot be done.
    package var readFile: @Sendable (_ path: String, _ limit: Int) -> String?

    package init(
        flags: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        path: String? = nil,
        isTerminal: Bool = false,
        readFile: @escaping @Sendable (_ path: String, _ limit: Int) -> String? = Self.contents
    ) {
        self.flags = flags
        self.environment = environment
        self.path = path
        self.isTerminal = isTerminal
        self.readFile = readFile
    }

    /// The text of a regular file, or nil where there is none, it is larger than `limit` or it is not UTF-8.
    package static let contents: @Sendable (String, Int) -> String? = { path, limit in
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? Int ?? (attributes[.size] as? UInt64).map(Int.init), size <= limit,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return String(validating: data, as: UTF8.self)
    }

    /// The variable's value, when it is set and not empty.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
