import JSON

/// Judges the JSON of a card (interface specification, sections 6.1 and 6.2).
enum CardRules {
    private static let componentLimit = 200
    private static let tableLimit = 3

    static func check(_ card: JSONValue) throws(APIError) {
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
        }
    }

    private static func checkVersion2(_ card: JSONValue) throws(APIError) {
        let known: Set = ["schema", "config", "card_link", "header", "body"]
        for member in card.object?.members ?? [] where !known.contains(member.key) {
            throw .card("ErrCode: 200621; ErrPath: ROOT -> \(member.key); ErrMsg: unknown property; ")
        }
        guard let elements = card["body"]?["elements"]?.array else { throw unparsable }
        var tally = Tally()
        for (index, element) in elements.enumerated() {
            try tally.add(element, path: "ROOT -> body -> elements -> [\(index)]")
        }
        guard tally.components <= componentLimit else {
            throw .card("ErrCode: 11310; ErrMsg: element exceeds the limit; ErrorValue: element; ")
        }
        guard tally.tables <= tableLimit else {
            throw .card("ErrCode: 11310; ErrMsg: card table number over limit; ErrorValue: table; ")
        }
    }

    private static var unparsable: APIError { .card("ErrCode: 200621; ErrMsg: parse card json err; ") }

    /// What is counted while walking a card.
    private struct Tally {
        var components = 0
        var tables = 0
        var identifiers: Set<String> = []

        mutating func add(_ element: JSONValue, path: String) throws(APIError) {
            guard let tag = element["tag"]?.string else {
                throw .card("ErrCode: 200621; ErrPath: \(path); ErrMsg: element without tag; ")
            }
            components += 1
            if tag == "note" || tag == "action" {
                throw .card(
                    "ErrCode: 200861; ErrPath: \(path)(tag: \(tag)); ErrMsg: cards of schema V2 no longer support "
                        + "this capability; ErrorValue: unsupported tag \(tag); "
                )
            }
            if let identifier = element["element_id"]?.string {
                guard identifiers.insert(identifier).inserted else {
                    throw .card("ErrCode: 300301; ErrPath: \(path); ErrMsg: duplicate element_id; ")
                }
                guard isElementID(identifier) else {
                    throw .card("ErrCode: 200621; ErrPath: \(path); ErrMsg: invalid element_id; ")
                }
            }
            if tag == "markdown" { tables += Self.tables(in: element["content"]?.string ?? "") }
            if tag == "table" { tables += 1 }
            for key in ["elements", "columns", "actions"] {
                for (index, child) in (element[key]?.array ?? []).enumerated() {
                    try add(child, path: "\(path) -> \(key) -> [\(index)]")
                }
            }
        }

        private func isElementID(_ text: String) -> Bool {
            guard let first = text.first, first.isASCII, first.isLetter, text.count <= 20 else { return false }
            return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }

        /// Tables in Markdown: rows of dashes and bars under a row with a bar, outside code fences.
        private static func tables(in markdown: String) -> Int {
            var count = 0
            var fenced = false
            var above: Substring = ""
            for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.drop(while: { $0 == " " }).hasPrefix("```") { fenced.toggle() }
                let isRule = line.contains("-") && line.contains("|") && line.allSatisfy { "-|: ".contains($0) }
                if !fenced, isRule, above.contains("|") { count += 1 }
                above = line
            }
            return count
        }
    }
}
