import JSON

/// A block of a document that holds words as they are: none of them become markup, whatever they look like.
///
/// Source: interface specification, section 5.10.
package struct WrittenBlock: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case text
        /// Of a level from 1 to 9.
        case heading(Int)
        /// A line across, without words.
        case divider
    }

    /// A piece of its text in one style.
    package struct Run: Sendable, Equatable {
        package var text: String
        package var isBold: Bool

        package init(_ text: String, isBold: Bool = false) {
            self.text = text
            self.isBold = isBold
        }
    }

    package let kind: Kind
    package let runs: [Run]

    package init(_ kind: Kind, _ runs: [Run] = []) {
        self.kind = kind
        self.runs = runs
    }

    /// As a call carries it, but for its id.
    var json: JSONObject {
        let elements = runs.filter { !$0.text.isEmpty }.map(Self.element)
        let text: JSONValue = ["style": [:], "elements": .array(elements.isEmpty ? [Self.element(Run(""))] : elements)]
        switch kind {
        case .text: return ["block_type": 2, "text": text]
        case .heading(let level):
            let level = min(max(level, 1), 9)
            return ["block_type": .integer(Int64(2 + level)), "heading\(level)": text]
        case .divider: return ["block_type": 22, "divider": [:]]
        }
    }

    private static func element(_ run: Run) -> JSONValue {
        let style: JSONValue = run.isBold ? ["bold": true] : [:]
        return ["text_run": ["content": .string(printable(run.text)), "text_element_style": style]]
    }

    /// Without characters of control, which a document has no place for.
    private static func printable(_ text: String) -> String {
        func isFit(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\n" || scalar == "\t"
        }
        guard !text.unicodeScalars.allSatisfy(isFit) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isFit($0) ? $0 : " " }))
    }
}
