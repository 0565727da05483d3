/// Makes text of unknown origin fit for a terminal.
enum TerminalText {
    /// The text in one line of at most `limit` characters, with control and formatting characters as `·`.
    static func line(_ text: String, limit: Int = 200) -> String {
        var result = ""
        for character in text {
            guard result.count < limit else { return result + "…" }
            let isHarmless = character.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                case .format: scalar == "\u{200D}"
                default: true
                }
            }
            result.append(isHarmless ? character : "·")
        }
        return result
    }
}
