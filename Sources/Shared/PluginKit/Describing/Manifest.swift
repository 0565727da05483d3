import JSON

/// What a plugin says of itself.
public struct Manifest: Sendable, Hashable {
    /// The version of the contract between the assistant and its plugins that this package speaks.
    public static let contractVersion = 1

    /// Lower-case letters, digits and `-` between them, at most 64.
    public let name: String
    /// Semantic Versioning 2.0.0.
    public let version: String
    /// In both languages; nil: the name.
    public let description: LocalizedText?
    /// When it is called.
    public let triggers: [Trigger]
    /// What it asks to know and do.
    public let permissions: Set<Permission>
    /// Until the assistant gives a call up, 0.1 to 300 seconds.
    public let timeout: Duration
    /// Calls at once, 1 to 1000.
    public let concurrency: Int
    /// Whether a call that failed on the way may be made again.
    public let isIdempotent: Bool
    /// Whether a person is asked before it is called.
    public let isSensitive: Bool
    /// What one process of it may take, 16 MiB to 16 GiB; nil: 256 MiB.
    public let memoryBytes: Int?
    /// What becomes of the configuration of older versions.
    public let migrations: [ConfigurationMigration]

    /// A manifest.
    ///
    /// - Parameters:
    ///   - name: Lower-case letters, digits and `-` between them, at most 64.
    ///   - version: Semantic Versioning 2.0.0, such as `1.2.0`.
    ///   - description: In both languages; nil: the name.
    ///   - triggers: When it is called; nil: by the command with its name.
    ///   - permissions: What it asks to know and do.
    ///   - timeout: Until the assistant gives a call up, 0.1 to 300 seconds.
    ///   - concurrency: Calls at once, 1 to 1000.
    ///   - isIdempotent: Whether a call that failed on the way may be made again.
    ///   - isSensitive: Whether a person is asked before it is called.
    ///   - memoryBytes: What one process of it may take, 16 MiB to 16 GiB; nil: 256 MiB.
    ///   - migrations: What becomes of the configuration of older versions.
    public init(
        name: String,
        version: String,
        description: LocalizedText? = nil,
        triggers: [Trigger]? = nil,
        permissions: Set<Permission> = [.messageText],
        timeout: Duration = .seconds(10),
        concurrency: Int = 8,
        isIdempotent: Bool = false,
        isSensitive: Bool = false,
        memoryBytes: Int? = nil,
        migrations: [ConfigurationMigration] = []
    ) {
        self.name = name
        self.version = version
        self.description = description
        self.triggers = triggers ?? [.command(name)]
        self.permissions = permissions
        self.timeout = timeout
        self.concurrency = concurrency
        self.isIdempotent = isIdempotent
        self.isSensitive = isSensitive
        self.memoryBytes = memoryBytes
        self.migrations = migrations
    }

    /// As `GET /manifest` answers it. A package's `manifest.json` also has the command that starts it.
    var document: JSONObject {
        let text = description ?? LocalizedText(chinese: name, english: name)
        // In the order of their declaration, so that a manifest that is printed again is the same.
        let asked = Permission.allCases.filter { permissions.contains($0) }
        var document: JSONObject = [
            "contract_version": .integer(Int64(Self.contractVersion)),
            "name": .string(name),
            "version": .string(version),
            "description": ["zh-CN": .string(text.chinese), "en": .string(text.english)],
            "permissions": .array(asked.map { .string($0.rawValue) }),
            "triggers": .array(triggers.map(\.document)),
            "timeout": timeout.number,
            "concurrency": .integer(Int64(concurrency)),
            "idempotent": .bool(isIdempotent),
            "sensitive": .bool(isSensitive),
        ]
        if let memoryBytes { document["memory_bytes"] = .integer(Int64(memoryBytes)) }
        if !migrations.isEmpty { document["migrations"] = .array(migrations.map(\.document)) }
        return document
    }
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// Seconds as JSON, without a point where they are whole.
    var number: JSONValue {
        components.attoseconds == 0 ? .integer(components.seconds) : .double(seconds)
    }
}
