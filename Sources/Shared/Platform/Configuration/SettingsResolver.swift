/// Lays flags, environment, file and defaults over each other and notes every problem on the way.
struct SettingsResolver {
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var effective: [EffectiveSetting] = []
    /// The values in force by path.
    private(set) var values: [String: SettingValue] = [:]
    /// How many elements each list has.
    private(set) var counts: [String: Int] = [:]

    private struct Candidate {
        let value: SettingValue?
        let source: SettingSource
    }

    private let input: ConfigurationInput
    private var fromFile: [String: Candidate] = [:]

    init(_ input: ConfigurationInput) {
        self.input = input
        readFile()
        checkFlags()
        resolve()
    }

    /// Adds a problem that only shows when settings are looked at together.
    mutating func add(_ problem: ConfigurationProblem) { problems.append(problem) }

    // MARK: The configuration file

    private mutating func readFile() {
        guard let path = input.path ?? input.variable("AI_ASSISTANT_CONFIG") else { return }
        guard let text = input.readFile(path, 1_048_576) else {
            return add(ConfigurationProblem(path, "cannot read it, expected a text file of at most 1 MiB"))
        }
        do {
            for entry in try ConfigurationFile(parsing: text, name: path).entries { take(entry) }
        } catch {
            problems += error.problems
        }
    }

    private mutating func take(_ entry: ConfigurationFile.Entry) {
        let source = SettingSource.file(line: entry.line)
        let origin = source.description
        if let setting = Setting.byKey[entry.key] {
            countElement(of: entry)
            if fromFile[entry.path] != nil {
                let explanation = "\(entry.path)_file is set as well, expected only one of them"
                add(ConfigurationProblem(entry.path, in: origin, explanation))
            }
            let value = value(of: entry.leaf, for: setting)
            if value == nil {
                add(problem(with: entry.path, setting, in: origin, found: entry.leaf.text))
            }
            fromFile[entry.path] = Candidate(value: value, source: source)
        } else if entry.key.hasSuffix("_file"), let setting = Setting.byKey[String(entry.key.dropLast(5))],
            setting.mayComeFromFile
        {
            countElement(of: entry)
            let path = String(entry.path.dropLast(5))
            if fromFile[path] != nil {
                add(ConfigurationProblem(entry.path, in: origin, "\(path) is set as well, expected only one of them"))
            }
            let secret = contents(of: entry.leaf.text ?? "", for: setting, path: entry.path, origin: origin)
            if let secret { fromFile[path] = Candidate(value: secret, source: source) }
        } else if Setting.lists.contains(entry.key), entry.leaf == .items([]) {
            counts[entry.key] = 0
        } else {
            // The value stays out of the line: a misspelt key may hold a secret.
            let suggestion = NearMiss.suggestion(for: entry.key, among: Setting.keys)
            let hint = suggestion.map { ", did you mean \($0)?" } ?? ""
            let groups = Setting.keys.contains { $0.hasPrefix("\(entry.key).") || $0.hasPrefix("\(entry.key)[].") }
            add(
                ConfigurationProblem(
                    entry.path,
                    in: origin,
                    groups ? "got one value, expected keys below it" : "unknown key\(hint)"
                )
            )
        }
    }

    private mutating func countElement(of entry: ConfigurationFile.Entry) {
        guard let open = entry.path.firstIndex(of: "["), let close = entry.path.firstIndex(of: "]"),
            let index = Int(entry.path[entry.path.index(after: open)..<close])
        else { return }
        let list = String(entry.path[..<open])
        counts[list] = Swift.max(counts[list] ?? 0, index + 1)
    }

    private func value(of leaf: ConfigurationFile.Leaf, for setting: Setting) -> SettingValue? {
        switch (leaf, setting.kind) {
        case (.quoted, .integer), (.quoted, .seconds), (.quoted, .number), (.quoted, .flag), (.nested, _): nil
        case (.items(let items), _): setting.kind.value(of: items)
        case (.plain(let text), _), (.quoted(let text), _): setting.kind.value(of: text)
        }
    }

    // MARK: Flags

    private mutating func checkFlags() {
        for name in input.flags.keys.sorted() {
            let setting = Setting.byKey[name]
            if setting == nil || setting?.list != nil {
                let hint = NearMiss.suggestion(for: name, among: Setting.keys).map { ", did you mean \($0)?" } ?? ""
                add(ConfigurationProblem(name, in: "command line", "unknown key\(hint)"))
            } else if setting?.secrecy == .secret {
                add(
                    ConfigurationProblem(
                        name,
                        in: "command line",
                        "a secret is not taken from the command line, expected it in the environment or a file"
                    )
                )
            }
        }
    }

    // MARK: Laying the sources over each other

    private mutating func resolve() {
        prependEnvironmentApp()
        var seenLists: Set<String> = []
        for setting in Setting.table {
            guard let list = setting.list else {
                settle(setting, path: setting.key, readsEnvironment: true)
                continue
            }
            if seenLists.insert(list).inserted { settleElements(of: list) }
        }
    }

    /// There is always one model; there is an app only where something names one.
    private mutating func settleElements(of list: String) {
        let fields = Setting.table.filter { $0.list == list }
        let isNeeded = list == "llm.providers" || fields.contains(where: isInEnvironment)
        let count = Swift.max(counts[list] ?? 0, isNeeded ? 1 : 0)
        counts[list] = count
        for index in 0..<count {
            for field in fields {
                settle(field, path: field.path(at: index), readsEnvironment: index == 0)
            }
        }
    }

    /// An app named in the environment that the file does not know comes first, beside the file's apps: its ID must not
    /// end up with the secrets of another. One that the file knows moves to the front.
    private mutating func prependEnvironmentApp() {
        let list = "feishu.apps"
        guard let appID = input.variable("FEISHU_APP_ID"), let count = counts[list], count > 0 else { return }
        let known = (0..<count).first { fromFile["\(list)[\($0)].app_id"]?.value == .text(appID) }
        guard known != 0 else { return }
        let order: [Int?] = [known] + (0..<count).filter { $0 != known }
        let old = fromFile
        for field in Setting.table where field.list == list {
            for (index, previous) in order.enumerated() {
                fromFile[field.path(at: index)] = previous.flatMap { old[field.path(at: $0)] }
            }
        }
        counts[list] = order.count
    }

    private func isInEnvironment(_ setting: Setting) -> Bool {
        input.variable(setting.environment) != nil
            || setting.mayComeFromFile && input.variable("\(setting.environment)_FILE") != nil
    }

    private mutating func settle(_ setting: Setting, path: String, readsEnvironment: Bool) {
        var candidate = flag(setting, path: path)
        if candidate == nil, readsEnvironment { candidate = environment(setting, path: path) }
        let chosen = candidate ?? fromFile[path] ?? fallback(setting)
        effective.append(EffectiveSetting(path: path, setting: setting, value: chosen.value, source: chosen.source))
        values[path] = chosen.value
    }

    private mutating func flag(_ setting: Setting, path: String) -> Candidate? {
        guard let text = input.flags[setting.key], setting.list == nil else { return nil }
        let value = setting.kind.value(of: text)
        if value == nil { add(problem(with: path, setting, in: "command line", found: text)) }
        return Candidate(value: value, source: .flag)
    }

    private mutating func environment(_ setting: Setting, path: String) -> Candidate? {
        let name = setting.environment
        let fileName = "\(name)_FILE"
        let file = setting.mayComeFromFile ? input.variable(fileName) : nil
        if let text = input.variable(name) {
            let origin = "environment \(name)"
            if file != nil {
                add(ConfigurationProblem(path, in: origin, "\(fileName) is set as well, expected only one of them"))
            }
            let value = setting.kind.value(of: text)
            if value == nil { add(problem(with: path, setting, in: origin, found: text)) }
            return Candidate(value: value, source: .environment(name))
        }
        guard let file else { return nil }
        let secret = contents(of: file, for: setting, path: path, origin: "environment \(fileName)")
        return secret.map { Candidate(value: $0, source: .environment(fileName)) }
    }

    private func fallback(_ setting: Setting) -> Candidate {
        let text = setting.key == "log.format" && input.isTerminal ? "text" : setting.fallback
        return Candidate(value: text.flatMap(setting.kind.value(of:)), source: .defaultValue)
    }

    /// The secret in a file, without the line end that editors add. An empty file counts as not set.
    private mutating func contents(
        of file: String,
        for setting: Setting,
        path: String,
        origin: String
    ) -> SettingValue? {
        guard var text = input.readFile(file, 65_536) else {
            let explanation = "expected the path of a readable file of at most 64 KiB"
            add(ConfigurationProblem(path, in: origin, found: file, explanation))
            return nil
        }
        while text.last?.isNewline == true { text.removeLast() }
        if text.isEmpty { return nil }
        guard let value = setting.kind.value(of: text) else {
            add(problem(with: path, setting, in: "\(origin), file \(file)", found: text))
            return nil
        }
        return value
    }

    private func problem(
        with path: String,
        _ setting: Setting,
        in origin: String,
        found: String?
    ) -> ConfigurationProblem {
        let shown = found.map { setting.secrecy == .open ? "\"\($0)\"" : "***" } ?? "a group of keys"
        return ConfigurationProblem(path, in: origin, found: shown, "expected \(setting.kind.expectation)")
    }
}

extension Setting {
    static let byKey = Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0) })
    static let keys = table.map(\.key)
    static let lists = Set(table.compactMap(\.list))
}

extension ConfigurationFile.Leaf {
    /// The value as written; nil for a group of keys.
    fileprivate var text: String? {
        switch self {
        case .plain(let text), .quoted(let text): text
        case .items(let items): items.joined(separator: ", ")
        case .nested: nil
        }
    }
}
