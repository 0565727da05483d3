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
        let response = try await send(request, token: token, accept: "application/json", maximumResponseBytes)
        let json = try? JSONValue(parsing: response.body)
        guard let json, json["code"]?.lenientInteger == 0 else { throw FeishuError(response: response, json: json) }
        return json
    }

    /// Sends one request whose success is a file, of at most `maximumBytes`.
    ///
    /// An answer of JSON is a failure whatever its status, as Feishu's SDKs have it, unless it is marked as a file to
    /// keep (`Content-Disposition`): users send JSON as well. `mayBeEmpty` takes a success without a body for an empty file.
    ///
    /// - Throws: A `FeishuError`; of the reason `.tooLarge` where the file is larger.
    func download(
        _ request: FeishuRequest,
        token: String,
        maximumBytes: Int,
        mayBeEmpty: Bool = false
    ) async throws(FeishuError) -> HTTPClientResponse {
        let response = try await send(request, token: token, accept: "*/*", maximumBytes)
        let isJSON = response.header(named: "content-type")?.lowercased().contains("json") ?? false
        let isFile =
            !isJSON || response.header(named: "content-disposition") != nil || mayBeEmpty && response.body.isEmpty
        guard response.status == 200, isFile else {
            throw FeishuError(response: response, json: try? JSONValue(parsing: response.body))
        }
        return response
    }

    private func send(
        _ request: FeishuRequest,
        token: String?,
        accept: String,
        _ maximumBytes: Int
    ) async throws(FeishuError) -> HTTPClientResponse {
        var headers = [("Accept", accept)]
        if let payload = request.payload { headers.append(("Content-Type", payload.contentType)) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        let outgoing = HTTPClientRequest(
            method: request.method,
            url: try request.url(base: baseURL),
            headers: headers,
            body: request.payload?.bytes,
            deadlines: request.deadlines ?? deadlines,
            maximumResponseBytes: maximumBytes
        )
        do {
            return try await http.execute(outgoing)
        } catch {
            throw FeishuError(error)
        }
    }
}
