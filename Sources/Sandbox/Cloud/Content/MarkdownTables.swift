/// Counts the tables in Markdown, of which a card may show three.
enum MarkdownTables {
    /// Rows of dashes and bars under a row with a bar, outside code fences.
    static func count(in markdown: String) -> Int {
        guard markdown.utf8.contains(UInt8(ascii: "|")) else { return 0 }
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
