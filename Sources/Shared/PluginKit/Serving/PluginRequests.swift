import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Reads requests within bounds, and answers them.
struct PluginRequests: Sendable {
    /// Ends a connection whose request was refused before it was read.
    private struct Ended: Error {}

    /// A request that is answered before it was read.
    private struct Refused: Error {
        let answer: Answer
        /// Whether its body was begun: a body can be read only once, so that what is left of it cannot be heard out.
        var wasBegun = false

        init(_ answer: Answer) { self.answer = answer }

        init(_ status: Int, _ code: String, _ message: String) { answer = .failure(status, code, message) }
    }

    let routes: PluginRoutes
    let limits: ServerLimits
    let budget: BodyBudget

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - request: Its head; its body still to be read.
    ///   - writer: Where the answer goes.
    /// - Throws: What ends the connection.
    @concurrent
    func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
        let method = request.method.rawValue
        let path = request.head.path ?? ""
        let answer: Answer
        do {
            if let refusal = routes.refusal(method: method, path: path) { throw Refused(refusal) }
            let length = try bodyLength(of: request)
            if request.headers[.expect] != nil { try await writer.writeInformationalHead(.init(status: .continue)) }
            let answered = try await budget.with(length) {
                let body = try await body(of: request, length: length)
                return await routes.answer(
                    to: .init(
                        method: method,
                        path: path,
                        header: { HTTPField.Name($0).flatMap { request.headers[$0] } },
                        body: body
                    )
                )
            }
            guard let answered else { throw Refused(503, "busy", "too much is being sent at once") }
            answer = answered
        } catch let refused as Refused {
            try await write(refused.answer, to: writer, isLast: true)
            if !refused.wasBegun { await hearOut(request) }
            throw Ended()
        }
        try await write(answer, to: writer, isLast: false)
    }

    private func bodyLength(of request: Request) throws(Refused) -> Int {
        let lengths = request.headers[values: .contentLength]
        guard request.headers[.transferEncoding] == nil, lengths.count <= 1, request.method != .post || !lengths.isEmpty
        else { throw Refused(411, "length", "a body needs one Content-Length") }
        guard let length = Int(lengths.first ?? "0"), length >= 0 else {
            throw Refused(400, "length", "Content-Length is no number")
        }
        guard length <= limits.bodyBytes else {
            throw Refused(413, "too_large", "at most \(limits.bodyBytes) bytes are taken")
        }
        return length
    }

    private func body(of request: Request, length: Int) async throws -> [UInt8] {
        guard length > 0 else { return [] }
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { Array(buffer: try await request.body.collect(upTo: length)) }
            group.addTask {
                try await Task.sleep(for: limits.body)
                var refused = Refused(408, "too_slow", "the body took too long")
                refused.wasBegun = true
                throw refused
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    @concurrent
    private func write(_ answer: Answer, to writer: consuming ResponseWriter, isLast: Bool) async throws {
        var fields: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .contentLength: String(answer.body.count),
        ]
        if answer.status == 503 { fields[.retryAfter] = "1" }
        if isLast { fields[.connection] = "close" }
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: fields)
        try await writer.write(response: head, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// Reads what the client still sends, for a moment.
    private func hearOut(_ request: Request) async {
        await withTaskGroup { group in
            group.addTask {
                do {
                    for try await _ in request.body {}
                } catch {
                    return  // It went away without hearing us out.
                }
            }
            group.addTask { try? await Task.sleep(for: limits.farewell) }
            await group.next()
            group.cancelAll()
        }
    }
}
