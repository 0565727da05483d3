import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// What every call of the open interface passes: faults, the token, scopes, quota and frequency limits, and the
/// envelope around the answer (interface specification, sections 1.2, 7 and 8).
struct InterfaceDoor {
    private static let bodyLimit = 1 << 20

    let cloud: FeishuCloud

    /// Who may call an interface.
    enum Guard {
        /// Anybody.
        case open
        /// Whoever shows a token of an app that was granted one of these; none means any app.
        case app([String])
    }

    /// Adds a route. A request of more than `bodyLimit` bytes is answered with `tooBig`. `perSecond` and `perMinute`
    /// are the limits of an interface that has others than most, `refusedWith` the status of its refusals.
    func add(
        to router: Router<SandboxContext>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ guarded: Guard = .app([]),
        bodyLimit: Int = bodyLimit,
        tooBig: APIError = .tooLong,
        perSecond: Int? = nil,
        perMinute: Int? = nil,
        refusedWith status: Int? = nil,
        handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        let name = "\(method.rawValue) \(path)"
        router.on(RouterPath(path), method: method) { request, context in
            let fault = cloud.withState { state in
                state.meter.count(name)
                for key in ["id", "card"] {
                    if let subject = context.parameters.get(key) { state.meter.count(about: subject) }
                }
                return state.faults.take(method: method.rawValue, path: request.uri.path)
            }
            if fault?.kind == .close {
                try await context.channel.close()
                return Response(status: .serviceUnavailable)
            }
            if let fault, let response = response(to: fault, name: name) { return response }
            let answer: Response
            do {
                let appID = try admit(request, name: name, guarded, perSecond, perMinute, status: status)
                let bytes = try await collect(request, limit: bodyLimit, tooBig: tooBig)
                let call = try await call(request, context, appID: appID, bytes: bytes, pause: pause(fault))
                answer = success(try await handler(call))
            } catch let error as APIError {
                answer = refusal(error, name: name)
            }
            if fault?.kind == .lostAnswer { try await context.channel.close() }
            return answer
        }
    }

    private func response(to fault: Fault, name: String) -> Response? {
        switch fault.kind {
        case .serverError:
            let status = fault.status ?? 502
            cloud.withState { $0.meter.countRefusal(name, code: status) }
            return Response(
                status: .init(code: status),
                headers: [.contentType: "text/html"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "<html>\(status)</html>"))
            )
        case .rateLimited: return refusal(.tooOften(reset: fault.reset ?? 1), name: name)
        case .chatRateLimited: return refusal(.chatTooOften, name: name)
        case .invalidToken: return refusal(.tokenInvalid, name: name)
        case .code: return refusal(.unexpected(fault.code ?? 230_001), name: name)
        case .close, .latency, .lostAnswer: return nil
        }
    }

    private func pause(_ fault: Fault?) -> Duration? {
        guard fault?.kind == .latency else { return nil }
        return .milliseconds(fault?.milliseconds ?? 1000)
    }

    /// Checks the token, the app's scopes and its quota, and counts the call; returns the app's id.
    private func admit(
        _ request: Request,
        name: String,
        _ guarded: Guard,
        _ perSecond: Int?,
        _ perMinute: Int?,
        status: Int?
    ) throws(APIError) -> String {
        guard case .app(let scopes) = guarded else { return "" }
        let now = cloud.time.now()
        let header = request.headers[.authorization]
        return try cloud.locked { (state) throws(APIError) -> String in
            let appID: String
            switch state.tokens.verdict(onHeader: header, now: now) {
            case .missing: throw .tokenMissing
            case .malformed: throw .tokenMalformed
            case .invalid: throw .tokenInvalid
            case .valid(let id): appID = id
            }
            let wait = state.limiter.admit(
                "interface \(appID) \(name)",
                rules: [
                    .init(count: state.rates.perSecond(of: perSecond), milliseconds: 1000),
                    .init(count: state.rates.perMinute(of: perMinute), milliseconds: 60_000),
                ],
                now: now
            )
            if let wait {
                throw .tooOften(reset: Int((wait + 999) / 1000), status: status ?? state.rates.refusalStatus)
            }
            guard state.quotas[appID, default: MonthlyQuota()].take() else { throw .quotaUsedUp }
            guard state.grants(appID, scopes) else { throw .scopeMissing(scopes) }
            return appID
        }
    }

    /// The body, or `tooBig` when it is longer than the limit.
    private func collect(_ request: Request, limit: Int, tooBig: APIError) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooBig }
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooBig
        }
    }

    /// Reads the body; 9499 when it is no JSON.
    private func call(
        _ request: Request,
        _ context: SandboxContext,
        appID: String,
        bytes: [UInt8],
        pause: Duration?
    ) async throws -> Call {
        var body = JSONValue.null
        let isForm = request.headers[.contentType]?.lowercased().hasPrefix("multipart/") == true
        if !bytes.isEmpty, !isForm {
            do { body = try JSONValue(parsing: bytes) } catch { throw APIError.badRequest(9499, "Bad Request") }
        }
        let path = request.uri.path
        let isSend =
            request.method == .post
            && (path.hasPrefix("/open-apis/im/v1/messages") || path == "/open-apis/task/v2/tasks")
        // A send keeps its uuid in flight meanwhile; everything else just takes its time.
        if let pause, !isSend { try await cloud.time.sleep(pause) }
        return Call(
            request: request,
            parameters: context.parameters,
            appID: appID,
            body: body,
            bytes: bytes,
            pause: isSend ? pause : nil
        )
    }

    private func success(_ reply: Reply) -> Response {
        let logID = Identifier.log(now: cloud.time.now())
        switch reply {
        case .members(let members):
            var object: JSONObject = ["code": 0, "msg": members["data"] == nil ? "ok" : "success"]
            for member in members.members { object[member.key] = member.value }
            return respond(status: 200, .object(object), logID: logID)
        case .resource(let resource):
            return Response(
                status: .ok,
                headers: [
                    .contentType: resource.kind == .image ? resource.mediaType : "application/octet-stream",
                    .contentDisposition: ResourceHeaders.attachment(resource.name), .logID: logID,
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: resource.bytes))
            )
        }
    }

    private func refusal(_ error: APIError, name: String) -> Response {
        let limit = cloud.withState { state in
            state.meter.countRefusal(name, code: error.code)
            return state.rates.interfacePerSecond
        }
        let logID = Identifier.log(now: cloud.time.now())
        var response = respond(status: error.status, error.body(logID: logID), logID: logID)
        if let reset = error.reset {
            response.headers[.rateLimit] = String(limit)
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

extension APIError {
    /// The body of the refusal, with what helps to find its cause.
    fileprivate func body(logID: String) -> JSONValue {
        var details: JSONObject = [:]
        if !scopes.isEmpty {
            details["permission_violations"] = .array(
                scopes.map { ["type": "action_scope_required", "subject": .string($0)] }
            )
            details["helps"] = [["url": "https://open.feishu.cn/app", "description": "apply"]]
        }
        if let field {
            details["field_violations"] = [
                ["field": .string(field), "value": "", "description": .string("\(field) is required or invalid")]
            ]
        }
        details["log_id"] = .string(logID)
        return ["code": .integer(Int64(code)), "msg": .string(message), "error": .object(details)]
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
