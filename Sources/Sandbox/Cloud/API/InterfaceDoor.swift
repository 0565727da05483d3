import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// What every call of the open interface passes: faults, the token, the frequency limits, and the envelope around
/// the answer (interface specification, sections 1.2, 7 and 8).
struct InterfaceDoor {
    private static let bodyLimit = 1 << 20

    let cloud: FeishuCloud

    /// Adds a route whose handler returns the answer's members beside `code` and `msg`.
    func add(
        to router: Router<SandboxContext>,
        _ method: HTTPRequest.Method,
        _ path: RouterPath,
        needsToken: Bool = true,
        handler: @escaping @Sendable (Call) async throws -> JSONObject
    ) {
        let name = "\(method.rawValue) \(path)"
        router.on(path, method: method) { request, context in
            let fault = cloud.withState { state in
                state.requests[name, default: 0] += 1
                return state.faults.take(method: method.rawValue, path: request.uri.path)
            }
            switch fault?.kind {
            case .close:
                try await context.channel.close()
                return Response(status: .serviceUnavailable)
            case .serverError:
                return Response(
                    status: .init(code: fault?.status ?? 502),
                    headers: [.contentType: "text/html"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "<html>\(fault?.status ?? 502)</html>"))
                )
            case .rateLimited: return refusal(.tooOften(reset: fault?.reset ?? 1))
            case .chatRateLimited: return refusal(.chatTooOften)
            case .invalidToken: return refusal(.tokenInvalid)
            case .code: return refusal(.unexpected(fault?.code ?? 230_001))
            case .latency, .lostAnswer, nil: break
            }
            let answer: Response
            do {
                if needsToken { try admit(request, name: name) }
                let call = try await read(request, context: context, pause: pause(fault))
                answer = success(try await handler(call))
            } catch let error as APIError {
                answer = refusal(error)
            }
            if fault?.kind == .lostAnswer { try await context.channel.close() }
            return answer
        }
    }

    private func pause(_ fault: Fault?) -> Duration? {
        guard fault?.kind == .latency else { return nil }
        return .milliseconds(fault?.milliseconds ?? 1000)
    }

    /// Checks the token and counts the call.
    private func admit(_ request: Request, name: String) throws(APIError) {
        let now = cloud.time.now()
        let rates = cloud.configuration.rates
        let header = request.headers[.authorization]
        let (verdict, wait) = cloud.withState { state -> (TokenDesk.Verdict, Int64?) in
            let verdict = state.tokens.verdict(onHeader: header, now: now)
            guard verdict == .valid else { return (verdict, nil) }
            let wait = state.limiter.admit(
                "interface " + name,
                rules: [
                    .init(count: rates.interfacePerSecond, milliseconds: 1000),
                    .init(count: rates.interfacePerMinute, milliseconds: 60_000),
                ],
                now: now
            )
            return (verdict, wait)
        }
        switch verdict {
        case .missing: throw .tokenMissing
        case .malformed: throw .tokenMalformed
        case .invalid: throw .tokenInvalid
        case .valid: break
        }
        if let wait { throw .tooOften(reset: Int((wait + 999) / 1000)) }
    }

    private func read(_ request: Request, context: SandboxContext, pause: Duration?) async throws -> Call {
        let buffer = try await request.body.collect(upTo: Self.bodyLimit)
        var body = JSONValue.null
        if buffer.readableBytes > 0 {
            do { body = try JSONValue(parsing: Array(buffer.readableBytesView)) } catch {
                throw APIError.badRequest(9499, "Bad Request")
            }
        }
        let isSend = request.method == .post && request.uri.path.hasPrefix("/open-apis/im/v1/messages")
        // A send keeps its uuid in flight meanwhile; everything else just takes its time.
        if let pause, !isSend { try await cloud.time.sleep(pause) }
        return Call(
            request: request,
            parameters: context.parameters,
            body: body,
            bytes: buffer.readableBytes,
            pause: isSend ? pause : nil
        )
    }

    private func success(_ members: JSONObject) -> Response {
        var object: JSONObject = ["code": 0, "msg": members["data"] == nil ? "ok" : "success"]
        for member in members.members { object[member.key] = member.value }
        return respond(status: 200, .object(object), logID: Identifier.log(now: cloud.time.now()))
    }

    private func refusal(_ error: APIError) -> Response {
        let logID = Identifier.log(now: cloud.time.now())
        var details: JSONObject = ["log_id": .string(logID)]
        if let field = error.field {
            details["field_violations"] = [
                ["field": .string(field), "value": "", "description": .string("\(field) is required or invalid")]
            ]
        }
        let body: JSONValue = [
            "code": .integer(Int64(error.code)), "msg": .string(error.message), "error": .object(details),
        ]
        var response = respond(status: error.status, body, logID: logID)
        if let reset = error.reset {
            response.headers[.rateLimit] = String(cloud.configuration.rates.interfacePerSecond)
            response.headers[.rateLimitReset] = String(reset)
        }
        return response
    }

    private func respond(status: Int, _ body: JSONValue, logID: String) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json; charset=utf-8", .logID: logID],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes))
        )
    }
}

extension HTTPField.Name {
    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("a literal header name is valid") }
        return name
    }

    static let logID = known("X-Tt-Logid")
    static let rateLimit = known("x-ogw-ratelimit-limit")
    static let rateLimitReset = known("x-ogw-ratelimit-reset")
}
