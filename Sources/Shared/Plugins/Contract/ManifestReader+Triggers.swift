import JSON
import JSONSchema
import Patterns

extension ManifestReader {
    private static let mostTriggers = 64

    /// Where a manifest names no trigger, a command with the plugin's name.
    mutating func triggers(_ value: JSONValue?, name: PluginName?) -> [PluginTrigger] {
        guard let value else { return name.map { [.command(name: $0.rawValue, aliases: [])] } ?? [] }
        guard let entries = value.array, entries.count <= Self.mostTriggers else {
            note("/triggers", "expected a list of at most \(Self.mostTriggers) triggers")
            return []
        }
        var triggers: [PluginTrigger] = []
        for (index, entry) in entries.enumerated() {
            if let trigger = trigger(entry, "/triggers/\(index)") { triggers.append(trigger) }
        }
        checkNames(triggers)
        return triggers
    }

    /// A name means one thing: no two commands, schedules or tools have the same.
    private mutating func checkNames(_ triggers: [PluginTrigger]) {
        var names: Set<String> = []
        for trigger in triggers {
            let (kind, words): (String, [String]) =
                switch trigger {
                case .command(let name, let aliases): ("command", [name] + aliases)
                case .schedule(let name, _, _): ("schedule", [name])
                case .tool(let tool): ("tool", [tool.name])
                case .keyword, .pattern, .event: ("", [])
                }
            for word in words where !names.insert("\(kind) \(word)").inserted {
                note("/triggers", "expected each \(kind) to have a name of its own, and one has it twice: \(word)")
            }
        }
    }

    private mutating func trigger(_ value: JSONValue, _ pointer: String) -> PluginTrigger? {
        guard value.object != nil else {
            note(pointer, "expected an object")
            return nil
        }
        switch value["type"]?.string {
        case "command":
            guard let name = word(value["name"], "\(pointer)/name") else { return nil }
            return .command(name: name, aliases: words(value["aliases"] ?? .array([]), "\(pointer)/aliases"))
        case "keyword":
            let words = words(value["words"], "\(pointer)/words")
            if words.isEmpty { note("\(pointer)/words", "expected at least one word") }
            return .keyword(words: words)
        case "pattern":
            return pattern(value["pattern"], "\(pointer)/pattern").map { .pattern($0) }
        case "event":
            let types = texts(value["event_types"], "\(pointer)/event_types", most: 64) ?? []
            if types.isEmpty { note("\(pointer)/event_types", "expected at least one type of event") }
            return .event(types: types)
        case "schedule":
            guard let name = word(value["name"], "\(pointer)/name"),
                let cron = required(value["cron"], "\(pointer)/cron")
            else { return nil }
            return .schedule(
                name: name,
                cron: cron,
                chatIDs: texts(value["chat_ids"] ?? .array([]), "\(pointer)/chat_ids", most: 100) ?? []
            )
        case "tool":
            return tool(value, pointer).map { .tool($0) }
        default:
            note("\(pointer)/type", "expected one of command, keyword, pattern, event, schedule, tool")
            return nil
        }
    }

    private mutating func tool(_ value: JSONValue, _ pointer: String) -> PluginTool? {
        guard let name = required(value["name"], "\(pointer)/name") else { return nil }
        let isName =
            name.utf8.count <= 64
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-".unicodeScalars.contains($0))
            }
        if !isName { note("\(pointer)/name", "expected letters, digits, '_' and '-', at most 64") }
        let description = required(value["description"], "\(pointer)/description") ?? ""
        let parameters = value["parameters"] ?? .object(["type": "object"])
        check(parameters: parameters, "\(pointer)/parameters")
        return PluginTool(
            name: name,
            description: description,
            parameters: parameters.object ?? [:],
            isSensitive: flag(value["sensitive"], "\(pointer)/sensitive")
        )
    }

    private mutating func check(parameters: JSONValue, _ pointer: String) {
        guard parameters.object != nil else { return note(pointer, "expected a JSON Schema, an object") }
        do throws(SchemaProblems) {
            _ = try JSONSchema(parameters)
        } catch {
            for problem in error.problems { note(pointer + problem.pointer, problem.explanation) }
        }
    }

    private mutating func pattern(_ value: JSONValue?, _ pointer: String) -> String? {
        guard let text = required(value, pointer) else { return nil }
        do throws(PatternError) {
            _ = try Pattern(text)
            return text
        } catch {
            note(pointer, "expected a regular expression; this one \(error)")
            return nil
        }
    }

    private mutating func required(_ value: JSONValue?, _ pointer: String) -> String? {
        if value == nil { note(pointer, "expected text") }
        return text(value, pointer)
    }

    /// One word of a command, in any script.
    private mutating func word(_ value: JSONValue?, _ pointer: String) -> String? {
        guard let text = required(value, pointer) else { return nil }
        let isWord = text.count <= 64 && !text.contains { $0.isWhitespace || "/／".contains($0) }
        if !isWord { note(pointer, "expected one word of at most 64 characters, without '/'") }
        return isWord ? text : nil
    }

    private mutating func words(_ value: JSONValue?, _ pointer: String) -> [String] {
        guard let entries = value?.array, entries.count <= 64 else {
            note(pointer, "expected a list of at most 64 words")
            return []
        }
        var words: [String] = []
        for (index, entry) in entries.enumerated() {
            if let word = word(entry, "\(pointer)/\(index)") { words.append(word) }
        }
        return words
    }
}
