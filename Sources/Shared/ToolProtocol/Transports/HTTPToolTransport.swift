import Cryptography
import HTTP
import JSON
import NIOConcurrencyHelpers

/// The streamable HTTP transport (Model Context Protocol, "Transports"): each message is a POST, whose answer comes as
/// JSON or as server-sent events.
///
/// A stream that ends before the answer is taken up where it broke off (`Last-Event-ID`), a few times.
final class HTTPToolTransport: ToolTransport {
    private struct State {
        var sessionID: String?
        var version: String?
    }

    private let server: String
    private let url: String
    private let authorization: Secret?
    private let http: any HTTPTransport
    private let bounds: ToolBounds
    private let state = NIOLockedValueBox(State())

    init(server: String, url: String, authorization: Secret?, http: any HTTPTransport, bounds: ToolBounds) {
        self.server = server
        self.url = url
        self.authorization = authorization
        self.http = http
        self.bounds = bounds
    }

    func agreed(on version: String) { state.withLockedValue { $0.version = version } }

    func ask(_ id: Int64, _ message: [UInt8], timeout: Duration) async throws(ToolProtocolError) -> JSONObject {
        let response = try await send("POST", message, timeout: timeout)
        guard response.status == 200 else { throw failure(response.status) }
        if let session = response.header(named: "mcp-session-id") { try keep(session) }
        if Self.isEventStream(response) {
            return try await answer(to: id, in: response, timeout: timeout)
        }
        guard let messages = RPCMessage.parse(try await all(of: response)),
            let result = try await find(id, in: messages)
        else { throw ToolProtocolError(.badResponse, server: server) }
        return result
    }

    func tell(_ message: [UInt8]) async throws(ToolProtocolError) {
        let response = try await send("POST", message, timeout: Self.shortTimeout)
        guard (200..<300).contains(response.status) else { throw failure(response.status) }
    }

    /// Tells the server that the session is over; it need not know of it.
    func close() async {
        guard state.withLockedValue({ $0.sessionID }) != nil else { return }
        _ = try? await send("DELETE", nil, timeout: Self.shortTimeout)
        state.withLockedValue { $0.sessionID = nil }
    }

    // MARK: Requests

    private static let shortTimeout: Duration = .seconds(5)
    private static let mostResumptions = 5

    private func send(
        _ method: String,
        _ body: [UInt8]?,
        timeout: Duration,
        lastEventID: String? = nil
    ) async throws(ToolProtocolError) -> HTTPClientStream {
        var headers = [("Accept", body == nil ? "text/event-stream" : "application/json, text/event-stream")]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if let authorization { headers.append(("Authorization", authorization.value)) }
        let (session, version) = state.withLockedValue { ($0.sessionID, $0.version) }
        if let session { headers.append(("Mcp-Session-Id", session)) }
        if let version { headers.append(("Mcp-Protocol-Version", version)) }
        if let lastEventID { headers.append(("Last-Event-ID", lastEventID)) }
        do {
            return try await http.stream(
                HTTPClientRequest(
                    method: method,
                    url: url,
                    headers: headers,
                    body: body,
                    deadlines: .init(connect: min(timeout, .seconds(10)), idle: timeout, total: timeout),
                    maximumResponseBytes: bounds.messageBytes
                )
            )
        } catch {
            throw ToolProtocolError(error, server: server)
        }
    }

    /// Visible ASCII, as the protocol has it; anything else would not fit into a header.
    private func keep(_ session: String) throws(ToolProtocolError) {
        guard !session.isEmpty, session.utf8.count <= 1_024, session.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ToolProtocolError(.badResponse, server: server)
        }
        state.withLockedValue { $0.sessionID = session }
    }

    private func failure(_ status: Int) -> ToolProtocolError {
        let hasSession = state.withLockedValue { $0.sessionID } != nil
        let code: ToolProtocolError.Code =
            switch status {
            case 401, 403: .unauthorised
            case 404 where hasSession: .sessionLost
            case 408, 429, 500...: .unavailable
            default: .badResponse
            }
        return ToolProtocolError(code, server: server, status: status)
    }

    // MARK: Answers

    private static func isEventStream(_ response: HTTPClientStream) -> Bool {
        response.header(named: "content-type")?.lowercased().hasPrefix("text/event-stream") == true
    }

    private func all(of response: HTTPClientStream) async throws(ToolProtocolError) -> [UInt8] {
        var bytes: [UInt8] = []
        var body = response.body.makeAsyncIterator()
        do {
            while let piece = try await body.next() { bytes += piece }
        } catch {
            throw ToolProtocolError(error, server: server)
        }
        return bytes
    }

    /// Reads events until the answer comes.
    private func answer(
        to id: Int64,
        in response: HTTPClientStream,
        timeout: Duration
    ) async throws(ToolProtocolError) -> JSONObject {
        var response = response
        var resumptions = 0
        while true {
            let (result, lastEventID) = try await read(response, for: id)
            if let result { return result }
            guard !lastEventID.isEmpty, resumptions < Self.mostResumptions else {
                throw ToolProtocolError(.unavailable, server: server)
            }
            resumptions += 1
            response = try await send("GET", nil, timeout: timeout, lastEventID: lastEventID)
            guard response.status == 200, Self.isEventStream(response) else { throw failure(response.status) }
        }
    }

    /// The answer, or nil where the stream ends before it, with the last event's ID.
    private func read(
        _ response: HTTPClientStream,
        for id: Int64
    ) async throws(ToolProtocolError) -> (JSONObject?, String) {
        var parser = ServerSentEventParser(
            maximumLineBytes: bounds.messageBytes,
            maximumEventBytes: bounds.messageBytes
        )
        var lastEventID = ""
        var body = response.body.makeAsyncIterator()
        while true {
            let piece: [UInt8]?
            let events: [ServerSentEvent]
            do {
                piece = try await body.next()
                events = if let piece { try parser.parse(piece) } else { try parser.finish().map { [$0] } ?? [] }
            } catch {
                let failure = ToolProtocolError(error, server: server)
                // A stream that broke off with an ID can be taken up again.
                guard failure.code == .unavailable, !lastEventID.isEmpty else { throw failure }
                return (nil, lastEventID)
            }
            for event in events {
                lastEventID = event.lastEventID
                // An event without data only gives an ID.
                guard !event.data.isEmpty else { continue }
                guard let messages = RPCMessage.parse(Array(event.data.utf8)) else {
                    throw ToolProtocolError(.badResponse, server: server)
                }
                if let result = try await find(id, in: messages) { return (result, lastEventID) }
            }
            if piece == nil { return (nil, lastEventID) }
        }
    }

    /// The answer among messages; what else is there is answered or passed over.
    private func find(_ id: Int64, in messages: [RPCMessage]) async throws(ToolProtocolError) -> JSONObject? {
        var found: JSONObject?
        for message in messages {
            switch message {
            case .response(id, .success(let result)): found = result
            case .response(id, .failure(let failure)):
                throw ToolProtocolError(.refused, server: server, rpcCode: failure.code)
            case .request(let asked, let method): try await tell(RPCMessage.answer(to: asked, method: method))
            case .response, .notification: break
            }
        }
        return found
    }
}

extension ToolProtocolError {
    /// What a failed transfer means.
    init(_ error: HTTPClientError, server: String) {
        let code: Code =
            switch error.code {
            case .timedOut: .timedOut
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            case .connectFailed, .addressRefused, .tls, .protocol, .invalidRequest: .unavailable
            }
        self.init(code, server: server)
    }
}
