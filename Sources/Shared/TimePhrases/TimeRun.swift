/// Where words of time stand together, and what they say.
package struct TimeRun: Sendable, Equatable {
    /// Of the scanner's characters.
    package let range: Range<Int>
    package let parts: TimeParts

    /// All of a text, in order.
    package static func all(in text: PhraseScanner) -> [TimeRun] {
        var runs: [TimeRun] = []
        var scanner = text
        while !scanner.isAtEnd {
            let start = scanner.place
            if let run = TimeRun(at: &scanner) {
                runs.append(run)
            } else {
                // The 5 of 25 is no number.
                scanner.place = start
                if !scanner.skipDigits() { scanner.place = start + 1 }
            }
        }
        return runs
    }

    /// What stands at the scanner's place, which goes behind it; nil where no words of time do.
    init?(at scanner: inout PhraseScanner) {
        let start = scanner.place
        var parts = TimeParts()
        var end = start
        while ChineseTime.read(&scanner, into: &parts) || EnglishTime.read(&scanner, into: &parts) {
            end = scanner.place
            scanner.skipSpaces()
            if scanner.take(["的", "，", ",", "、"]) != nil { scanner.skipSpaces() }
        }
        scanner.place = end
        guard end > start else { return nil }
        range = start..<end
        self.parts = parts
    }
}
