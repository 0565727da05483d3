import JSON

/// Reads a manifest member by member and notes all that is wrong with it.
struct ManifestReader {
    /// The largest manifest, in bytes.
    static let maximumBytes = 256 << 10

    private let document: JSONValue
    private(set) var problems: [ContractProblem] = []

    init(_ document: JSONValue) { self.document = document }

    /// Nil where something that cannot be done without is missing or wrong; `problems` then says what.
    mutating func read() -> PluginManifest? {
        guard let object = document.object else {
            note("", "expected an object")
            return nil
        }
        guard document.bytes.count <= Self.maximumBytes else {
            note("", "is larger than \(Self.maximumBytes) bytes")
            return nil
        }
        if object["contract_version"]?.integer != PluginManifest.contractVersion {
            note("/contract_version", "expected \(PluginManifest.contractVersion)")
        }
        let name = object["name"]?.string.flatMap { PluginName($0) }
        if name == nil { note("/name", "expected \(PluginName.expectation)") }
        let version = object["version"]?.string.flatMap { SemanticVersion($0) }
        if version == nil { note("/version", "expected a semantic version, such as 1.2.0") }
        let (chinese, english) = descriptions(object["description"], fallback: name?.rawValue ?? "")
        let command = texts(object["command"], "/command", most: 64)
        let permissions = permissions(object["permissions"])
        let triggers = triggers(object["triggers"], name: name)
        let timeout = number(object["timeout"], "/timeout", 0.1...300, else: 10)
        let concurrency = integer(object["concurrency"], "/concurrency", 1...1_000, else: 8)
        let isIdempotent = flag(object["idempotent"], "/idempotent")
        let isSensitive = flag(object["sensitive"], "/sensitive")
        let memory = integer(object["memory_bytes"], "/memory_bytes", (16 << 20)...(16 << 30), else: 256 << 20)
        let migrations = migrations(object["migrations"])
        guard let name, let version else { return nil }
        return PluginManifest(
            name: name,
            version: version,
            chineseDescription: chinese,
            englishDescription: english,
            command: command ?? [],
            permissions: permissions,
            triggers: triggers,
            timeout: .milliseconds(Int64((timeout * 1_000).rounded())),
            concurrency: concurrency,
            isIdempotent: isIdempotent,
            isSensitive: isSensitive,
            memoryBytes: memory,
            migrations: migrations,
            document: object
        )
    }

    private mutating func descriptions(_ value: JSONValue?, fallback: String) -> (String, String) {
        guard let value else { return (fallback, fallback) }
        if let text = value.string { return bounded(text, "/description").map { ($0, $0) } ?? (fallback, fallback) }
        guard value.object != nil else {
            note("/description", "expected text, or an object with zh-CN and en")
            return (fallback, fallback)
        }
        let chinese = text(value["zh-CN"], "/description/zh-CN")
        let english = text(value["en"], "/description/en")
        return (chinese ?? english ?? fallback, english ?? chinese ?? fallback)
    }

    private mutating func permissions(_ value: JSONValue?) -> Set<PluginPermission> {
        guard let value else { return [.messageText] }
        var permissions: Set<PluginPermission> = []
        for (index, name) in (texts(value, "/permissions", most: 64) ?? []).enumerated() {
            if let permission = PluginPermission(rawValue: name) {
                permissions.insert(permission)
            } else {
                let known = PluginPermission.allCases.map(\.rawValue).joined(separator: ", ")
                note("/permissions/\(index)", "expected one of \(known)")
            }
        }
        return permissions
    }

    private mutating func migrations(_ value: JSONValue?) -> [ConfigurationMigration] {
        guard let value else { return [] }
        guard let entries = value.array, entries.count <= 64 else {
            note("/migrations", "expected a list of at most 64")
            return []
        }
        var migrations: [ConfigurationMigration] = []
        for (index, entry) in entries.enumerated() {
            do throws(ContractProblems) {
                migrations.append(try ConfigurationMigration(entry, at: "/migrations/\(index)"))
            } catch {
                problems += error.problems
            }
        }
        return migrations
    }

    // MARK: Values

    mutating func note(_ pointer: String, _ explanation: String) {
        problems.append(ContractProblem(pointer, explanation))
    }

    mutating func text(_ value: JSONValue?, _ pointer: String) -> String? {
        guard let value else { return nil }
        guard let text = value.string else {
            note(pointer, "expected text")
            return nil
        }
        return bounded(text, pointer)
    }

    /// Nil where the text is empty, too long, or has control characters.
    private mutating func bounded(_ text: String, _ pointer: String) -> String? {
        let isPlain =
            !text.isEmpty && text.utf8.count <= 4_096
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        if !isPlain { note(pointer, "expected 1 to 4096 bytes of text without control characters") }
        return isPlain ? text : nil
    }

    /// A list of texts; nil where there is none, or something in it is none.
    mutating func texts(_ value: JSONValue?, _ pointer: String, most: Int) -> [String]? {
        guard let value else { return nil }
        guard let entries = value.array, entries.count <= most else {
            note(pointer, "expected a list of at most \(most) texts")
            return nil
        }
        var texts: [String] = []
        for (index, entry) in entries.enumerated() {
            if let text = text(entry, "\(pointer)/\(index)") { texts.append(text) }
        }
        return texts.count == entries.count ? texts : nil
    }

    mutating func flag(_ value: JSONValue?, _ pointer: String) -> Bool {
        guard let value else { return false }
        if value.bool == nil { note(pointer, "expected true or false") }
        return value.bool == true
    }

    private mutating func integer(
        _ value: JSONValue?,
        _ pointer: String,
        _ range: ClosedRange<Int>,
        else fallback: Int
    ) -> Int {
        guard let value else { return fallback }
        guard let integer = value.integer.flatMap({ Int(exactly: $0) }), range.contains(integer) else {
            note(pointer, "expected an integer from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return integer
    }

    private mutating func number(
        _ value: JSONValue?,
        _ pointer: String,
        _ range: ClosedRange<Double>,
        else fallback: Double
    ) -> Double {
        guard let value else { return fallback }
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .double(let double): double
            default: nil
            }
        guard let number, range.contains(number) else {
            note(pointer, "expected a number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }
}
