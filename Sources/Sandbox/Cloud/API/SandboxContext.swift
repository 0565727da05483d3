import Hummingbird
import Logging
import NIOCore

/// What a request of the sandbox knows: besides the router's needs, the connection, which a fault may close.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
