import HTTP
import HTTPClient

extension HTTPClient {
    /// Runs a body with a client and shuts it down afterwards.
    static func with<Value>(
        _ configuration: HTTPClientConfiguration = .init(),
        _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let client = HTTPClient(configuration: configuration)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

/// What a call threw, if anything.
func failure<Value>(of call: () async throws(HTTPClientError) -> Value) async -> HTTPClientError? {
    do throws(HTTPClientError) {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}
