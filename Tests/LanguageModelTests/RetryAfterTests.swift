@testable import LanguageModel
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "is read as seconds, milliseconds or a date, and nothing else",
        arguments: [
            (nil, "3", Duration?.some(.seconds(3))), (nil, "0.25", .milliseconds(250)),
            ("1500", "9", .milliseconds(1_500)),
            (nil, "Thu, 01 Jan 1970 00:16:45 GMT", .seconds(5)), (nil, "Thu, 01 Jan 1970 00:00:00 GMT", .zero),
            (nil, "Tue, 29 Feb 2000 00:00:00 GMT", .seconds(86_400)), (nil, "soon", nil), (nil, "-4", nil),
            (nil, "nan", nil), (nil, "1e300", .seconds(86_400)), (nil, "Thu, 99 Foo 1970 00:16:45 GMT", nil),
            (nil, nil, nil),
        ] as [(String?, String?, Duration?)]
    )
    func parsing(milliseconds: String?, value: String?, expected: Duration?) {
        #expect(RetryAfter.parse(milliseconds: milliseconds, value: value, now: 1_000) == expected)
    }

    @Test("counts leap years")
    func leap() {
        let now = 951_782_400.0  // 29 February 2000
        #expect(
            RetryAfter.parse(milliseconds: nil, value: "Wed, 01 Mar 2000 00:00:00 GMT", now: now) == .seconds(86_400)
        )
    }
}
