import Administration
import HTTPTypes
import Hummingbird
import JSON

/// The admin API below `/api/v1`: makes an HTTP request one of its requests, and its answer a response.
struct AdminMount: RouterMiddleware {
    let api: AdminAPI
    let clients: ClientAddresses
    /// The largest body, in bytes.
    let maximumBodyBytes: Int

    private static let prefix = "/api/v1/"

    func handle(
        _ request: Request,
        context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix(Self.prefix) else { return try await next(request, context) }
        return Self.response(await api.respond(to: try await read(request, context)), isHead: request.method == .head)
    }

    private func read(_ request: Request, _ context: GatewayRequestContext) async throws -> AdminRequest {
        var request = request
        let body = try await request.collectBody(upTo: maximumBodyBytes)
        var headers: [String: String] = [:]
        for field in request.headers {
            // Repeated ones are joined as HTTP has it (RFC 9110, section 5.3).
            let name = field.name.canonicalName
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        let method = request.method == .head ? "GET" : request.method.rawValue
        return AdminRequest(
            method: method,
            path: request.uri.path.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
                .map { PercentDecoding.text($0) },
            query: PercentDecoding.query(request.uri.query ?? ""),
            headers: headers,
            body: Array(body.readableBytesView),
            address: clients.address(peer: context.peer, forwarded: headers["x-forwarded-for"]),
            requestID: RequestID.taken(from: headers["x-request-id"])
        )
    }

    private static func response(_ answer: AdminResponse, isHead: Bool) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        headers[.xContentTypeOptions] = "nosniff"
        let body = answer.body.map { ResponseBody(byteBuffer: ByteBuffer(bytes: $0.bytes)) } ?? ResponseBody()
        return Response(status: .init(code: answer.status), headers: headers, body: isHead ? ResponseBody() : body)
    }
}
