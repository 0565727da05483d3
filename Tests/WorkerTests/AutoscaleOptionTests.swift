import Testing

@testable import Worker

@Suite("--autoscale as Celery has it")
struct AutoscaleOptionTests {
    @Test(
        "the greater number is the most, in whichever order, and one alone is that",
        arguments: [
            ("10,3", "10", "3"), ("3,10", "10", "3"), ("10", "10", nil), ("0", "0", nil), ("5,5", "5", "5"),
            ("many", "many", nil),
        ] as [(String, String, String?)]
    )
    func read(_ text: String, _ most: String, _ fewest: String?) throws {
        let option = try #require(AutoscaleOption(argument: text))
        #expect(option.most == most)
        #expect(option.fewest == fewest)
        #expect(option.text == text)
    }

    @Test("three numbers are nothing")
    func tooMany() {
        #expect(AutoscaleOption(argument: "1,2,3") == nil)
    }
}
