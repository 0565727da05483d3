package import HTTP
import JSON

/// Where Feishu's API is, and how one exchange with it goes.
package struct FeishuEndpoint: Sendable {
    /// Feishu in China. Lark is at `https://open.larksuite.com`.
    package static let defaultBaseURL = "https://open.feishu.cn"

    /// Scheme, host and port, without a slash at the end.
    package let baseURL: String
    package let http: any HTTPTransport
    /// How long each exchange may take.
    package let deadlines: HTTPClientDeadlines
    /// The largest answer taken, in bytes.
    package let maximumResponseBytes: Int

    package init(
        baseURL: String = Self.defaultBaseURL,
        http: any HTTPTransport,
        deadlines: HTTPClientDeadlines = .init(connect: .seconds(5), idle: .seconds(15), total: .seconds(30)),
        maximumResponseBytes: Int = 8 << 20
    ) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.http = http
        self.deadlines = deadlines
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// Sends one request and returns the envelope of a success. Sends nothing twice.
    ///
    /// - Throws: A `FeishuError` for everything that is not `code` 0, whatever the HTTP status.
    func exchange(_ request: FeishuRequest, token: String?) async throws(FeishuError) -> JSONValue {
        var headers = [("Accept", "application/json")]
        if request.body != nil { headers.append(("Content-Type", "application/json; charset=utf-8")) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        let outgoing = HTTPClientRequest(
            method: request.method,
            url: try request.url(base: baseURL),
            headers: headers,
            body: request.body?.bytes,
            deadlines: deadlines,
            maximumResponseBytes: maximumResponseBytes
        )
        let response: HTTPClientResponse
        do {
            response = try await http.execute(outgoing)
        } catch {
            throw FeishuError(error)
        }
        let json = try? JSONValue(parsing: response.body)
        guard let json, json["code"]?.lenientInteger == 0 else { throw FeishuError(response: response, json: json) }
        return json
    }
}
