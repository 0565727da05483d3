import Testing

@testable import Platform

@Suite("File descriptors")
struct FileDescriptorLimitTests {
    @Test(
        "the soft limit is raised to the hard one, within reason, and never lowered",
        arguments: [
            (soft: 1_024, hard: 20_000, raised: UInt64?.some(20_000)), (soft: 20_000, hard: 20_000, raised: nil),
            (soft: 1_024, hard: .max, raised: 131_072), (soft: 1_000_000, hard: .max, raised: nil),
        ]
    )
    func raised(soft: UInt64, hard: UInt64, raised: UInt64?) {
        #expect(FileDescriptorLimit.raised(soft: soft, hard: hard) == raised)
    }

    @Test("it is in force afterwards")
    func inForce() {
        let limit = FileDescriptorLimit.raise()
        #expect(limit > 0)
        #expect(FileDescriptorLimit.raise() == limit)
    }
}
