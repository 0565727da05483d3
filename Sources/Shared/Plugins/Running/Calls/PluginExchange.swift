import HTTP
import JSON

/// Requests to one plugin and what their answers are worth, below retries and breakers.
struct PluginExchange: Sendable {
    private static let deepest = 64

    let endpoint: PluginEndpoint
    let transport: any HTTPTransport
    let clock: any Clock<Duration>

    /// Sends a request and waits for the answer, or for the end of the plugin's process.
    ///
    /// - Parameters:
    ///   - request: One of the endpoint's.
    ///   - limit: How long the whole exchange may take.
    ///   - mostBytes: The largest answer.
    /// - Returns: The answer's document; its status was 200 and it says that it is JSON.
    /// - Throws: What the status or the lack of an answer means.
    func send(
        _ request: HTTPClientRequest,
        within limit: Duration,
        mostBytes: Int
    ) async throws(PluginFailure) -> JSONValue {
        guard limit > .zero else { throw .timedOut }
        var request = request
        request.deadlines = .init(connect: min(limit, .seconds(5)), idle: limit, total: limit)
        request.maximumResponseBytes = mostBytes
        return try Self.document(of: try await answer(to: request))
    }

    private func answer(to request: HTTPClientRequest) async throws(PluginFailure) -> HTTPClientResponse {
        guard let end = endpoint.end else { return try await transferred(request).get() }
        guard end.value == nil else { throw .crashed }
        let result: Result<HTTPClientResponse, PluginFailure> = await withTaskGroup { group in
            group.addTask { await transferred(request) }
            group.addTask { await end.wait() == nil ? .failure(.cancelled) : .failure(.crashed) }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.cancelled)
        }
        // A connection breaks a moment before the end of its process is known.
        if case .failure(.unreachable) = result, await hasEnded(end) { throw .crashed }
        return try result.get()
    }

    private func hasEnded(_ end: Occurrence<String>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await end.wait() != nil }
            group.addTask {
                // Ends early only by cancellation, with the same answer.
                try? await clock.sleep(for: .milliseconds(300))
                return false
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? false
        }
    }

    private func transferred(_ request: HTTPClientRequest) async -> Result<HTTPClientResponse, PluginFailure> {
        do throws(HTTPClientError) {
            return .success(try await transport.execute(request))
        } catch {
            return .failure(PluginFailure(error))
        }
    }

    private static func document(of response: HTTPClientResponse) throws(PluginFailure) -> JSONValue {
        switch response.status {
        case 200: return try document(response)
        case 422: throw .refused(words: words(of: response))
        case 429, 503: throw .busy
        default: throw .failed(status: response.status)
        }
    }

    private static func document(_ response: HTTPClientResponse) throws(PluginFailure) -> JSONValue {
        let type = response.header(named: "content-type")?.prefix { $0 != ";" }.lowercased() ?? ""
        guard type.split(separator: " ").first == "application/json" else { throw .notJSON }
        do throws(JSONError) {
            return try JSONValue(parsing: response.body, maximumDepth: deepest)
        } catch {
            throw .notJSON
        }
    }

    /// The plugin's own words for the person, cut at 500 characters.
    private static func words(of response: HTTPClientResponse) -> String? {
        guard let document = try? document(response), let words = document["error"]?["message"]?.string, !words.isEmpty
        else { return nil }
        return String(words.prefix(500))
    }
}

extension PluginFailure {
    init(_ error: HTTPClientError) {
        self =
            switch error.code {
            case .timedOut: .timedOut
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            case .addressRefused: .addressRefused
            case .connectFailed, .tls, .protocol, .invalidRequest: .unreachable
            }
    }
}
