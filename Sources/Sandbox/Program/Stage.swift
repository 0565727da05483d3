import FeishuSandbox
import Platform
import ServiceLifecycle

/// What happens in the terminal: the chat page's address, the demonstration if one is wanted, then quiet until the end.
struct Stage: Service {
    let cloud: FeishuCloud
    let demonstration: Demonstration?
    let endsAfterwards: Bool
    private let ports = AsyncStream.makeStream(of: Int.self)

    init(cloud: FeishuCloud, demonstration: Demonstration?, endsAfterwards: Bool) {
        self.cloud = cloud
        self.demonstration = demonstration
        self.endsAfterwards = endsAfterwards
    }

    /// The server listens.
    func opened(port: Int) {
        ports.continuation.yield(port)
        ports.continuation.finish()
    }

    /// - Throws: `DemonstrationFailure` if the sandbox should end after the demonstration and there was no reply.
    func run() async throws {
        for await port in ports.stream.cancelOnGracefulShutdown() {
            let host = cloud.configuration.host == "0.0.0.0" ? "127.0.0.1" : cloud.configuration.host
            let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
            guard let demonstration else {
                StandardOutput.write("Feishu sandbox listening: \(url)\n")
                continue
            }
            do {
                try await cancelWhenGracefulShutdown { try await demonstration.play(url: url) }
            } catch let failure as DemonstrationFailure {
                guard !endsAfterwards else { throw failure }
                StandardError.write("✘ \(failure)\n")
            } catch is CancellationError {
                return
            }
            if endsAfterwards { return }
        }
        try? await gracefulShutdown()
    }
}
