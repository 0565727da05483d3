import HTTP
import NIOConcurrencyHelpers

/// An address that leads elsewhere from some moment on.
final class SwitchedAddress: Sendable {
    private let first: String
    private let second: String
    private let isSwitched = NIOLockedValueBox(false)

    init(first: String, second: String) {
        self.first = first
        self.second = second
    }

    var current: String { isSwitched.withLockedValue { $0 } ? second : first }

    func switchOver() { isSwitched.withLockedValue { $0 = true } }
}

/// A transport that sends every request to such an address.
struct SwitchingTransport: HTTPTransport {
    let http: any HTTPTransport
    let address: SwitchedAddress

    func execute(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        try await http.execute(redirected(request))
    }

    func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStream {
        try await http.stream(redirected(request))
    }

    private func redirected(_ request: HTTPClientRequest) -> HTTPClientRequest {
        var request = request
        request.url = address.current
        return request
    }
}
