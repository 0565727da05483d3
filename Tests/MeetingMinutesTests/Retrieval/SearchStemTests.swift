import Testing

@testable import MeetingMinutes

@Suite("Stems for searching")
struct SearchStemTests {
    @Test(
        "forms of a word have one stem",
        arguments: [
            ["specify", "specified", "specifies"], ["plan", "plans", "planned", "planning"],
            ["colour", "color", "colours"], ["decide", "decided", "deciding"], ["transcript", "transcripts"],
            ["battery", "batteries"], ["appearance", "appear", "appears"], ["joke", "joking", "joked"],
            ["finance", "financed", "finances"],
        ]
    )
    func joined(words: [String]) {
        #expect(Set(words.map(SearchStem.of)).count == 1, "\(words.map(SearchStem.of))")
    }

    @Test("other words keep stems of their own", arguments: [("market", "marker"), ("cost", "cast"), ("bus", "but")])
    func apart(first: String, second: String) {
        #expect(SearchStem.of(first) != SearchStem.of(second))
    }

    @Test("what is no word of Latin letters stays", arguments: ["h264", "naïve", "a", "4g"])
    func untouched(word: String) {
        #expect(SearchStem.of(word) == word)
    }
}
