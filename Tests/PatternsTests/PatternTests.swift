import Testing

@testable import Patterns

@Suite("Regular expressions")
struct PatternTests {
    /// - Returns: What the first match took, nil where there is none.
    private func match(_ pattern: String, _ text: String) throws -> [String?]? {
        try Pattern(pattern).firstMatch(in: text)
    }

    @Test(
        "each part of an expression takes what it should",
        arguments: [
            ("b", "abc", "b"), ("", "abc", ""), ("a.c", "a\nc", nil), ("a.c", "a文c", "a文c"), ("^b", "ab", nil),
            ("a$", "ab", nil), ("a$", "a\n", nil), ("^$", "", ""), ("a|bc", "xbc", "bc"), ("ab|a", "ab", "ab"),
            ("a|ab", "ab", "a"), ("x*", "aax", ""), ("x+", "axxb", "xx"), ("ax?b", "ab", "ab"), ("a{2}", "aaa", "aa"),
            ("a{2,}", "aaaa", "aaaa"), ("a{,2}b", "aaab", "aab"), ("a{1,2}?", "aaa", "a"), ("a+?b", "aab", "aab"),
            ("a{x}", "a{x}", "a{x}"), ("a{0}b", "ab", "b"), ("[a-c]+", "xabcd", "abc"), ("[^a-c]+", "abxyc", "xy"),
            ("[]a]+", "a]b", "a]"), ("[a\\]b]+", "a]b", "a]b"), ("[a-]+", "a-b", "a-"), ("[-a]+", "a-b", "a-"),
            ("[\\w.-]+", " a.b-c ", "a.b-c"), ("\\d+", "a12３", "12"), ("\\D+", "12ab", "ab"), ("\\w+", "é_a1", "_a1"),
            ("\\W", "a 1", " "), ("\\s+", "a\u{3000}\t b", "\u{3000}\t "), ("\\S+", " ab ", "ab"),
            ("[\\D]+", "1ab2", "ab"), ("[^\\D]+", "a12b", "12"), ("[\\s\\S]+", "a\nb", "a\nb"),
            ("\\bab\\b", "x ab y", "ab"),
            ("\\bb", "ab", nil), ("\\Bb", "ab", "b"), ("[\\b]", "\u{8}", "\u{8}"), ("\\u4e2d\\u6587", "中文", "中文"),
            ("[\\u4e00-\\u9fa5]+", "天气weather", "天气"), ("\\u{1F600}", "😀", "😀"), ("\\ud83d\\ude00", "😀", "😀"),
            ("\\x41\\t\\n\\0", "A\t\n\0", "A\t\n\0"), ("\\p{L}+", "1天é2", "天é"), ("\\P{L}+", "ab12", "12"),
            ("[\\p{Lu}\\d]+", "aB1c", "B1"), ("[^\\p{L}]+", "a1!b", "1!"), ("\\p{gc=Nd}", "a٣", "٣"),
            ("\\p{Ideographic}+", "a天气", "天气"), ("\\.\\*\\/\\-", ".*/-", ".*/-"), ("(?:ab)+", "xababa", "abab"),
            ("(a*)*b", "aab", "aab"), ("(|a)+b", "aab", "aab"), ("}]", "}]", "}]"),
        ] as [(String, String, String?)]
    )
    func parts(pattern: String, text: String, whole: String?) throws {
        #expect(try match(pattern, text)?[0] == whole)
        #expect(try Pattern(pattern).matches(text) == (whole != nil))
    }

    @Test("groups keep what they took, the last of several, and nothing where they took no part")
    func groups() throws {
        #expect(try match("^天气 (.+)$", "天气 北京") == ["天气 北京", "北京"])
        #expect(try match("(\\d+)-(\\d+)?", "7-") == ["7-", "7", nil])
        #expect(try match("(a|b)+", "abab") == ["abab", "b"])
        #expect(try match("(?<year>\\d{4})-(?P<month>\\d\\d)", "on 2026-11-27") == ["2026-11", "2026", "11"])
        #expect(try match("((a)|(b))c", "bc") == ["bc", "b", nil, "b"])
        #expect(try match("(a+?)(a*)", "aaa") == ["aaa", "a", "aa"])
        #expect(try match("(.*)(\\d)", "a12b") == ["a12", "a1", "2"])
        #expect(try match("(x)", "abc") == nil)
    }

    @Test("the part that has to match can be any, one from the beginning on, or the whole")
    func extents() throws {
        let pattern = try Pattern("b|bc")
        #expect(pattern.matches("abc") && !pattern.matches("abc", .beginning))
        #expect(pattern.matches("bcd", .beginning) && !pattern.matches("bcd", .whole))
        #expect(pattern.matches("bc", .whole))
    }

    @Test(
        "what is wrong, too large or not supported is named, with its place",
        arguments: [
            ("(a", .openGroup, 0), ("a)", .strayParenthesis, 1), ("[a", .openClass, 0), ("[b-a]", .wrongRange, 4),
            ("[\\d-z]", .wrongRange, 5), ("*a", .nothingToRepeat, 0), ("a|+", .nothingToRepeat, 2),
            ("^*", .nothingToRepeat, 2), ("a**", .doubledRepetition, 2), ("a*+", .doubledRepetition, 2),
            ("a{2}{3}", .doubledRepetition, 4), ("a{3,2}", .wrongCounts, 1), ("a{1001}", .wrongCounts, 1),
            ("a{99999999999999999999}", .wrongCounts, 1), ("a\\", .openEscape, 2), ("\\q", .unknownEscape, 1),
            ("\\u12", .unknownEscape, 2), ("\\ud800", .unknownEscape, 6), ("\\u{110000}", .unknownEscape, 10),
            ("\\p{Klingon}", .unknownProperty, 2), ("\\pL", .unknownProperty, 2), ("(a)\\1", .backReference, 4),
            ("\\k<a>", .backReference, 1), ("(?P=a)", .backReference, 3), ("(?=a)", .lookaround, 2),
            ("(?!a)", .lookaround, 2), ("(?<=a)", .lookaround, 3), ("(?<!a)", .lookaround, 3),
            ("(?i)a", .groupOption, 2), ("(?<>a)", .groupOption, 3),
        ] as [(String, PatternError.Reason, Int)]
    )
    func refusals(pattern: String, reason: PatternError.Reason, position: Int) {
        #expect(throws: PatternError(reason: reason, position: position)) { try Pattern(pattern) }
    }

    @Test(
        "an expression has bounds, and is not unfolded beyond them",
        arguments: [
            (String(repeating: "a", count: 4_097), .tooLong), ("((a{0,60}){0,60}){0,60}", .tooLarge),
            ("(?:(?:(?:(?:a{1000}){1000}){1000}){1000}){1000}", .tooLarge),
            (String(repeating: "(?:", count: 33), .tooDeep), (String(repeating: "(a)", count: 33), .tooManyGroups),
        ] as [(String, PatternError.Reason)]
    )
    func bounds(pattern: String, reason: PatternError.Reason) {
        #expect { try Pattern(pattern) } throws: { ($0 as? PatternError)?.reason == reason }
    }

    @Test("nothing repeated a thousand times, nested, is nothing")
    func nothingRepeated() throws {
        let nested = String(repeating: "(?:", count: 30) + String(repeating: "){1000}", count: 30)
        #expect(try Pattern(nested).matches("", .whole))
    }

    @Test(
        "an expression made to take for ever takes steps in proportion to the text",
        arguments: ["(a+)+$x", "(a|a)*(a|a)*(a|a)*b", "(.*)*(.*)*(.*)*(.*)*b", "(a?){200}a{200}b", "(a|aa)+$x"]
    )
    func hostile(text pattern: String) throws {
        let pattern = try Pattern(pattern)
        var steps: [Int] = []
        for length in [500, 1_000] {
            var budget = 100_000_000
            #expect(!pattern.matches(String(repeating: "a", count: length), budget: &budget))
            #expect(budget > 0)
            steps.append(100_000_000 - budget)
        }
        #expect(steps[1] < steps[0] * 3, "twice the text is twice the steps")
    }

    @Test("what has no budget left has no match, and says so")
    func budget() throws {
        let pattern = try Pattern("(a+)+b")
        var budget = 1_000
        #expect(!pattern.matches(String(repeating: "a", count: 900) + "b", budget: &budget))
        #expect(budget < 0)
        budget = 10
        #expect(!pattern.matches(String(repeating: "文", count: 1_000_000), budget: &budget))
        #expect(budget == -1)
        budget = 100_000
        #expect(pattern.matches("aab", budget: &budget))
        #expect((99_000..<100_000).contains(budget))
    }
}
