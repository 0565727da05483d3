import Patterns
import Plugins

/// Decides which plugin a message is for, by the message's text alone.
///
/// The assistant's own commands come before, so none of them can be taken away. Then commands, patterns and keywords, in
/// this order, and of several plugins the first by name: one plugin for each message.
struct PluginRouting: Sendable {
    /// What becomes of a message.
    enum Decision: Sendable, Equatable {
        /// The plugin is called; `content` is what follows the command, or the whole text.
        case run(PluginName, SkillCause, content: String)
        /// The command is one of a plugin that cannot be called.
        case unavailable(PluginName, HostedPlugin.Condition)
    }

    /// What is longer, in bytes, is material and no request: patterns and keywords are not looked for in it.
    static let longestText = 8 << 10

    private struct Command: Sendable {
        let plugin: HostedPlugin
        /// As the manifest has it.
        let name: String
    }

    /// By what is written behind the slash, in small letters.
    private var commands: [String: [Command]] = [:]
    private var patterns: [(name: PluginName, pattern: Pattern)] = []
    private var keywords: [(name: PluginName, word: Keyword)] = []

    /// - Parameter plugins: All that are installed, by name.
    init(_ plugins: [HostedPlugin]) {
        for plugin in plugins {
            for trigger in plugin.manifest.triggers {
                switch trigger {
                case .command(let name, let aliases):
                    for word in Set(([name] + aliases).map { $0.lowercased() }) {
                        commands[word, default: []].append(Command(plugin: plugin, name: name))
                    }
                case .pattern(let text) where plugin.condition.isCallable:
                    // One that cannot be compiled was refused with its manifest.
                    if let pattern = try? Pattern(text) { patterns.append((plugin.name, pattern)) }
                case .keyword(let words) where plugin.condition.isCallable:
                    keywords += words.map { (plugin.name, Keyword($0)) }
                case .pattern, .keyword, .event, .schedule, .tool: break
                }
            }
        }
    }

    /// Looks for a plugin's command.
    ///
    /// - Parameters:
    ///   - text: The message, without the mention of the bot.
    ///   - choice: The plugins that there are in its chat.
    /// - Returns: The plugin whose command it is; nil where it is none of any.
    func command(_ text: String, of choice: PluginChoice = .all) -> Decision? {
        guard !commands.isEmpty, text.hasPrefix("/") || text.hasPrefix("／") else { return nil }
        let body = text.dropFirst()
        let word = body.prefix { !$0.isWhitespace && $0 != "：" && $0 != ":" }
        guard let command = commands[word.lowercased()]?.first(where: { choice.has($0.plugin.name) })
        else { return nil }
        let name = command.plugin.name
        guard command.plugin.condition.isCallable else { return .unavailable(name, command.plugin.condition) }
        let rest = String(body[word.endIndex...].drop { $0.isWhitespace || $0 == "：" || $0 == ":" })
        return .run(name, .command(name: command.name, arguments: rest), content: rest)
    }

    /// Looks for what patterns and keywords wait for.
    ///
    /// - Parameters:
    ///   - text: The message, without the mention of the bot.
    ///   - choice: The plugins that there are in its chat.
    /// - Returns: The plugin that waits for such a text; nil where none does.
    func mention(in text: String, of choice: PluginChoice = .all) -> Decision? {
        guard !text.isEmpty, text.utf8.count <= Self.longestText else { return nil }
        // One budget for all patterns: a message costs no more the more plugins there are.
        var budget = Pattern.defaultBudget
        for (name, pattern) in patterns where choice.has(name) && pattern.matches(text, budget: &budget) {
            guard let groups = pattern.firstMatch(in: text) else { continue }
            return .run(name, .pattern(matches: groups.map { $0 ?? "" }), content: text)
        }
        let lowercased = text.lowercased()
        guard
            let (name, keyword) = keywords.first(where: { choice.has($0.name) && $0.word.occurs(in: lowercased) })
        else { return nil }
        return .run(name, .keyword(word: keyword.word), content: text)
    }
}

extension HostedPlugin.Condition {
    /// Whether a call has a chance.
    var isCallable: Bool { self == .ready || self == .starting }
}

/// A word to look for. In scripts with blanks between words it has to stand alone; Chinese has none.
struct Keyword: Sendable {
    let word: String
    private let lowercased: String
    private let needsEdgeBefore: Bool
    private let needsEdgeAfter: Bool

    init(_ word: String) {
        self.word = word
        lowercased = word.lowercased()
        needsEdgeBefore = lowercased.first.map(Self.isSpelled) ?? false
        needsEdgeAfter = lowercased.last.map(Self.isSpelled) ?? false
    }

    /// - Parameter text: In small letters.
    /// - Returns: Whether it is there, alone where it has to be.
    func occurs(in text: String) -> Bool {
        var rest = text[...]
        while let range = rest.firstRange(of: lowercased) {
            let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : nil
            let after = range.upperBound < text.endIndex ? text[range.upperBound] : nil
            let isAlone =
                !(needsEdgeBefore && before.map(Self.isSpelled) ?? false)
                && !(needsEdgeAfter && after.map(Self.isSpelled) ?? false)
            if isAlone { return true }
            rest = text[text.index(after: range.lowerBound)...]
        }
        return false
    }

    /// Whether it is a letter or digit of a script with blanks between words.
    private static func isSpelled(_ character: Character) -> Bool {
        guard character.isLetter || character.isNumber, let scalar = character.unicodeScalars.first else {
            return false
        }
        // Kana, ideographs and what belongs to them, in all planes.
        switch scalar.value {
        case 0x2E80...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x3FFFF: return false
        default: return true
        }
    }
}
