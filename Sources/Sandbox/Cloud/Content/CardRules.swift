import JSON

/// Judges the JSON of a card (interface specification, sections 6.1 and 6.2).
enum CardRules {
    static let componentLimit = 200
    static let tableLimit = 3
    /// Bytes of a card's JSON.
    static let sizeLimit = 30 * 1024

    /// A card as a message carries it: of either schema, a template, or a reference to an entity.
    static func check(_ card: JSONValue) throws(CardFault) {
        guard card.object != nil else { throw unparsable }
        if let type = card["type"]?.string {
            let key = type == "template" ? "template_id" : "card_id"
            guard type == "template" || type == "card", card["data"]?[key]?.string != nil else { throw unparsable }
            return
        }
        if card["schema"]?.string == "2.0" {
            try checkVersion2(card)
        } else {
            guard card["elements"]?.array != nil || card["i18n_elements"] != nil || card["header"] != nil else {
                throw unparsable
            }
            try checkTables(card["elements"] ?? [])
        }
    }

    /// A card as an entity holds it: schema 2.0 alone, shared, not empty, and not over its size.
    static func checkEntity(_ card: JSONValue) throws(CardFault) {
        guard card.object != nil else { throw unparsable }
        guard card["schema"]?.string == "2.0" else { throw .oldSchema }
        if card["body"]?["elements"]?.array?.isEmpty != false, card["header"] == nil { throw .empty }
        try checkVersion2(card)
        guard card.bytes.count <= sizeLimit else { throw .tooBig }
    }

    static var unparsable: CardFault { .unparsable(path: nil, reason: "parse card json err") }

    /// Judges a card of schema 2.0.
    private static func checkVersion2(_ card: JSONValue) throws(CardFault) {
        try checkKnown(card, CardProperties.card, path: "ROOT")
        try checkKnown(card["config"], CardProperties.config, path: "ROOT -> config")
        try checkKnown(card["header"], CardProperties.header, path: "ROOT -> header")
        try checkKnown(card["body"], CardProperties.body, path: "ROOT -> body")
        guard card["config"]?["update_multi"] ?? true == true else { throw .notShared }
        if let template = card["header"]?["template"], !CardProperties.templates.contains(template.string ?? "") {
            throw .unparsable(path: "ROOT -> header -> template", reason: "unknown template")
        }
        guard let elements = card["body"]?["elements"]?.array else { throw unparsable }
        var tally = Tally()
        for (index, element) in elements.enumerated() {
            try tally.add(element, path: "ROOT -> body -> elements -> [\(index)]")
        }
        guard tally.components <= componentLimit else { throw .tooManyElements }
        guard tally.tables <= tableLimit else { throw .tooManyTables }
    }

    /// Refuses members nobody knows.
    private static func checkKnown(_ part: JSONValue?, _ known: Set<String>, path: String) throws(CardFault) {
        for member in part?.object?.members ?? [] where !known.contains(member.key) {
            throw .unparsable(path: "\(path) -> \(member.key)", reason: "unknown property")
        }
    }

    /// Counts the tables of an older card, which are limited too.
    private static func checkTables(_ elements: JSONValue) throws(CardFault) {
        let tables = (elements.array ?? []).reduce(0) { count, element in
            count + (element["tag"] == "markdown" ? MarkdownTables.count(in: element["content"]?.string ?? "") : 0)
        }
        guard tables <= tableLimit else { throw .tooManyTables }
    }

    /// What is counted while walking a card.
    private struct Tally {
        var components = 0
        var tables = 0
        var identifiers: Set<String> = []
        var formNames: Set<String> = []

        /// Counts an element and what is inside it; throws what is wrong with it.
        mutating func add(_ element: JSONValue, path: String, isInForm: Bool = false) throws(CardFault) {
            guard let tag = element["tag"]?.string else {
                throw .unparsable(path: path, reason: "element without tag")
            }
            guard !CardProperties.withdrawn.contains(tag) else { throw .withdrawn(path: path, tag: tag) }
            guard let known = CardProperties.of(tag) else {
                throw .unparsable(path: path, reason: "unknown tag \(tag)")
            }
            try CardRules.checkKnown(element, known, path: "\(path)(tag: \(tag))")
            components += 1
            try note(element["element_id"], path: path)
            if isInForm, CardProperties.interactive.contains(tag) {
                guard let name = element["name"]?.string, !name.isEmpty, formNames.insert(name).inserted else {
                    throw .unparsable(path: path, reason: "a component in a form needs a unique name")
                }
            }
            if tag == "markdown" { tables += MarkdownTables.count(in: element["content"]?.string ?? "") }
            if tag == "table" { tables += 1 }
            // A text element inside counts like any other, and may be streamed into.
            if let text = element["text"], text.object != nil {
                components += 1
                try note(text["element_id"], path: "\(path) -> text")
            }
            // A table's columns are no components.
            let keys = tag == "table" ? [] : ["elements", "columns"]
            for key in keys {
                for (index, child) in (element[key]?.array ?? []).enumerated() {
                    try add(child, path: "\(path) -> \(key) -> [\(index)]", isInForm: isInForm || tag == "form")
                }
            }
        }

        /// Notes an `element_id`, which must be well formed and new.
        private mutating func note(_ value: JSONValue?, path: String) throws(CardFault) {
            guard let value else { return }
            guard let identifier = value.string, Self.isElementID(identifier) else {
                throw .unparsable(path: path, reason: "invalid element_id")
            }
            guard identifiers.insert(identifier).inserted else { throw .duplicateElement(path: path) }
        }

        private static func isElementID(_ text: String) -> Bool {
            guard let first = text.first, first.isASCII, first.isLetter, text.count <= 20 else { return false }
            return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }
    }
}
