import Testing

@testable import Feishu

@Suite("Points in time")
struct EventTimeTests {
    @Test(
        "the unit is told by the number of digits",
        arguments: [
            ("1795402800", 1_795_402_800_000), ("1795402800123", 1_795_402_800_123),
            ("1795402800123456", 1_795_402_800_123), ("1502199207.7171419", 1_502_199_207_717),
            ("1795402800.000000", 1_795_402_800_000), ("1795402800.5", 1_795_402_800_500), ("0", 0),
        ] as [(String, Int64)]
    )
    func units(text: String, milliseconds: Int64) { #expect(EventTime.milliseconds(text) == milliseconds) }

    @Test(
        "anything else is no time",
        arguments: ["", ".", "1.", ".5", "-1", "1e9", "1 ", "123456789012345678", "1795402800123.5", "1.2.3"]
    )
    func refused(text: String) { #expect(EventTime.milliseconds(text) == nil) }
}
