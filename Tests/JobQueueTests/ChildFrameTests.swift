import JSON
import FoundationEssentials
import Testing

@testable import JobQueue

@Suite("What a worker and a job's own process tell each other")
struct ChildFrameTests {
    private func frames() throws -> [ChildFrame] {
        var registry = JobRegistry()
        registry.register(RetryAdviceTests.Judging())
        let job = try #require(registry[RetryAdviceTests.Judging.name])
        let task = ChildTask(
            queue: "work",
            incarnation: "i",
            tag: 7,
            crashes: 1,
            clockOffset: -3,
            message: Data([0, 0xFF, 10]),
            body: nil
        )
        return [
            .task(task), .cancel, .stop, .progress, .spent(["model:a": 7]), .output(Array(#"{"a":1}"#.utf8)),
            .output([]),
            .failure(ChildFailure(RetryAdviceTests.Trouble.later, job)),
        ]
    }

    private struct Resting: RetryAdvising {
        let limit: LimitName
        var retryAdvice: RetryAdvice { .rest(limit, for: .seconds(9)) }
    }

    @Test("frames come out as they went in, in pieces of any size", arguments: [1, 3, 4, 5, 6, 7, 64, 100_000])
    func pieces(size: Int) throws {
        let sent = try frames()
        let bytes = sent.flatMap(\.bytes)
        var reader = ChildFrameReader()
        var received: [ChildFrame] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            received += try reader.frames(adding: Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(received == sent)
    }

    @Test(
        "what is no frame is refused at its first bytes",
        arguments: [[9, 0, 0, 0, 0], [5, 0xFF, 0, 0, 0]] as [[UInt8]]
    )
    func garbled(bytes: [UInt8]) {
        var reader = ChildFrameReader()
        #expect(throws: ChildFrameReader.Garbled.self) { try reader.frames(adding: bytes) }
    }

    @Test("what a job makes of its error is decided where it runs, and holds in the worker")
    func failures() throws {
        var registry = JobRegistry()
        registry.register(RetryAdviceTests.Judging())
        let job = try #require(registry[RetryAdviceTests.Judging.name])
        func arrived(_ error: any Error) throws -> any Error {
            var reader = ChildFrameReader()
            guard
                case .failure(let failure)? = try reader.frames(
                    adding: ChildFrame.failure(ChildFailure(error, job)).bytes
                ).first
            else { throw error }
            return failure.error
        }
        let hopeless = try arrived(RetryAdviceTests.Trouble.hopeless)
        #expect(TaskFailure(hopeless) == TaskFailure(RetryAdviceTests.Trouble.hopeless))
        #expect((hopeless as? any RetryAdvising)?.retryAdvice == .never)
        #expect(
            (try arrived(RetryAdviceTests.Trouble.later) as? any RetryAdvising)?.retryAdvice == .after(.seconds(30))
        )
        #expect((try arrived(RetryAdviceTests.Trouble.other) as? any RetryAdvising)?.retryAdvice == .byPolicy)
        let limit = try #require(LimitName("model:a b"))
        let resting = try arrived(Resting(limit: limit))
        #expect((resting as? any RetryAdvising)?.retryAdvice == .rest(limit, for: .seconds(9)))
        #expect(try arrived(JobContext.GiveBack()) is JobContext.GiveBack)
        #expect(try arrived(JobContext.Ignore()) is JobContext.Ignore)
        let chain = Signature(.chain([.add(1, 2), .total]))
        let replacement = try arrived(JobContext.Replacement(signature: chain)) as? JobContext.Replacement
        #expect(replacement?.signature == chain)
    }
}
